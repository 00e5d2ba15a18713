import { KIND } from '../api/kinds.ts';
import type { Contract, ContractStatus } from '../api/types.gen.ts';
import { effectiveContract } from '../contract/from-spec.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import { keyOf } from '../kube/store.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { conditionsFor, recordTransition } from './conditions.ts';
import type { OperatorContext } from './context.ts';
import { expandedSpec } from './group-expansion.ts';
import { ownedByContract } from './revisions.ts';
import { examineTerms, nextLookAt } from './terms.ts';

/** Validates a contract, resolves its signers' keys, and keeps an immutable revision of what it means. */
export async function reconcileContract(context: OperatorContext, contract: Contract): Promise<ReconcileResult> {
  const { metadata } = contract;
  const { spec, refusal } = expandedSpec(context, contract);
  const { name, namespace = '', generation = 0 } = metadata;
  const { finding, facts } = await examineTerms(context, {
    owner: ownedByContract(contract),
    status: contract.status,
    spec,
    keysIn: namespace,
    usedIn: namespace,
    read: (...resolved) => refusal ?? effectiveContract(name, spec, ...resolved),
  });
  const conditions = conditionsFor(finding, generation, contract.status?.conditions, context.now());
  const status: ContractStatus = {
    observedGeneration: generation,
    ...facts,
    materials: spec.materials?.length ?? 0,
    workflows: context.stores.workflows.byIndex('contract', keyOf(metadata)).length,
    conditions,
  };
  recordTransition(context.events, contract, KIND.Contract.kind, conditions);
  await applyStatus(context.client, KIND.Contract, contract, status, {
    fieldManager: OPERATOR_MANAGER,
    unchanged: true,
  });
  return { requeueAfterMs: nextLookAt(spec, finding) };
}
