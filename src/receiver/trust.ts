import type { Trust } from '../api/trust.ts';
import { CLUSTER_TRUST_ROOT } from '../api/trust-objects.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { serviceAccountIdentity } from '../pki/signing.ts';
import type { ReceiverContext } from './context.ts';

/** Who may sign for a run: the contract's signers, or if it names none, the identity that opened the run. */
export async function trustOf(
  { signing, trustRoots }: Pick<ReceiverContext, 'signing' | 'trustRoots'>,
  run: WorkflowRun,
  contract: EffectiveContract,
): Promise<Trust> {
  const { signers, signerThreshold: threshold } = contract;
  if (signers.length > 0) {
    const names = new Set(signers.flatMap((signer) => (signer.kind === 'identity' ? [signer.root] : [])));
    const { namespace = '' } = run.metadata;
    const roots = await Promise.all(
      [...names].map(async (name) => [name, await trustRoots.get(name, namespace)] as const),
    );
    return { signers, ...(threshold === undefined ? {} : { threshold }), roots: Object.fromEntries(roots) };
  }
  const { serviceAccount } = run.spec.identity;
  if (serviceAccount === undefined) return { signers: [], roots: {} };
  const { trustedRoot } = await signing.get();
  const subject = { exact: serviceAccountIdentity(namespaceOf(run), serviceAccount) };
  return {
    signers: [{ kind: 'identity', root: CLUSTER_TRUST_ROOT, subject, claims: [] }],
    roots: { [CLUSTER_TRUST_ROOT]: trustedRoot },
  };
}

/** The namespace of the service account that opened the run, which needn't be that of the run. */
const namespaceOf = (run: WorkflowRun): string => run.spec.identity.username.split(':')[2] ?? '';
