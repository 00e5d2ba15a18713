import { AsyncLocalStorage } from 'node:async_hooks';
import type { WorkflowRun } from '../api/types.gen.ts';
import { formatTraceparent, type TraceContext } from './trace-context.ts';

/** What is being worked on; it stands in every line of the log that is written meanwhile. */
export interface Facts {
  readonly trace_id?: string;
  readonly span_id?: string;
  readonly namespace?: string;
  readonly workflow?: string;
  readonly run?: string;
  readonly controller?: string;
  readonly key?: string;
  readonly reconcileID?: string;
}

interface Work {
  facts: Facts;
  readonly trace: TraceContext;
}

const current = new AsyncLocalStorage<Work>();

/** Does the work below a place in a trace, and with what is known of it from the beginning. */
export const working = <T>(trace: TraceContext, facts: Facts, work: () => T): T =>
  current.run({ trace, facts: { ...facts, trace_id: trace.traceId, span_id: trace.spanId } }, work);

/** Adds what became known of the work that is being done; nothing where none is. */
export function noteFacts(facts: Facts): void {
  const work = current.getStore();
  if (work !== undefined) work.facts = { ...work.facts, ...facts };
}

/** What is known of this work, to be asked later from somewhere else. */
export function factsOfThis(): () => Facts {
  const work = current.getStore();
  return () => work?.facts ?? {};
}

export const currentFacts = (): Facts => current.getStore()?.facts ?? {};

/** The `traceparent` that what is made by the work is to carry on. */
export function currentTraceparent(): string | undefined {
  const work = current.getStore();
  return work === undefined ? undefined : formatTraceparent(work.trace);
}

/** What the log says of a run. */
export const factsOfRun = ({ metadata: { name, namespace }, spec }: WorkflowRun): Facts => ({
  ...(namespace === undefined ? {} : { namespace }),
  run: name,
  workflow: spec.workflowRef.name,
});
