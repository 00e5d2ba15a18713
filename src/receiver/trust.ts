import type { RootDocument, Trust, TrustedSigner } from '../api/trust.ts';
import { CLUSTER_TRUST_ROOT } from '../api/trust-objects.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { serviceAccountIdentity } from '../pki/signing.ts';
import type { ReceiverContext } from './context.ts';
import type { TrustRoots } from './trust-roots.ts';

/** Who may sign for a run, and how the roots to check that against are read, each by itself. */
export interface WantedTrust {
  readonly signers: readonly TrustedSigner[];
  readonly threshold?: number;
  readonly roots: ReadonlyMap<string, () => Promise<RootDocument>>;
}

/** Where roots come from. */
export interface RootSources {
  readonly trustRoots: TrustRoots;
  /** That of the cluster's own authority. */
  readonly clusterRoot: () => Promise<RootDocument>;
}

/** The contract's signers, or if it names none, the identity that opened the run. */
export function wantedTrust(
  { trustRoots, clusterRoot }: RootSources,
  run: WorkflowRun,
  { signers, signerThreshold: threshold }: EffectiveContract,
): WantedTrust {
  if (signers.length > 0) {
    const roots = rootsOf(trustRoots, run, signers);
    return { signers, ...(threshold === undefined ? {} : { threshold }), roots };
  }
  const { serviceAccount } = run.spec.identity;
  if (serviceAccount === undefined) return { signers: [], roots: new Map() };
  const subject = { exact: serviceAccountIdentity(namespaceOf(run), serviceAccount) };
  return {
    signers: [{ kind: 'identity', root: CLUSTER_TRUST_ROOT, subject, claims: [] }],
    roots: new Map([[CLUSTER_TRUST_ROOT, clusterRoot]]),
  };
}

/** What an attestation is judged by. Throws the problem of the first root that can't be had: nothing is judged by less. */
export async function trustOf(
  { signing, trustRoots }: Pick<ReceiverContext, 'signing' | 'trustRoots'>,
  run: WorkflowRun,
  contract: EffectiveContract,
): Promise<Trust> {
  const clusterRoot = async () => (await signing.get()).trustedRoot;
  return readRoots(wantedTrust({ trustRoots, clusterRoot }, run, contract));
}

/** What the signatures of a material are judged by. Throws as `trustOf` does. */
export const materialTrustOf = (
  { trustRoots }: Pick<ReceiverContext, 'trustRoots'>,
  run: WorkflowRun,
  signers: readonly TrustedSigner[],
): Promise<Trust> => readRoots({ signers, roots: rootsOf(trustRoots, run, signers) });

/** The roots that the identities among the signers name, as the namespace of the run may use them. */
function rootsOf(trustRoots: TrustRoots, { metadata }: WorkflowRun, signers: readonly TrustedSigner[]) {
  const names = new Set(signers.flatMap((signer) => (signer.kind === 'identity' ? [signer.root] : [])));
  return new Map([...names].map((name) => [name, () => trustRoots.get(name, metadata.namespace ?? '')] as const));
}

async function readRoots({ roots, ...who }: WantedTrust): Promise<Trust> {
  const documents = await Promise.all([...roots].map(async ([name, read]) => [name, await read()] as const));
  return { ...who, roots: Object.fromEntries(documents) };
}

/** The namespace of the service account that opened the run, which needn't be that of the run. */
const namespaceOf = (run: WorkflowRun): string => run.spec.identity.username.split(':')[2] ?? '';
