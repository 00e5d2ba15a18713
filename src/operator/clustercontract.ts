import { KIND } from '../api/kinds.ts';
import type { ClusterContract, ClusterContractStatus } from '../api/types.gen.ts';
import { baselineTerms } from '../contract/from-spec.ts';
import { applyStatus, OPERATOR_MANAGER } from '../kube/apply.ts';
import type { ReconcileResult } from '../queue/workers.ts';
import { conditionsFor, recordTransition } from './conditions.ts';
import type { OperatorContext } from './context.ts';
import { governedBy } from './governance.ts';
import { expandedSpec } from './group-expansion.ts';
import { ownedByClusterContract } from './revisions.ts';
import { examineTerms, nextLookAt } from './terms.ts';

/** Does for a baseline what is done for a contract, and counts whom it governs; the workflows merge it in themselves. */
export async function reconcileClusterContract(
  context: OperatorContext,
  contract: ClusterContract,
): Promise<ReconcileResult> {
  const { metadata } = contract;
  const { spec, refusal } = expandedSpec(context, contract);
  const { name, generation = 0 } = metadata;
  const { finding, facts } = await examineTerms(context, {
    owner: ownedByClusterContract(contract, context.namespace),
    status: contract.status,
    spec,
    keysIn: context.namespace,
    read: (...resolved) => refusal ?? baselineTerms(name, spec, ...resolved),
  });
  const conditions = conditionsFor(finding, generation, contract.status?.conditions, context.now());
  const governed = governedBy(context.stores, contract);
  const isCompliant = ({ status }: (typeof governed)[number]): boolean =>
    status?.baselines?.some((each) => each.name === name && each.revision === facts.revision && each.compliant) ??
    false;
  const status: ClusterContractStatus = {
    observedGeneration: generation,
    ...facts,
    enforcement: spec.enforcement ?? 'Enforce',
    workflows: governed.length,
    compliant: governed.filter(isCompliant).length,
    conditions,
  };
  recordTransition(context.events, contract, KIND.ClusterContract.kind, conditions);
  await applyStatus(context.client, KIND.ClusterContract, contract, status, {
    fieldManager: OPERATOR_MANAGER,
    unchanged: true,
  });
  return { requeueAfterMs: nextLookAt(spec, finding) };
}
