// deadline: 300
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { type Relay, startRelay } from '../support/relay.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { hasPostgres, type Postgres, startPostgres, startStandby } from '../tools/postgres.ts';
import { assertKept, type StoredFiles, untilArchived } from './kept.ts';
import { archiveIn, killAtRandom, killCount } from './kills.ts';
import { BUSY, pipelineManifests, startPipelines } from './pipelines.ts';
import { faults } from './survived.ts';

const kills = killCount(12);

let dir: string;
let archive: string;
let shop: Shop;
let token: string;
let primary: Postgres | undefined;
let relay: Relay | undefined;
const test = faults('kill -9', 'every acknowledged run, byte for byte; counters; the archive');
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-kills-'));
  if (hasPostgres()) {
    primary = await startPostgres();
    relay = await startRelay(primary.port);
  }
  archive = relay === undefined ? archiveIn(dir) : `postgres://proviso@127.0.0.1:${relay.port}/postgres`;
  shop = await openShop(pipelineManifests(), { archive });
  token = await shop.tokenOf('build');
});
test.after(async () => {
  await shop?.stop();
  await relay?.stop();
  await primary?.stop();
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
  killAtRandom(shop, { kills, token, store, archive }));

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

async function failOver(from: Postgres, through: Relay): Promise<void> {
  const isArchived = ({ status }: WorkflowRun) => status?.conditions?.some(({ type }) => type === 'Archived');
  const archived = async () => (await shop.runs()).filter(isArchived).length;
  const standby = await startStandby(from);
  const work = startPipelines(shop, { token, clients: 2, name: 'fail-over' });
  await standby.child.stop('SIGINT');
  const before = await archived();
  await eventually('runs that the standby has not', async () => (await archived()) > before + 10);
  await from.child.stop('SIGKILL');
  const acknowledged = work.acknowledged.length;
  await shop.http.refused('archive-unavailable', '/v1/archive/runs', { token });
  await eventually('evidence to be taken all the same', async () => work.acknowledged.length > acknowledged + 2);
  await standby.killAndRestart();
  through.pointTo(standby.port);
  // It reads already, and refuses to write.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await standby.promote();
  await work.end();
  primary = standby;
  const runs = await assertKept(shop, work, store, token);
  await untilArchived(archive, runs, store);
}

// Who has none is told so at the start.
if (hasPostgres()) {
  test('PostgreSQL fails over under load to a replica that lags behind: every run is in the archive again', async () => {
    if (primary === undefined || relay === undefined) throw new Error('there is no PostgreSQL');
    await failOver(primary, relay);
  });
}

test.run();
