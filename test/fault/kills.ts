import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Shop } from '../support/shop.ts';
import { assertKept, type StoredFiles, untilArchived, untilCounted } from './kept.ts';
import { startPipelines } from './pipelines.ts';

/** How many kills; PROVISO_KILLS takes another number than the usual one. */
export const killCount = (usual: number): number => Number(process.env.PROVISO_KILLS ?? usual);

const CLIENTS = 4;

/** The address of the archive that a shop of kills keeps. */
export const archiveIn = (dir: string): string => `sqlite:${join(dir, 'archive.db')}`;

interface KillOptions {
  readonly kills: number;
  readonly token: string;
  readonly store: StoredFiles;
  /** Its address. */
  readonly archive: string;
}

/** Kills receiver and operator at random points of a running workload, then looks at everything that was acknowledged. */
export async function killAtRandom(shop: Shop, { kills, token, store, archive }: KillOptions): Promise<void> {
  const work = startPipelines(shop, { token, clients: CLIENTS, name: 'killed' });
  for (let kill = 0; kill < kills; kill++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
    await shop.stack.killAndRestart(kill % 4 === 3 ? 'operator' : 'receiver');
  }
  await work.end();
  const { acknowledged, stored } = work;
  assert.ok(acknowledged.length >= CLIENTS, `only ${acknowledged.length} pipelines came through`);
  const runs = await assertKept(shop, work, store, token);
  await untilCounted(shop, runs);
  const archived = await untilArchived(archive, runs, store);
  const counts = `${runs.length} runs, ${acknowledged.length} acknowledged, ${stored.size} objects acknowledged`;
  console.log(`\n»   ${kills} kills, ${counts}, all kept; ${archived} archived`);
}
