import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { KIND } from '../api/kinds.ts';
import { REASON } from '../api/reasons.ts';
import { trustRootConfigMap } from '../api/trust-objects.ts';
import type { TrustRoot, TrustRootStatus } from '../api/types.gen.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { readTrustedRoot } from '../verify/trusted-root.ts';
import { conditionsFor, conflictOver, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { findingOf } from './failures.ts';
import { readGiven } from './given-text.ts';
import { publishDocument } from './trustroot-document.ts';
import { countAuthorities, expiryOf, thresholdProblem } from './trustroot-facts.ts';
import type { Obtained, TufFacts } from './trustroot-source.ts';
import { obtainFromTuf } from './trustroot-tuf.ts';

type Facts = Omit<TrustRootStatus, 'observedGeneration' | 'conditions'>;

/** Also what a watch may have missed is seen then, and no timer gets longer than timers may be. */
const RESYNC_MINUTES = 60;

/**
 * Gets the document of a trust root, checks it, and puts it where the receiver reads it; its digest in the status is what
 * makes it count.
 */
export async function reconcileTrustRoot(context: OperatorContext, root: TrustRoot): Promise<ReconcileResult> {
  const now = context.now();
  const { finding, facts, dueMs = Number.POSITIVE_INFINITY } = await examined(context, root, now);
  const resyncMs = jittered(RESYNC_MINUTES);
  const expiry = Date.parse(facts.expirationTime ?? '') - now.getTime();
  const requeueAfterMs = Math.min(resyncMs, dueMs, expiry > 0 ? expiry + 1 : resyncMs);
  if (finding === undefined) return { requeueAfterMs };
  const { generation = 0 } = root.metadata;
  const conditions = conditionsFor(finding, generation, root.status?.conditions, now);
  const status: TrustRootStatus = { observedGeneration: generation, ...facts, conditions };
  recordTransition(context.events, root, KIND.TrustRoot.kind, conditions);
  await applyStatus(context.client, KIND.TrustRoot, root, status, { fieldManager: OPERATOR_MANAGER, unchanged: true });
  return { requeueAfterMs };
}

interface Examined {
  /** Absent: nothing is to be written. */
  readonly finding?: Finding;
  readonly facts: Facts;
  readonly dueMs?: number;
}

async function examined(context: OperatorContext, root: TrustRoot, now: Date): Promise<Examined> {
  const conflict = conflictOver('TrustRoot', 'default', context.stores.trustRoots.list(), root);
  if (conflict !== undefined) return { finding: conflict, facts: memoryOf(root) };
  try {
    const obtained = await obtain(context, root, now);
    switch (obtained.state) {
      case 'missing':
        return obtained;
      case 'unchanged':
        return { facts: root.status ?? {}, dueMs: obtained.dueMs };
      case 'document':
        return await judge(context, root, obtained, now);
    }
  } catch (error) {
    return { finding: findingOf(error), facts: memoryOf(root), dueMs: jittered(1) };
  }
}

async function obtain(context: OperatorContext, root: TrustRoot, now: Date): Promise<Obtained> {
  const { sigstore } = root.spec;
  if (sigstore.tuf !== undefined) return obtainFromTuf(context, root, sigstore.tuf, now);
  const given = await readGiven(context.client, context.namespace, sigstore, 'spec.sigstore');
  if (!given.ok) return { state: 'missing', finding: given.finding, facts: {} };
  return { state: 'document', json: given.text, what: given.at, facts: {} };
}

async function judge(
  context: OperatorContext,
  root: TrustRoot,
  { json, what, note, facts, dueMs }: Extract<Obtained, { state: 'document' }>,
  now: Date,
): Promise<Examined> {
  const reading = readTrustedRoot(json);
  if (!reading.ok) {
    const message = `${what} is no trusted root: ${reading.message}`;
    return { finding: { state: 'stalled', reason: REASON.TrustRootInvalid, message }, facts: {} };
  }
  await publishDocument(context, root, json);
  const { thresholds = {} } = root.spec;
  const expiry = expiryOf(reading.root, thresholds);
  const previous = root.status?.digest === reading.digest ? root.status.lastRefreshTime : undefined;
  return {
    finding: findingFor(reading.root, root, { what, ...(note === undefined ? {} : { note }) }, now),
    facts: {
      digest: reading.digest,
      configMapName: trustRootConfigMap(root.metadata.name),
      authorities: countAuthorities(reading.root),
      ...(expiry === undefined ? {} : { expirationTime: expiry.at.toISOString() }),
      lastRefreshTime: previous ?? now.toISOString(),
      ...facts,
    },
    ...(dueMs === undefined ? {} : { dueMs }),
  };
}

function findingFor(
  trusted: TrustedRoot,
  { spec: { thresholds = {} } }: TrustRoot,
  { what, note }: { readonly what: string; readonly note?: string },
  now: Date,
): Finding {
  const expiry = expiryOf(trusted, thresholds);
  if (expiry !== undefined && expiry.at <= now) {
    const since = `none of its ${expiry.what} is valid since ${expiry.at.toISOString()}`;
    const more = note === undefined ? '' : `, ${note}`;
    return { state: 'stalled', reason: REASON.Expired, message: `${what}: ${since}; give a newer document${more}` };
  }
  const unreachable = thresholdProblem(thresholds, countAuthorities(trusted));
  if (unreachable !== undefined) return { state: 'stalled', reason: REASON.InvalidSpec, message: unreachable };
  return { state: 'ready', message: note === undefined ? `${what} is in force` : `${what} is in force, ${note}` };
}

/** What must survive that there is no document: below which version a repository may not fall. */
const memoryOf = ({ status: { sourceDigest, tufVersion } = {} }: TrustRoot): TufFacts => ({
  ...(sourceDigest === undefined ? {} : { sourceDigest }),
  ...(tufVersion === undefined ? {} : { tufVersion }),
});
