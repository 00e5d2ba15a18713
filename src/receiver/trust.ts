import type { Trust } from '../api/trust.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { serviceAccountIdentity } from '../pki/signing.ts';
import { rootOfAuthorities } from '../verify/root-document.ts';
import type { ReceiverContext } from './context.ts';

/** The trusted root of the cluster's own authority. */
const CLUSTER_ROOT = 'proviso-cluster';

/** Who may sign for a run: the contract's keys, or if it names none, the identity that opened the run. */
export async function trustOf(
  { signing }: Pick<ReceiverContext, 'signing'>,
  run: WorkflowRun,
  contract: EffectiveContract,
): Promise<Trust> {
  const { signers, signerThreshold: threshold } = contract;
  if (signers.length > 0) return { signers, ...(threshold === undefined ? {} : { threshold }), roots: {} };
  const { serviceAccount } = run.spec.identity;
  if (serviceAccount === undefined) return { signers: [], roots: {} };
  const { certificate } = await signing.get();
  const subject = { exact: serviceAccountIdentity(namespaceOf(run), serviceAccount) };
  return {
    signers: [{ kind: 'identity', root: CLUSTER_ROOT, subject, claims: [] }],
    roots: { [CLUSTER_ROOT]: rootOfAuthorities([certificate]) },
  };
}

/** The namespace of the service account that opened the run, which needn't be that of the run. */
const namespaceOf = (run: WorkflowRun): string => run.spec.identity.username.split(':')[2] ?? '';
