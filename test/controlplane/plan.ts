import { join } from 'node:path';
import { ENVTEST_VERSION, KUBERNETES_VERSION } from './versions.ts';

/** One place that the programs can come from. */
export type Source =
  | { readonly kind: 'assets'; readonly directory: string }
  | { readonly kind: 'cache'; readonly directory: string }
  | { readonly kind: 'download'; readonly directory: string }
  | { readonly kind: 'build'; readonly directory: string };

/** What `PROVISO_CONTROLPLANE` may force. */
export const FORCED = ['assets', 'download', 'build'] as const;

/**
 * The sources to try, in order: `KUBEBUILDER_ASSETS`, what an earlier run left in the cache, the official archive, a Go
 * build. A forced source leaves out the others, but still finds its own earlier result.
 */
export function planSources(env: Readonly<Record<string, string | undefined>>, home: string): readonly Source[] {
  const root = join(home, '.cache/proviso/controlplane');
  const built = join(root, KUBERNETES_VERSION);
  const downloaded = join(root, ENVTEST_VERSION);
  const assets = env.KUBEBUILDER_ASSETS;
  const forced = env.PROVISO_CONTROLPLANE;
  const fromAssets: readonly Source[] = assets ? [{ kind: 'assets', directory: assets }] : [];
  const download: Source = { kind: 'download', directory: downloaded };
  const build: Source = { kind: 'build', directory: built };
  switch (forced) {
    case undefined:
    case '':
      return [
        ...fromAssets,
        { kind: 'cache', directory: built },
        { kind: 'cache', directory: downloaded },
        download,
        build,
      ];
    case 'assets':
      return fromAssets;
    case 'download':
      return [{ kind: 'cache', directory: downloaded }, download];
    case 'build':
      return [{ kind: 'cache', directory: built }, build];
    default:
      throw new Error(`PROVISO_CONTROLPLANE must be one of ${FORCED.join(', ')}, not '${forced}'`);
  }
}
