// deadline: 240
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import type { RebuildMessage, RunMessage } from '../../src/api/messages.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { openArchive } from '../../src/archive/open.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { signedArchiveRecord } from '../../src/attestation/archive-record.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { type ArchivedShop, key, openArchivedShop } from '../support/archived-shop.ts';
import { mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import type { Shop } from '../support/shop.ts';

let archivedShop: ArchivedShop;
let shop: Shop;
let finish: ArchivedShop['finish'];
let dir: string;
let tokens: Readonly<Record<string, string>>;
let admin: string;
const test = suite('rebuild of the archive');
test.before(async () => {
  archivedShop = await openArchivedShop('admin');
  ({ shop, dir, tokens, reader: admin, finish } = archivedShop);
});
test.after(() => archivedShop?.stop());

/** Asks the file itself, beside the receiver. */
async function query<T>(ask: (database: ArchiveDatabase) => Promise<T>): Promise<T> {
  const { database } = await openArchive(`sqlite:${join(dir, 'archive.db')}`);
  return ask(database).finally(() => database.destroy());
}
/** Every archived run by its name, byte for byte. */
async function documents(): Promise<ReadonlyMap<string, string>> {
  const rows = await query((database) =>
    database.selectFrom('runs').select(['name', 'document']).orderBy('name').execute(),
  );
  return new Map(rows.map(({ name, document }) => [name, document]));
}

test('before a run may leave the cluster, its record is where its evidence is', async () => {
  const run = await finish('deploy', { source: 'recorded' });
  await shop.kubectl(`wait -n shop --for=condition=Archived --timeout=30s workflowrun/${run}`);
  const { document, record_digest } = await query((database) =>
    database.selectFrom('runs').select(['document', 'record_digest']).where('name', '=', run).executeTakeFirstOrThrow(),
  );
  assert.ok((await shop.stored()).blobs.includes(String(record_digest).slice('sha256:'.length)));
  const blob = join(shop.stack.controlPlane.dir, 'evidence', blobPath(record_digest as Digest));
  const { envelope } = JSON.parse(await readFile(blob, 'utf8'));
  const record = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
  assert.is(JSON.stringify(record.run), document);
  assert.equal(record.outputs, ['app']);
});

test('an archive that was lost comes back from evidence and cluster, and nobody can slip a run in', async () => {
  const first = await finish('build', { source: 'one', app: 'app-1' });
  await finish('deploy', { source: 'app-1' });
  const last = await finish('build', { source: 'once more' });
  await shop.kubectl(`wait -n shop --for=condition=Archived --timeout=30s workflowrun/${last}`);
  const names = async () => (await shop.runs()).map(({ metadata }) => metadata.name);
  await eventually('the first run to have left the cluster', async () => !(await names()).includes(first));
  const before = await documents();
  assert.ok(before.has(first));

  // What a pipeline may hand in: a record as the control plane makes them, signed by the pipeline.
  const model = before.get(first) ?? '';
  const run = JSON.parse(model.replaceAll(first, 'forged')) as WorkflowRun;
  const verifierId = await shop.kubectl(
    'get configmap -n proviso-system proviso-control-plane-keys -o jsonpath={.data.verifier-id}',
  );
  const record = {
    verifierId,
    time: new Date().toISOString(),
    outputs: [],
    run: { ...run, metadata: { ...run.metadata, uid: 'forged' } },
  };
  const forged = Buffer.from(signedArchiveRecord(key.privateKey, record));
  const opened = await shop.http.call('/v1/runs', {
    method: 'POST',
    token: tokens.deploy ?? '',
    body: { workflow: 'deploy' },
  });
  const path = `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}/materials/source`;
  const given = await shop.http.call(path, { method: 'PUT', token: tokens.deploy ?? '', body: forged });
  assert.is(given.status, 200, given.body.toString());
  assert.ok((await shop.stored()).blobs.includes(sha256Hex(forged)));

  await shop.stack.terminate('receiver');
  for (const suffix of ['', '-wal', '-shm']) await rm(join(dir, `archive.db${suffix}`), { force: true });
  await shop.stack.killAndRestart('receiver');
  await eventually('all of them', async () => (await documents()).size >= before.size);
  assert.equal(await documents(), before);
  const store = await eventually('the end of the look', () =>
    query((database) => database.selectFrom('read_stores').selectAll().executeTakeFirst()),
  );
  assert.is(store.refused, 1);
  assert.is(store.archived, before.size);
});

test('who may have it rebuilt gets back what the archive lacks, and nobody else may', async () => {
  const before = await documents();
  await query((database) => database.deleteFrom('runs').execute());
  for (const method of ['GET', 'POST'] as const)
    await shop.http.refused('rebuild-forbidden', '/v1/archive/rebuild', { method, token: admin });
  await shop.kubectl('create clusterrole rebuilder --verb=rebuild --resource=evidencestores.proviso.dev');
  await shop.kubectl('create rolebinding -n shop rebuilder --clusterrole=rebuilder --serviceaccount=shop:admin');
  await shop.http.refused('rebuild-forbidden', '/v1/archive/rebuild', { method: 'POST', token: admin });
  await shop.kubectl('create clusterrolebinding rebuilder --clusterrole=rebuilder --serviceaccount=shop:admin');
  const ask = (method: 'GET' | 'POST') => shop.http.call('/v1/archive/rebuild', { method, token: admin });
  await eventually('the right to rebuild', async () => (await ask('GET')).status === 200);
  const begun = await ask('POST');
  assert.is(begun.status, 202);
  assert.equal(begun.json<RebuildMessage>().stores, [{ name: 'default' }]);
  await eventually('the store to be read', async () => (await ask('GET')).json<RebuildMessage>().stores[0]?.archived);
  assert.equal(await documents(), before);
});

test('the command line has it rebuilt, and says what came of it', async () => {
  const before = await documents();
  await query((database) => database.deleteFrom('runs').where('workflow', '=', 'build').execute());
  const mount = await mountSecret(shop, 'build');
  const rebuild = (args: string, token: string) =>
    runProviso(dir, `archive rebuild${args}`, { PROVISO_DIR: mount, PROVISO_TOKEN: token });
  const { code, out, text } = await rebuild('', admin);
  assert.is(code, 0, text);
  assert.match(out, /^STORE +ARCHIVED +PRESENT +REFUSED +READ\ndefault +\d+ +\d+ +1 +\d{4}-/);
  assert.equal(await documents(), before);
  assert.match((await rebuild('', tokens.build ?? '')).err, /may not have the archive rebuilt \(rebuild-forbidden\)/);
  assert.is((await rebuild(' --timeout soon', admin)).code, 2);
});

test.run();
