import { auditedRun } from '../api/audit-line.ts';
import { CONDITION, findCondition, settleConditions } from '../api/conditions.ts';
import { KIND } from '../api/kinds.ts';
import { submitterName } from '../api/labels.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import { isArchived } from '../api/run-verdict.ts';
import type { Contract, Workflow, WorkflowRun, WorkflowStatus } from '../api/types.gen.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import { keyOf } from '../kube/store.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { describe, type Governed, governedContract, type PinnedContract } from './baselines.ts';
import { claimsOf, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { tellContractChange } from './contract-change.ts';
import { countRuns, prunableRuns } from './counters.ts';
import { chooseStore } from './default-store.ts';
import { findingOf } from './failures.ts';
import { type Health, healthOf } from './health/health.ts';
import { tellOfHealth } from './health/tell.ts';
import { provisionAccess } from './provision.ts';
import { isOver } from './source.ts';
import { refusedSubmitters } from './submitters.ts';
import { ensureToken } from './token.ts';

const DEFAULT_HISTORY = 100;
/** The token's Secret isn't watched, so one that somebody deleted is seen after this time at the latest. */
const RESYNC_MINUTES = 10;
const RETRY_MINUTES = 0.1;
const CERTIFICATE_WAIT_MS = 500;
/** Contracts and stores are watched; of a call that failed and of a name that was taken nothing tells when it would work. */
const UNWATCHED: ReadonlySet<Reason> = new Set([
  ...[REASON.ProvisioningFailed, REASON.NameTaken],
  REASON.TrustRootNotFound,
]);
/** At once; the removals bring the workflow back for the rest. */
const MAX_PRUNED = 200;

/** Provisions what a pipeline needs, resolves its contract and store, counts and judges its runs, and keeps its history short. */
export async function reconcileWorkflow(context: OperatorContext, workflow: Workflow): Promise<ReconcileResult> {
  const servingCa = context.servingCa();
  // Right after a start; saying so on a workflow that is Ready would only make it flap.
  if (servingCa === undefined) return { requeueAfterMs: CERTIFICATE_WAIT_MS };
  const runs = runsOf(context, workflow);
  const { finding, facts } = await examine(context, workflow, servingCa, runs);
  const { generation = 0 } = workflow.metadata;
  const now = context.now();
  const health = healthOf(workflow, runs, now);
  const claims = [...claimsOf(finding, generation), health.claim];
  const conditions = settleConditions(workflow.status?.conditions, claims, now.toISOString());
  const status: WorkflowStatus = {
    observedGeneration: generation,
    ...facts,
    ...countRuns(runs),
    ...health.facts,
    conditions,
  };
  recordTransition(context.events, workflow, KIND.Workflow.kind, conditions);
  tellOfHealth(context.events, workflow, health);
  tellContractChange(context.events, workflow, facts.contract);
  await applyStatus(context.client, KIND.Workflow, workflow, status, {
    fieldManager: OPERATOR_MANAGER,
    unchanged: true,
  });
  await pruneHistory(context, workflow);
  return { requeueAfterMs: nextLook(context, finding, facts, health) };
}

type Provisioned = Pick<
  WorkflowStatus,
  'contract' | 'baselines' | 'serviceAccountName' | 'tokenSecretName' | 'token' | 'evidenceStoreName'
>;

interface Examined {
  readonly finding: Finding;
  readonly facts: Provisioned;
}

async function examine(
  context: OperatorContext,
  workflow: Workflow,
  servingCa: string,
  runs: readonly WorkflowRun[],
): Promise<Examined> {
  let facts: Provisioned;
  try {
    facts = await provision(context, workflow, servingCa);
  } catch (error) {
    return { finding: findingOf(error), facts: {} };
  }
  const refused = refusedSubmitters(context.issuers, workflow);
  if (refused !== undefined) {
    return { finding: { state: 'stalled', reason: REASON.IssuerNotAllowed, message: refused }, facts };
  }
  const governed = await termsFor(context, workflow, runs);
  if ('state' in governed) return { finding: governed, facts };
  const { contract, baselines, overruled } = governed;
  const store = await chooseStore(context, workflow);
  const withContract = { ...facts, contract, ...(baselines === undefined ? {} : { baselines }) };
  if (!store.ok) {
    return { finding: { state: 'stalled', reason: store.reason, message: store.message }, facts: withContract };
  }
  const names = baselines?.map(({ name }) => `'${name}'`).join(', ');
  const parts = [
    `runs owe revision ${contract.revision} of the contract '${contract.name}'`,
    ...(names === undefined ? [] : [`with ${names} merged in`]),
    ...(overruled.length === 0 ? [] : [`overruled: ${describe(overruled)}`]),
    ...(store.note === undefined ? [] : [store.note]),
  ];
  const message = parts.join(', ');
  return { finding: { state: 'ready', message }, facts: { ...withContract, evidenceStoreName: store.name } };
}

async function provision(context: OperatorContext, workflow: Workflow, servingCa: string): Promise<Provisioned> {
  const serviceAccount = await provisionAccess(context, workflow);
  const { issued, ...token } = await ensureToken(context, workflow, serviceAccount, servingCa);
  const name = submitterName(workflow.metadata.name);
  if (issued) {
    context.metrics.tokenRotations.inc();
    const { namespace = '' } = workflow.metadata;
    const what = { namespace, workflow: workflow.metadata.name, secret: name, expires: token.expirationTime };
    context.audit.note({ action: 'TokenIssued', verdict: 'Allowed', what });
    const note = `the Secret ${name} has a token until ${token.expirationTime}`;
    const event = { type: 'Normal', reason: REASON.TokenIssued, action: 'Provision', note } as const;
    context.events.record({ ...workflow, kind: KIND.Workflow.kind }, event);
  }
  return { serviceAccountName: name, tokenSecretName: name, token };
}

/** What runs owe, or why none can be opened. */
async function termsFor(
  context: OperatorContext,
  workflow: Workflow,
  runs: readonly WorkflowRun[],
): Promise<Governed | Finding> {
  const found = readyContract(context, workflow);
  if ('state' in found) return found;
  try {
    return await governedContract(context, workflow, found.contract, found.pinned, runs);
  } catch (error) {
    return findingOf(error);
  }
}

/** The contract with its current revision, or why runs can't be opened with it. */
function readyContract(
  context: OperatorContext,
  workflow: Workflow,
): { readonly contract: Contract; readonly pinned: PinnedContract } | Finding {
  const { name } = workflow.spec.contractRef;
  const { namespace = '' } = workflow.metadata;
  const contract = context.stores.contracts.get({ namespace, name });
  if (contract === undefined) {
    const message = `there is no Contract '${name}' in the namespace '${namespace}'; see: kubectl get contracts -n ${namespace}`;
    return { state: 'stalled', reason: REASON.ContractNotFound, message };
  }
  // A contract that was just changed is in force as it was until the change has been looked at: that comes within moments,
  // and then this workflow is looked at again.
  const ready = findCondition(contract.status?.conditions, CONDITION.Ready);
  const { revision, revisionName, revisionDigest: digest } = contract.status ?? {};
  const isKnown = revision !== undefined && revisionName !== undefined && digest !== undefined;
  if (ready?.status !== 'True' || !isKnown) {
    const why = ready?.message ?? 'it has not been looked at yet';
    return {
      state: 'waiting',
      reason: REASON.ContractNotReady,
      message: `the contract '${name}' is not ready: ${why}`,
    };
  }
  return { contract, pinned: { name, revision, revisionName, digest } };
}

/** The runs of this workflow, and not those of one that had its name before. */
const runsOf = ({ stores }: OperatorContext, { metadata }: Workflow): readonly WorkflowRun[] =>
  stores.runs.byIndex('workflow', keyOf(metadata)).filter(({ spec }) => spec.workflowRef.uid === metadata.uid);

async function pruneHistory(context: OperatorContext, workflow: Workflow): Promise<void> {
  const limit = workflow.spec.history?.limit ?? DEFAULT_HISTORY;
  const over = prunableRuns(runsOf(context, workflow), limit);
  const lasting = (context.archivedOnly ? over.filter(isArchived) : over).filter((run) =>
    isOver(context, workflow, run),
  );
  const prunable = lasting.slice(0, MAX_PRUNED);
  for (const run of prunable) {
    await context.client.remove(KIND.WorkflowRun, run.metadata, run.metadata.uid);
    context.audit.note({ action: 'RunPruned', verdict: 'Allowed', what: auditedRun(run) });
  }
  if (prunable.length === 0) return;
  const note = `${prunable.length} finished runs over the limit of ${limit} removed, the last of them ${prunable.at(-1)?.metadata.name}`;
  const event = { type: 'Normal', reason: REASON.HistoryPruned, action: 'Prune', note } as const;
  context.events.record({ ...workflow, kind: KIND.Workflow.kind }, event);
}

function nextLook(context: OperatorContext, finding: Finding, facts: Provisioned, { changesAt }: Health): number {
  const isUnwatched = finding.state !== 'ready' && UNWATCHED.has(finding.reason);
  const resync = jittered(isUnwatched ? RETRY_MINUTES : RESYNC_MINUTES);
  const now = context.now().getTime();
  const renewal = facts.token === undefined ? resync : Date.parse(facts.token.renewalTime) - now;
  const change = changesAt === undefined ? resync : changesAt - now;
  return Math.max(0, Math.min(resync, renewal, change));
}
