import { KIND } from '../api/kinds.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { Contract, ContractStatus } from '../api/types.gen.ts';
import { effectiveContract } from '../contract/from-spec.ts';
import { nameOfSigner } from '../contract/signers.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import { keyOf } from '../kube/store.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { conditionsFor, type Finding, recordTransition } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { findingOf } from './failures.ts';
import { ensureRevision } from './revisions.ts';
import { resolveSigners } from './signers.ts';

/** Keys in Secrets and ConfigMaps aren't watched: the operator has no right to list them. */
const RECHECK_MISSING_MINUTES = 0.1;
const RECHECK_KEYS_MINUTES = 5;
/** A workflow that went over to another contract is counted here until then. */
const RESYNC_MINUTES = 10;

/** Validates a contract, resolves its signers' keys, and keeps an immutable revision of what it means. */
export async function reconcileContract(context: OperatorContext, contract: Contract): Promise<ReconcileResult> {
  const { finding, facts } = await examined(context, contract);
  const { generation = 0 } = contract.metadata;
  const conditions = conditionsFor(finding, generation, contract.status?.conditions, context.now());
  const status: ContractStatus = {
    observedGeneration: generation,
    ...facts,
    materials: contract.spec.materials?.length ?? 0,
    workflows: context.stores.workflows.byIndex('contract', keyOf(contract.metadata)).length,
    conditions,
  };
  recordTransition(context.events, contract, KIND.Contract.kind, conditions);
  await applyStatus(context.client, KIND.Contract, contract, status, OPERATOR_MANAGER);
  if (finding.state !== 'ready') return { requeueAfterMs: jittered(RECHECK_MISSING_MINUTES) };
  const namesKeys = (contract.spec.signers ?? []).some(({ key }) => key !== undefined && key.inline === undefined);
  return { requeueAfterMs: jittered(namesKeys ? RECHECK_KEYS_MINUTES : RESYNC_MINUTES) };
}

type RevisionFacts = Pick<ContractStatus, 'revision' | 'revisionName' | 'revisionDigest' | 'signers'>;

interface Examined {
  readonly finding: Finding;
  readonly facts: RevisionFacts;
}

/** What a failed call says is told in the status: a contract without conditions would count as done. */
async function examined(context: OperatorContext, contract: Contract): Promise<Examined> {
  // The last good revision stays in the status: runs that are open go on with it.
  const { revision, revisionName, revisionDigest } = contract.status ?? {};
  const previous: RevisionFacts = {
    ...(revision === undefined ? {} : { revision }),
    ...(revisionName === undefined ? {} : { revisionName }),
    ...(revisionDigest === undefined ? {} : { revisionDigest }),
  };
  try {
    return await examine(context, contract, previous);
  } catch (error) {
    return { finding: findingOf(error), facts: previous };
  }
}

async function examine(context: OperatorContext, contract: Contract, previous: RevisionFacts): Promise<Examined> {
  const keys = await resolveSigners(context, contract);
  if (!keys.ok) return stalled(keys, previous);
  const reading = effectiveContract(contract.metadata.name, contract.spec, keys.signers);
  if (!reading.ok) return stalled(reading, previous);
  const { namespace = '' } = contract.metadata;
  const known = (name: string) => context.stores.revisions.get({ namespace, name });
  const { name, digest, revision, isNew } = await ensureRevision(context.client, contract, reading.contract, known);
  if (isNew) {
    const note = `revision ${revision} is ${name}`;
    const event = { type: 'Normal', reason: REASON.RevisionCreated, action: 'Reconcile', note } as const;
    context.events.record({ ...contract, kind: KIND.Contract.kind }, event);
  }
  const signers = keys.signers.map((signer, index) => ({
    ...(signer.kind === 'key' ? { fingerprint: signer.fingerprint } : { identity: nameOfSigner(signer) }),
    source: keys.sources[index] ?? '',
  }));
  return {
    finding: { state: 'ready', message: `revision ${revision} is in force` },
    facts: { revision, revisionName: name, revisionDigest: digest, ...(signers.length === 0 ? {} : { signers }) },
  };
}

const stalled = ({ reason, message }: { readonly reason: Reason; readonly message: string }, facts: RevisionFacts) =>
  ({ finding: { state: 'stalled', reason, message }, facts }) as const;
