import { KIND } from '../../api/kinds.ts';
import { GROUP } from '../../api/labels.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ReleasedTable } from '../../archive/tables.ts';
import type { KubeClient } from '../../kube/client.ts';

/** In Proviso's own namespace, made by the installation. Its data has the hex digits of a digest, and the names of stores. */
export const REMOVALS = 'proviso-evidence-removals';
const PHASE = `${GROUP}/removal-phase`;
const MANAGER = 'proviso-retention';

type RemovalsMap = KubeObject & { readonly data?: Readonly<Record<string, string>> };

export interface Announced {
  /** `announced`: who wants to keep one of them still can. `removing`: nobody can. */
  readonly phase: 'announced' | 'removing';
  /** By digest, the names of the stores that it is removed from. */
  readonly stores: ReadonlyMap<string, readonly string[]>;
  readonly resourceVersion: string | undefined;
}

/** The objects that are about to be removed from evidence stores, where every receiver sees them. */
export interface AnnouncedRemovals {
  /** One that isn't there is empty: nothing is removed without it. */
  read(): Promise<Announced>;
  /** Puts them on the list, which has to be empty and as it was read. Throws a conflict, and a 404 if it isn't there. */
  announce(objects: readonly ReleasedTable[], before: Announced): Promise<void>;
  /** Says that they are being removed now. Throws a conflict when one was taken off meanwhile. */
  begin(before: Announced): Promise<void>;
  /** Takes one off. Throws a conflict when the list changed meanwhile. */
  takeOff(digest: string, before: Announced): Promise<void>;
  clear(): Promise<void>;
}

export function createAnnouncedRemovals(client: KubeClient, namespace: string): AnnouncedRemovals {
  const ref = { namespace, name: REMOVALS };

  async function patch(change: { readonly phase?: string | null; readonly data?: object | null }, before?: Announced) {
    const { phase, data } = change;
    const metadata = {
      ...(before?.resourceVersion === undefined ? {} : { resourceVersion: before.resourceVersion }),
      ...(phase === undefined ? {} : { annotations: { [PHASE]: phase } }),
    };
    const body = { metadata, ...(data === undefined ? {} : { data }) };
    await client.mergePatch(KIND.ConfigMap, ref, body, { fieldManager: MANAGER });
  }

  return {
    async read() {
      const found = await client.find<RemovalsMap>(KIND.ConfigMap, ref);
      const { metadata, data = {} } = found ?? {};
      const stores = Object.entries(data).map(([hex, names]) => [`sha256:${hex}`, names.split(',')] as const);
      return {
        phase: metadata?.annotations?.[PHASE] === 'removing' ? 'removing' : 'announced',
        stores: new Map(stores),
        resourceVersion: metadata?.resourceVersion,
      };
    },
    announce(objects, before) {
      const byDigest = Map.groupBy(objects, ({ digest }) => hexOf(digest));
      const data = [...byDigest].map(([hex, all]) => [hex, all.map(({ store }) => store).join(',')] as const);
      return patch({ phase: 'announced', data: Object.fromEntries(data) }, before);
    },
    begin: (before) => patch({ phase: 'removing' }, before),
    takeOff: (digest, before) => patch({ data: { [hexOf(digest)]: null } }, before),
    clear: () => patch({ phase: null, data: null }),
  };
}

const hexOf = (digest: string): string => digest.slice('sha256:'.length);
