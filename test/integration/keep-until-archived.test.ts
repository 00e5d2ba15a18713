// deadline: 120
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { type ArchivedShop, openArchivedShop } from '../support/archived-shop.ts';
import { eventually } from '../support/eventually.ts';
import type { Shop } from '../support/shop.ts';

const POLICY = new URL('../../config/archive/keep-until-archived.yaml', import.meta.url);

let archivedShop: ArchivedShop;
let shop: Shop;
const test = suite('runs stay until they are archived');
test.before(async () => {
  archivedShop = await openArchivedShop('reader');
  ({ shop } = archivedShop);
  await shop.kubectl('apply -f -', await readFile(POLICY, 'utf8'));
});
test.after(() => archivedShop?.stop());

const remove = (what: string, ...flags: readonly string[]) =>
  shop.kubectl(['delete workflowrun -n shop', what, '--wait=false', ...flags].join(' ')).catch(String);

test('attack: a finished run is deleted while the archive is away', async () => {
  const before = await archivedShop.finish('build', { source: 'before' });
  await shop.kubectl(`wait -n shop --for=condition=Archived --timeout=30s workflowrun/${before}`);
  const away = new DatabaseSync(join(archivedShop.dir, 'archive.db'));
  away.exec('BEGIN EXCLUSIVE');
  const run = await archivedShop.finish('build', { source: 'meanwhile' });
  const refusal = /is finished and not archived yet; it can be removed once its condition Archived is True/;
  // The API server takes a moment to know of a policy; until then it would be gone.
  await eventually('the refusal', async () => refusal.test(await remove(run, '--dry-run=server')));
  assert.match(await remove(run), refusal);
  assert.match(await remove('--all'), /is finished and not archived yet/);
  assert.is((await shop.run(run)).metadata.deletionTimestamp, undefined);
  away.exec('ROLLBACK');
  away.close();
  await shop.kubectl(`wait -n shop --for=condition=Archived --timeout=60s workflowrun/${run}`);
  assert.match(await remove(run), /deleted/);
  const archived = await shop.http.call('/v1/archive/runs', { token: archivedShop.reader });
  assert.ok(archived.body.toString().includes(run));
});

test('an open run may go: nothing of it was judged', async () => {
  const token = archivedShop.tokens.deploy ?? '';
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'deploy' } });
  assert.match(await remove(opened.json<RunMessage>().run), /deleted/);
});

test.run();
