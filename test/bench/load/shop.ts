import { connect, type KubeConnection } from '../../../src/kube/connect.ts';
import { manifest } from '../../support/manifest.ts';
import { openShop, type Shop } from '../../support/shop.ts';
import { generateTestKey } from '../../support/signing.ts';

export const MATERIALS = ['package', 'sbom', 'tests'] as const;
export const key = generateTestKey();

/** Each an identity of its own: of one the receiver takes so many requests in a second and no more. */
const WORKFLOWS = Array.from({ length: 16 }, (_, index) => `build-${index}`);

/** A pipeline that may submit. */
export interface Identity {
  readonly workflow: string;
  readonly token: string;
}

/** A stack as it is installed, without an archive, and who submits to it. */
export interface LoadedShop {
  readonly shop: Shop;
  readonly identities: readonly Identity[];
  readonly admin: KubeConnection;
  /** May write runs and their status: admission keeps even administrators from it. */
  readonly receiver: KubeConnection;
}

/** Starts it, with so many finished runs kept of each workflow; what it resolves with is stopped by `shop.stop()`. */
export async function openLoadedShop({ history = 10_000 } = {}): Promise<LoadedShop> {
  const shop = await openShop(
    [
      manifest('Contract', 'release', {
        materials: MATERIALS.map((name) => ({ name, type: 'ARTIFACT' })),
        signers: [{ key: { inline: key.publicPem } }],
        deadline: '1h',
      }),
      ...WORKFLOWS.map((name) =>
        manifest('Workflow', name, { contractRef: { name: 'release' }, history: { limit: history } }),
      ),
    ].join('\n---\n'),
  );
  const { controlPlane } = shop.stack;
  return {
    shop,
    identities: await Promise.all(
      WORKFLOWS.map(async (workflow) => ({ workflow, token: await shop.tokenOf(workflow) })),
    ),
    admin: connect(controlPlane.adminKubeconfig),
    receiver: connect(await controlPlane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver')),
  };
}
