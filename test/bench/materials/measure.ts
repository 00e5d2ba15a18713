import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { SERVER } from '../../../scripts/build/options.ts';
import type { Figure } from '../figures.ts';
import type { GrowingDocument } from './documents.ts';
import type { Measured } from './one.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
/** What a document of 50 MB may take, in MB; the bytes and Node itself are in it. */
export const MEMORY_BUDGET = 400;

const run = promisify(execFile);

/** Speed and memory of the inspection of each document, by threads of the receiver as they are built. */
export async function measureDocuments(
  documents: readonly GrowingDocument[],
  megabytes: number,
): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'proviso-bench-'));
  try {
    await run(process.execPath, [join(ROOT, 'scripts/build.ts'), folder]);
    const one = join(ROOT, 'test/bench/materials/one.ts');
    await build({ ...SERVER, entryPoints: [one], outfile: join(folder, 'one.mjs'), outExtension: {} });
    const figures: Figure[] = [];
    for (const document of documents) figures.push(...(await measure(document, megabytes, folder)));
    return figures;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One document in a process of its own, in which there is nothing of the receiver but its threads. */
async function measure(document: GrowingDocument, megabytes: number, folder: string): Promise<readonly Figure[]> {
  const { name, type, peer, make } = document;
  const [large, small] = [join(folder, 'large'), join(folder, 'small')];
  await writeFile(large, make(megabytes * 1e6));
  await writeFile(small, make(1000));
  const { stdout } = await run(process.execPath, [join(folder, 'one.mjs'), type, peer, large, small]);
  const { bytes, seconds, peerSeconds, peakBytes } = JSON.parse(stdout) as Measured;
  const phase = `${name}, ${Math.round(bytes / 1e6)} MB`;
  return [
    {
      phase,
      name: 'inspected',
      value: bytes / 1e6 / seconds,
      unit: 'MB/s',
      ratio: { of: peer, value: peerSeconds / seconds },
    },
    {
      phase,
      name: 'memory, with the process and the bytes',
      value: peakBytes / 1e6,
      unit: 'MB',
      ...(megabytes === 50 ? { budget: MEMORY_BUDGET } : {}),
    },
  ];
}
