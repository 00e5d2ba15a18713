import { isDeepStrictEqual } from 'node:util';
import { isSelected } from '../api/label-selector.ts';
import type { Waiver, Workflow } from '../api/types.gen.ts';
import { type Change, keyOf } from '../kube/store.ts';
import { attachedKey } from './attachments.ts';
import type { LookUp } from './look-up.ts';
import type { AnyPolicy } from './policy-source.ts';
import type { Enqueue } from './sources.ts';

/** Workflows come in crowds, with whole namespaces. */
const COUNT_MS = 1_000;

/** The policy that a waiver is an exception from, whether or not it is there, for the index of waivers. */
export function waivedPolicy({ metadata, spec: { policy } }: Waiver): readonly string[] {
  if (policy === undefined) return [];
  if (policy.kind === 'ClusterPolicy') return [attachedKey({ queue: 'clusterpolicies', key: policy.name })];
  return [attachedKey({ queue: 'policies', key: `${metadata.namespace}/${policy.name}` })];
}

/** The waivers of a policy that came or went. */
export function waiversOfPolicy(
  queue: 'policies' | 'clusterpolicies',
  { object, type, initial }: Change<AnyPolicy>,
  lookUp: LookUp,
): readonly Enqueue[] {
  if (initial || type === 'modified') return [];
  const waivers = lookUp.waiversOf(attachedKey({ queue, key: keyOf(object.metadata) }));
  return waivers.map(({ metadata }) => ({ queue: 'waivers', key: keyOf(metadata), priority: 'backlog' }));
}

/** The waivers that count a workflow, when it came, went, or was labelled otherwise. */
export function countsOfSelected(
  { object, before, type, initial }: Change<Workflow>,
  lookUp: LookUp,
): readonly Enqueue[] {
  const { namespace = '', labels } = object.metadata;
  if (initial || (type === 'modified' && isDeepStrictEqual(before?.metadata.labels, labels))) return [];
  const states = [object, ...(before === undefined ? [] : [before])];
  return lookUp
    .waiversIn(namespace)
    .filter(({ spec }) => states.some(({ metadata }) => isSelected(spec.selector, metadata.labels)))
    .map(({ metadata }) => ({ queue: 'waivers', key: keyOf(metadata), afterMs: COUNT_MS, priority: 'backlog' }));
}
