import type { WorkflowRun } from '../api/types.gen.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { serviceAccountIdentity } from '../pki/signing.ts';
import type { Trust } from '../verify/verdict.ts';
import type { ReceiverContext } from './context.ts';

/** Who may sign for a run: the contract's keys, or if it names none, the identity that opened the run. */
export async function trustOf(
  { signing }: Pick<ReceiverContext, 'signing'>,
  run: WorkflowRun,
  contract: EffectiveContract,
): Promise<Trust> {
  if (contract.signers.length > 0) return { keys: contract.signers };
  const { serviceAccount } = run.spec.identity;
  if (serviceAccount === undefined) return { keys: [] };
  const { certificate } = await signing.get();
  const identity = serviceAccountIdentity(namespaceOf(run), serviceAccount);
  return { keys: [], clusterCa: { roots: [certificate], identity } };
}

/** The namespace of the service account that opened the run, which needn't be that of the run. */
const namespaceOf = (run: WorkflowRun): string => run.spec.identity.username.split(':')[2] ?? '';
