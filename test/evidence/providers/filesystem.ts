import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesystemStore } from '../../../src/evidence/filesystem.ts';
import { blobPath } from '../../../src/evidence/layout.ts';
import type { Provider } from './provider.ts';

export async function filesystem(): Promise<Provider> {
  const home = await mkdtemp(join(tmpdir(), 'proviso-evidence-'));
  return {
    name: 'filesystem',
    edges: [],
    mends: true,
    sweeps: true,
    async open() {
      const root = await mkdtemp(join(home, 'store-'));
      const files = async (folder: string): Promise<readonly string[]> => {
        const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
        return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
      };
      return {
        store: filesystemStore(root),
        settings: { kind: 'filesystem', path: root },
        again: () => filesystemStore(root),
        leavings: () => files('staging'),
        count: async () => (await files('blobs')).length,
        damage: (digest, bytes) => writeFile(join(root, blobPath(digest)), bytes),
      };
    },
    stop: () => rm(home, { recursive: true, force: true }),
  };
}
