import { writeFile } from 'node:fs/promises';
import type { OciSettings } from '../../../src/evidence/oci/settings.ts';
import { ociStore } from '../../../src/evidence/oci/store.ts';
import { createRoom } from '../../../src/evidence/room.ts';
import { startDistribution } from '../../tools/distribution.ts';
import type { Provider } from './provider.ts';

export const PART = 1 << 20;

export const settingsFor = (host: string, name: string): OciSettings => ({
  kind: 'oci',
  host,
  name,
  plainHttp: false,
  login: undefined,
});

export async function oci(): Promise<Provider> {
  const registry = await startDistribution();
  let repositories = 0;
  return {
    name: 'oci',
    edges: [PART, 2 * PART],
    mends: false,
    sweeps: false,
    async open() {
      repositories += 1;
      const name = `proviso/evidence-${repositories}`;
      const settings = settingsFor(registry.host, name);
      const store = () => ociStore(settings, PART, createRoom(256 << 20), 7);
      return {
        store: store(),
        settings,
        again: store,
        leavings: () => registry.uploads(name),
        count: async () => (await registry.tags(name)).length,
        damage: (digest, bytes) => writeFile(registry.pathOf(digest), bytes),
      };
    },
    stop: () => registry.stop(),
  };
}
