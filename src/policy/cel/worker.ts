import { createHash } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import type { Covered } from '../coverage.ts';
import type { PolicyOutcome, PolicyQuery, SourceFinding } from '../evaluation.ts';
import { deferThread, ownThread, PATIENT } from '../nice.ts';
import { judge, judgeCovering } from './judge.ts';
import { type Compiled, compile } from './program.ts';

/** What runs in a thread of the engine: each export is a task. */

const thread = isMainThread ? 0 : ownThread();
deferThread(thread, PATIENT);

/** The task is begun when its first element isn't 0 any more: it is the thread then, as the kernel calls it, or -1 where that isn't known. */
export type Begun = Int32Array<SharedArrayBuffer>;

export interface CheckTask {
  readonly source: string;
  readonly begun: Begun;
}

export interface EvaluationTask {
  readonly name: string;
  readonly source: string;
  readonly query: Omit<PolicyQuery, 'input'>;
  /** The same for the same input. */
  readonly inputId: number;
  /** As UTF-8 of JSON. */
  readonly input: Uint8Array<SharedArrayBuffer>;
  readonly begun: Begun;
}

const MAX_PROGRAMS = 128;
const programs = new Map<string, Compiled>();
/** Policies come one after the other about the same thing. */
let last: { readonly id: number; readonly input: unknown } | undefined;

export function checkSource({ source, begun }: CheckTask): readonly SourceFinding[] {
  begin(begun);
  const compiled = programOf(source);
  return compiled.ok ? [] : compiled.findings;
}

export function evaluateSource(task: EvaluationTask): PolicyOutcome {
  begin(task.begun);
  return judge(task.name, programOf(task.source), queryOf(task));
}

export function coverSource(task: EvaluationTask): Covered {
  begin(task.begun);
  return judgeCovering(task.name, programOf(task.source, true), queryOf(task));
}

function queryOf({ query, inputId, input }: EvaluationTask): PolicyQuery {
  if (last?.id !== inputId) {
    last = undefined;
    last = { id: inputId, input: JSON.parse(Buffer.from(input.buffer).toString('utf8')) };
  }
  return { ...query, input: last.input };
}

function begin(begun: Begun): void {
  Atomics.store(begun, 0, thread === 0 ? -1 : thread);
  Atomics.notify(begun, 0);
}

function programOf(source: string, tells = false): Compiled {
  const key = `${createHash('sha256').update(source).digest('base64')}${tells}`;
  const compiled = programs.get(key) ?? compile(source, tells);
  programs.delete(key);
  programs.set(key, compiled);
  const [oldest] = programs.keys();
  if (programs.size > MAX_PROGRAMS && oldest !== undefined) programs.delete(oldest);
  return compiled;
}
