import { manifest } from './manifest.ts';
import { openShop, type Shop } from './shop.ts';
import { generateTestKey } from './signing.ts';

/** Who signs for the contract, as Tekton Chains would. */
export const key = generateTestKey();
export const stranger = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'release', {
    materials: [
      { name: 'app', type: 'ARTIFACT', output: true },
      { name: 'provenance', type: 'SLSA_PROVENANCE', optional: true },
      { name: 'collection', type: 'ATTESTATION', optional: true },
    ],
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
  // The run itself is signed by the identity of its pipeline.
  manifest('Contract', 'named', {
    materials: [
      { name: 'app', type: 'ARTIFACT', output: true },
      { name: 'provenance', type: 'SLSA_PROVENANCE', signers: [{ key: { inline: key.publicPem } }] },
    ],
  }),
  manifest('Workflow', 'named', { contractRef: { name: 'named' } }),
].join('\n---\n');

/** A stack with an archive, two workflows, and who may read runs of the namespace and of all. */
export interface IntakeShop {
  readonly shop: Shop;
  /** By workflow. */
  readonly tokens: Readonly<Record<string, string>>;
  readonly reader: string;
  readonly auditor: string;
}

export async function openIntakeShop(archive: string): Promise<IntakeShop> {
  const shop = await openShop(MANIFESTS, { archive });
  for (const name of ['reader', 'auditor']) await shop.kubectl(`create serviceaccount -n shop ${name}`);
  await shop.kubectl('create rolebinding -n shop reader --clusterrole=proviso-view --serviceaccount=shop:reader');
  await shop.kubectl('create clusterrolebinding auditor --clusterrole=proviso-view --serviceaccount=shop:auditor');
  const tokenFor = (name: string) => shop.kubectl(`create token -n shop ${name} --audience=proviso`);
  const tokens = { build: await shop.tokenOf('build'), named: await shop.tokenOf('named') };
  return { shop, tokens, reader: await tokenFor('reader'), auditor: await tokenFor('auditor') };
}
