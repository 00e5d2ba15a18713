import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { SERVER } from '../../../scripts/build/options.ts';
import type { StoreSettings } from '../../../src/evidence/open.ts';
import { settingsFor as repositoryAt } from '../../evidence/providers/oci.ts';
import { settingsFor as bucketAt } from '../../evidence/providers/s3.ts';
import { startDistribution } from '../../tools/distribution.ts';
import { startS3 } from '../../tools/s3.ts';
import type { Figure } from '../figures.ts';
import type { Measured } from './one.ts';
import { measurePeer, peersOf } from './peers.ts';

/** What the design allows a process for an object of any size, in MB. */
const MEMORY_BUDGET = 150;
/** Of the raw limit, at least. */
const SPEED_BUDGET = 0.8;

const run = promisify(execFile);

/**
 * An object of that size put into every kind of store and read again, each in a process of its own beside its server; with
 * peers, also by the programs that people do that with.
 */
export async function measureStores(megabytes: number, withPeers = false): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'proviso-bench-'));
  const [server, registry] = [await startS3(), await startDistribution()];
  try {
    await server.makeBucket('evidence');
    const one = new URL('one.ts', import.meta.url).pathname;
    // In pieces, as the receiver is.
    await build({ ...SERVER, entryPoints: { one }, outdir: folder, splitting: true });
    const measure = async (settings: StoreSettings | { readonly raw: string }): Promise<Measured> => {
      const args = [join(folder, 'one.mjs'), JSON.stringify(settings), String(megabytes)];
      return JSON.parse((await run(process.execPath, args)).stdout) as Measured;
    };
    const limit = await measure({ raw: join(folder, 'raw') });
    const stores: Readonly<Record<string, StoreSettings>> = {
      directory: { kind: 'filesystem', path: join(folder, 'evidence') },
      's3, versitygw': bucketAt(server, 'evidence'),
      'oci, distribution': repositoryAt(registry.host, 'proviso/evidence'),
    };
    const figures: Figure[] = figuresOf('hashing and a file, the limit', megabytes, limit);
    for (const [name, settings] of Object.entries(stores)) {
      figures.push(...figuresOf(name, megabytes, await measure(settings), limit));
    }
    if (!withPeers) return figures;
    for (const peer of await peersOf({ folder, server, registry }, megabytes)) {
      figures.push(...figuresOf(peer.name, megabytes, await measurePeer(peer), limit));
    }
    return figures;
  } finally {
    await Promise.all([server.stop(), registry.stop()]);
    await rm(folder, { recursive: true });
  }
}

function figuresOf(
  phase: string,
  megabytes: number,
  { putSeconds, getSeconds, peakBytes }: Measured,
  limit?: Measured,
): Figure[] {
  const rate = (name: string, seconds: number, least?: number): Figure => ({
    phase,
    name,
    value: megabytes / seconds,
    unit: 'MB/s',
    ...(least === undefined
      ? {}
      : { budget: (SPEED_BUDGET * megabytes) / least, ratio: { of: 'the limit', value: least / seconds } }),
  });
  return [
    rate('put', putSeconds, limit?.putSeconds),
    rate('get', getSeconds, limit?.getSeconds),
    { phase, name: 'memory, with the process', value: peakBytes / 1e6, unit: 'MB', budget: MEMORY_BUDGET },
  ];
}
