import { CONDITION, findCondition } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { Finding as Detail } from '../api/problem.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import { verdictOf } from '../api/run-verdict.ts';
import type { ClusterContract, Contract, Workflow, WorkflowRun, WorkflowStatus } from '../api/types.gen.ts';
import { hasDigest } from '../contract/digest.ts';
import type { Baseline, BaselineTerms, EffectiveContract } from '../contract/effective.ts';
import { mergeBaselines } from '../contract/merge.ts';
import type { Finding } from './conditions.ts';
import type { ControllerRevision, OperatorContext } from './context.ts';
import { lastFinished } from './counters.ts';
import { governs } from './governance.ts';
import { ensureRevision, ownedByContract } from './revisions.ts';
import { chooseTrustRoot } from './trust-choice.ts';

export type PinnedContract = NonNullable<WorkflowStatus['contract']>;

/** What the runs of a workflow owe. */
export interface Governed {
  readonly contract: PinnedContract;
  /** Absent: nothing governs it. */
  readonly baselines?: NonNullable<WorkflowStatus['baselines']>;
  /** Where the contract wanted something else. */
  readonly overruled: readonly Detail[];
}

/**
 * The revision that new runs are pinned to: the contract's own, or where ClusterContracts govern, one with theirs merged in. If
 * one of these isn't known well enough there is none: the contract alone would ask for less.
 */
export async function governedContract(
  context: OperatorContext,
  workflow: Workflow,
  contract: Contract,
  pinned: PinnedContract,
  runs: readonly WorkflowRun[],
): Promise<Governed | Finding> {
  const { name: namespace, governing } = await governingContracts(context, workflow);
  if (governing.length === 0) return { contract: pinned, overruled: [] };
  const baselines: Baseline[] = [];
  for (const each of governing) {
    const baseline = await baselineOf(context, each, namespace);
    if ('state' in baseline) return baseline;
    baselines.push(baseline);
  }
  const own = await contentOf<EffectiveContract>(context, namespace, pinned.revisionName, pinned.digest);
  if (own === undefined) return revisionMissing(namespace, pinned.revisionName);
  const merging = mergeBaselines(own, baselines);
  if (!merging.ok) return stalled(REASON.BaselineConflict, describe(merging.conflicts));
  const known = (name: string) => context.stores.revisions.get({ namespace, name });
  const owner = ownedByContract(contract);
  const { name, digest, revision } = await ensureRevision(context.client, owner, merging.contract, known);
  const compliance = complianceWith(context, runs);
  return {
    contract: { name: pinned.name, revision, revisionName: name, digest },
    baselines: baselines.map((each) => ({ name: each.name, revision: each.revision, compliant: compliance(each) })),
    overruled: merging.overruled,
  };
}

/** In a line, for a condition. */
export const describe = (details: readonly Detail[]): string =>
  details.map(({ at, message }) => (at === undefined ? message : `${at}: ${message}`)).join('; ');

/** Those that govern a workflow, by name. Labels that aren't known yet are asked for. */
async function governingContracts({ client, stores }: OperatorContext, workflow: Workflow) {
  const { namespace: name = '' } = workflow.metadata;
  const namespace = stores.namespaces.get({ name }) ?? (await client.get<KubeObject>(KIND.Namespace, { name }));
  const governing = stores.clusterContracts.list().filter((each) => governs(each, workflow, namespace));
  return { name, governing: governing.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)) };
}

/** A ClusterContract by its current revision, if it may count in the namespace. */
async function baselineOf(
  context: OperatorContext,
  { metadata: { name }, status }: ClusterContract,
  namespace: string,
): Promise<Baseline | Finding> {
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  const { revision, revisionName, revisionDigest: digest } = status ?? {};
  const isKnown = revision !== undefined && revisionName !== undefined && digest !== undefined;
  if (ready?.status !== 'True' || !isKnown) {
    const why = ready?.message ?? 'it has not been looked at yet';
    return waiting(REASON.BaselineNotReady, `the ClusterContract '${name}', which governs it, is not ready: ${why}`);
  }
  const terms = await contentOf<BaselineTerms>(context, context.namespace, revisionName, digest);
  if (terms === undefined) return revisionMissing(context.namespace, revisionName);
  const signers = [...terms.signers, ...terms.materials.flatMap((each) => each.signers ?? [])];
  for (const root of new Set(signers.flatMap((signer) => (signer.kind === 'identity' ? [signer.root] : [])))) {
    const choice = await chooseTrustRoot(context, root, namespace);
    if (!choice.ok) return stalled(choice.reason, `the ClusterContract '${name}', which governs it: ${choice.message}`);
  }
  return { name, revision, digest, terms };
}

/** What a revision holds, if that is what it should. The watch may lag behind the status that names it. */
async function contentOf<T extends EffectiveContract | BaselineTerms>(
  { client, stores }: OperatorContext,
  namespace: string,
  name: string,
  digest: string,
): Promise<T | undefined> {
  const ref = { namespace, name };
  const revision = stores.revisions.get(ref) ?? (await client.find<ControllerRevision>(KIND.ControllerRevision, ref));
  const data: unknown = revision?.data;
  return hasDigest<T>(data, digest) ? data : undefined;
}

/** Whether the last finished run was accepted, and owed the current revision of a baseline. */
function complianceWith({ stores }: OperatorContext, runs: readonly WorkflowRun[]): (baseline: Baseline) => boolean {
  const run = lastFinished(runs);
  if (run === undefined || verdictOf(run).status !== 'True') return () => false;
  const { revisionName: name, digest } = run.spec.contract;
  const data: unknown = stores.revisions.get({ namespace: run.metadata.namespace ?? '', name })?.data;
  const merged = hasDigest(data, digest) ? (data.baselines ?? []) : [];
  return (baseline) => merged.some((each) => each.name === baseline.name && each.digest === baseline.digest);
}

/** The kind of contract that it is of makes it anew, or says what else is there. */
const revisionMissing = (namespace: string, name: string): Finding =>
  waiting(REASON.ProvisioningFailed, `the ControllerRevision ${namespace}/${name} is not there, or not as it was`);

const waiting = (reason: Reason, message: string): Finding => ({ state: 'waiting', reason, message });
const stalled = (reason: Reason, message: string): Finding => ({ state: 'stalled', reason, message });
