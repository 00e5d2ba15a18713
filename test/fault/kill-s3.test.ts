// deadline: 300
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { BLOBS, STAGING } from '../../src/evidence/layout.ts';
import { applyBucket } from '../support/bucket.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { type S3Server, startS3 } from '../tools/s3.ts';
import type { StoredFiles } from './kept.ts';
import { archiveIn, killAtRandom, killCount } from './kills.ts';
import { pipelineManifests } from './pipelines.ts';
import { faults } from './survived.ts';

const BUCKET = 'proviso-evidence';

const kills = killCount(6);

let dir: string;
let server: S3Server;
let shop: Shop;
const test = faults('kill -9, evidence in S3', 'every acknowledged run, byte for byte; counters; the archive');
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-kills-'));
  server = await startS3();
  await server.makeBucket(BUCKET);
  shop = await openShop(pipelineManifests('bucket'), { archive: archiveIn(dir) });
});
test.after(async () => {
  await shop?.stop();
  await server?.stop();
  await rm(dir, { recursive: true });
});

const store: StoredFiles = {
  async files() {
    const keys = await server.objects(BUCKET);
    const blobs = keys.filter((key) => !key.startsWith(`${STAGING}/`));
    assert.equal(
      blobs.filter((key) => !key.startsWith(`${BLOBS}/`)),
      [],
    );
    return blobs.map((key) => server.pathOf(BUCKET, key));
  },
};

test(`after ${kills} kills of receiver and operator nothing acknowledged is lost, and nothing is there twice`, async () => {
  await applyBucket(shop, server, BUCKET);
  const token = await shop.tokenOf('build');
  await killAtRandom(shop, { kills, token, store, archive: archiveIn(dir) });
  assert.equal(await shop.stored(), { blobs: [], staging: [] });
});

test.run();
