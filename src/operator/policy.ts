import { CONDITION, findCondition } from '../api/conditions.ts';
import { KIND, type ResourceKind } from '../api/kinds.ts';
import { REASON } from '../api/reasons.ts';
import type { ClusterPolicy, ClusterPolicyStatus, Policy } from '../api/types.gen.ts';
import { sha256Digest } from '../evidence/digest.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import { keyOf } from '../kube/store.ts';
import { sayFindings } from '../policy/source-findings.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { attachedKey } from './attachments.ts';
import { conditionsFor, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { findingOf } from './failures.ts';
import { checkSource } from './policy-check.ts';
import { type AnyPolicy, readPolicySource } from './policy-source.ts';

/** ConfigMaps of tenants aren't watched: the operator has no right to list them. */
const RECHECK_MISSING_MINUTES = 0.1;
const RECHECK_CONFIG_MAP_MINUTES = 5;
const RECHECK_ENGINE_MINUTES = 1;
/** A source that keeps its engine busy would do so again, and a crowd of them would keep others from being looked at. */
const RECHECK_COSTLY_MINUTES = 15;
const RETRY_MINUTES = 0.5;
/** What is inline is heard of, and what is in a registry can't change under its digest. */
const RESYNC_MINUTES = 60;

export const reconcilePolicy = (context: OperatorContext, policy: Policy): Promise<ReconcileResult> =>
  reconcile(context, KIND.Policy, policy);

export const reconcileClusterPolicy = (context: OperatorContext, policy: ClusterPolicy): Promise<ReconcileResult> =>
  reconcile(context, KIND.ClusterPolicy, policy);

/** Reads the source of a policy, has its engine check it, and counts who attaches it. */
async function reconcile(context: OperatorContext, kind: ResourceKind, known: AnyPolicy): Promise<ReconcileResult> {
  const { name, namespace } = known.metadata;
  const policy = await context.client.find<AnyPolicy>(kind, namespace === undefined ? { name } : { namespace, name });
  if (policy === undefined || policy.metadata.deletionTimestamp !== undefined) return {};
  const { generation = 0 } = policy.metadata;
  const {
    finding,
    sourceDigest,
    engineVersion,
    nextMinutes = minutesUntilNext(policy, finding),
  } = await examine(context, policy);
  const conditions = conditionsFor(finding, generation, policy.status?.conditions, context.now());
  const status: ClusterPolicyStatus = {
    observedGeneration: generation,
    appliesTo: policy.spec.kinds?.join(', ') ?? 'attestation',
    ...(sourceDigest === undefined ? {} : { sourceDigest }),
    ...(engineVersion === undefined ? {} : { engineVersion }),
    usedBy: usersOf(context, policy),
    conditions,
  };
  // To look at it can take long, and what it said is counted meanwhile: only another policy, or another source, is to be looked at anew.
  const now = await context.client.find<AnyPolicy>(kind, policy.metadata);
  if (now === undefined || now.metadata.uid !== policy.metadata.uid || now.metadata.generation !== generation)
    return {};
  recordTransition(context.events, policy, kind.kind, conditions);
  await applyStatus(context.client, kind, now, status, { fieldManager: OPERATOR_MANAGER, unchanged: true });
  return { requeueAfterMs: jittered(nextMinutes) };
}

interface Examined {
  readonly finding: Finding;
  readonly sourceDigest?: string;
  readonly engineVersion?: string;
  /** Absent: what follows from the finding. */
  readonly nextMinutes?: number;
}

async function examine(context: OperatorContext, policy: AnyPolicy): Promise<Examined> {
  const { engine = 'CEL' } = policy.spec;
  const reading = await readPolicySource(context, policy).catch((error: unknown) => ({
    ok: false as const,
    finding: findingOf(error),
  }));
  if (!reading.ok) return remembered(policy, reading.finding) ?? { finding: reading.finding };
  const { text, at } = reading;
  const sourceDigest = sha256Digest(text);
  const verdict = await checkSource(context.engines[engine], text, context.signal);
  if (verdict.state === 'unknown') {
    const message = `the engine ${engine} can't check ${at}: ${verdict.why}`;
    const nextMinutes = verdict.isCostly ? RECHECK_COSTLY_MINUTES : RECHECK_ENGINE_MINUTES;
    return { finding: { state: 'stalled', reason: REASON.EngineUnavailable, message }, sourceDigest, nextMinutes };
  }
  if (verdict.findings.length > 0) {
    const message = sayFindings(at, verdict.findings);
    return { finding: { state: 'stalled', reason: REASON.SourceInvalid, message }, sourceDigest };
  }
  const engineVersion = await context.engines[engine].version();
  const version = engineVersion === undefined ? {} : { engineVersion };
  return { finding: { state: 'ready', message: `${at} can be evaluated` }, sourceDigest, ...version };
}

/** A registry that is away changes nothing of what was good: the digest of the reference fixes it, and contracts have it. */
function remembered({ spec, status, metadata }: AnyPolicy, { state, message }: Finding): Examined | undefined {
  const { conditions, sourceDigest, observedGeneration } = status ?? {};
  const wasReady = findCondition(conditions, CONDITION.Ready)?.status === 'True';
  const isFixed = spec.source.oci !== undefined && observedGeneration === metadata.generation;
  if (state !== 'waiting' || !isFixed || !wasReady || sourceDigest === undefined) return undefined;
  return { finding: { state: 'ready', message: `can be evaluated as it was read; ${message}` }, sourceDigest };
}

function usersOf({ stores }: OperatorContext, { metadata }: AnyPolicy): NonNullable<ClusterPolicyStatus['usedBy']> {
  const isCluster = metadata.namespace === undefined;
  const key = attachedKey({ queue: isCluster ? 'clusterpolicies' : 'policies', key: keyOf(metadata) });
  const contracts = stores.contracts.byIndex('policy', key).length;
  return isCluster
    ? { contracts, clusterContracts: stores.clusterContracts.byIndex('policy', key).length }
    : { contracts };
}

function minutesUntilNext({ spec: { source } }: AnyPolicy, finding: Finding): number {
  if (finding.state === 'waiting') return RETRY_MINUTES;
  if (source.inline !== undefined) return RESYNC_MINUTES;
  const isMissing = finding.state === 'stalled' && finding.reason === REASON.SourceNotFound;
  if (source.configMapRef !== undefined) return isMissing ? RECHECK_MISSING_MINUTES : RECHECK_CONFIG_MAP_MINUTES;
  return isMissing ? RECHECK_CONFIG_MAP_MINUTES : RESYNC_MINUTES;
}
