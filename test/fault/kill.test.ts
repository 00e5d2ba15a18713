// deadline: 180
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openShop, type Shop } from '../support/shop.ts';
import { assertKept, type StoredFiles } from './kept.ts';
import { archiveIn, killAtRandom, killCount } from './kills.ts';
import { BUSY, pipelineManifests, startPipelines } from './pipelines.ts';
import { faults } from './survived.ts';

const kills = killCount(12);

let dir: string;
let shop: Shop;
let token: string;
const test = faults('kill -9', 'every acknowledged run, byte for byte; counters; the archive');
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-kills-'));
  shop = await openShop(pipelineManifests(), { archive: archiveIn(dir) });
  token = await shop.tokenOf('build');
});
test.after(async () => {
  await shop?.stop();
  await rm(dir, { recursive: true });
});

const store: StoredFiles = {
  async files() {
    const root = join(shop.stack.controlPlane.dir, 'evidence/blobs');
    const entries = await readdir(root, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  },
};

test(`after ${kills} kills of receiver and operator nothing acknowledged is lost, and nothing is there twice`, () =>
  killAtRandom(shop, { kills, token, store, archive: archiveIn(dir) }));

/**
 * An API server that has just started denies what it will allow in a moment, to us and to the operator, since its own
 * caches are empty. In a cluster its readiness keeps traffic away until then; here there is only the one.
 */
const STARTING: ReadonlySet<number> = new Set([401, 403, 404, 409, ...BUSY]);

test('kill -9 of the API server under load: requests are refused or wait, and everything goes on', async () => {
  const work = startPipelines(shop, { token, clients: 2, name: 'api-server', tryAgain: STARTING });
  await new Promise((resolve) => setTimeout(resolve, 500));
  await shop.stack.controlPlane.restart(true);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  await work.end();
  assert.ok(work.acknowledged.length > 0);
  token = await shop.tokenOf('build');
  await assertKept(shop, work, store, token);
});

test.run();
