import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Figure, figureTable } from '../figures.ts';
import { GROWING_DOCUMENTS, type GrowingDocument } from './documents.ts';
import type { Measured } from './one.ts';

const MEGABYTES = Number(process.env.PROVISO_BENCH_MB ?? 50);
const ONE = new URL('./one.ts', import.meta.url).pathname;
/** What an SBOM of 50 MB may take. */
const MEMORY_BUDGET = 400;

const folder = await mkdtemp(join(tmpdir(), 'proviso-bench-'));
try {
  const figures: Figure[] = [];
  for (const document of GROWING_DOCUMENTS) figures.push(...(await measure(document)));
  console.log(figureTable(figures));
} finally {
  await rm(folder, { recursive: true });
}

/** One document in a process of its own, which starts with its bytes in a file, as the receiver has them in memory. */
async function measure({ name, type, peer, make }: GrowingDocument): Promise<readonly Figure[]> {
  const file = join(folder, 'document');
  await writeFile(file, make(MEGABYTES * 1e6));
  const { stdout } = await promisify(execFile)(process.execPath, [ONE, name, file]);
  const { bytes, seconds, peerSeconds, peakBytes } = JSON.parse(stdout) as Measured;
  const phase = `${name}, ${Math.round(bytes / 1e6)} MB`;
  const isBudgeted = type.startsWith('SBOM_') && MEGABYTES === 50;
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
      ...(isBudgeted ? { budget: MEMORY_BUDGET } : {}),
    },
  ];
}
