import type { WorkflowRun } from '../../api/types.gen.ts';
import type { ReceiverContext } from '../context.ts';
import { createTtlCache, type TtlCache } from '../ttl-cache.ts';
import { annotatedEnvelope, signedOf } from './annotated.ts';
import { isOpen } from './candidates.ts';
import { MAX_ENVELOPE_BYTES } from './room.ts';
import { keepEnvelope, rowOf } from './take.ts';
import { isTekton, type TektonObject, tasksOf, tektonOwner } from './tekton.ts';
import { INTAKE } from './trusted.ts';

/** Objects that Chains is at an end with are looked at again after that time, if their run is still open. */
const SEEN_MS = 3600_000;
const CAPACITY = 50_000;

/** Which objects of Tekton have been looked at for the last time, by the uid of what they belong to and their name. */
export type SeenObjects = TtlCache<true>;
export const createSeenObjects = (): SeenObjects => createTtlCache(CAPACITY);

/**
 * Takes what Tekton Chains has written on the PipelineRuns and TaskRuns of open runs that still wait for an attestation. They are asked
 * for one by one, so that nobody has to be allowed to list what all namespaces run.
 */
export async function collectAnnotated(context: ReceiverContext, seen: SeenObjects, over: AbortSignal): Promise<void> {
  for (const run of context.runs.list()) {
    if (over.aborted) return;
    if (run.spec.identity.owner === undefined || !isTekton(run.spec.identity.owner)) continue;
    if (!isOpen(run, new Date())) continue;
    await collectFor(context, run, seen).catch((error: unknown) => {
      const { namespace, name } = run.metadata;
      context.log.warn({ err: error, namespace, run: name }, 'Annotations of Tekton Chains not read');
    });
  }
}

/** Whether its contract has a material for it that isn't there. */
async function isWaiting({ contracts }: ReceiverContext, run: WorkflowRun): Promise<boolean> {
  const { materials } = await contracts.get(run.metadata.namespace ?? '', run.spec.contract);
  const there = new Set(run.status?.materials?.map(({ name }) => name));
  return materials.some(({ name, type }) => (type === 'SLSA_PROVENANCE' || type === 'ATTESTATION') && !there.has(name));
}

async function collectFor(context: ReceiverContext, run: WorkflowRun, seen: SeenObjects): Promise<void> {
  const owner = (await isWaiting(context, run)) ? await tektonOwner(context.client, run) : undefined;
  if (owner === undefined) return;
  const keyOf = (name: string): string => `${owner.metadata.uid}/${name}`;
  const isNew = (name: string): boolean => seen.get(keyOf(name)) === undefined;
  for await (const task of tasksOf(context.client, owner, isNew)) {
    await collectFrom(context, run, task);
    if (signedOf(task) !== undefined) seen.set(keyOf(task.metadata.name), true, SEEN_MS);
  }
  if (!isNew('')) return;
  await collectFrom(context, run, owner);
  if (signedOf(owner) !== undefined) seen.set(keyOf(''), true, SEEN_MS);
}

async function collectFrom(context: ReceiverContext, run: WorkflowRun, object: TektonObject): Promise<void> {
  const bytes = annotatedEnvelope(object);
  if (bytes === undefined || bytes.length > MAX_ENVELOPE_BYTES) return;
  const reading = await context.checks.claims(bytes, { identity: INTAKE });
  // People can write annotations too: what Chains signed for another object is not about this one.
  if (!reading.ok || (reading.claims.invocation ?? object.metadata.uid) !== object.metadata.uid) return;
  const body = bytes.toString('utf8');
  if (!Buffer.from(body).equals(bytes)) return;
  await keepEnvelope(context, rowOf(bytes, body, { kind: 'tekton', run }, reading.claims, new Date()), reading.claims);
}
