// deadline: 180
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import type { ProblemDocument } from '../../src/api/problem.ts';
import type { MissingRecord, RecordsLine, RestoredRecordMessage } from '../../src/api/record-messages.ts';
import { openArchive } from '../../src/archive/open.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { ARCHIVE_RECORD_HEAD, signedArchiveRecord } from '../../src/attestation/archive-record.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { type ArchivedShop, key, openArchivedShop } from '../support/archived-shop.ts';
import { eventually } from '../support/eventually.ts';
import type { Shop } from '../support/shop.ts';

let archivedShop: ArchivedShop;
let shop: Shop;
let admin: string;
let names: readonly string[];
const test = suite('archive records, out and in');
test.before(async () => {
  archivedShop = await openArchivedShop('admin');
  ({ shop, reader: admin } = archivedShop);
  const runs = [];
  for (const source of ['one', 'two', 'three']) runs.push(await archivedShop.finish('deploy', { source }));
  names = runs;
  for (const run of runs) await shop.kubectl(`wait -n shop --for=condition=Archived --timeout=30s workflowrun/${run}`);
});
test.after(() => archivedShop?.stop());

async function query<T>(ask: (database: ArchiveDatabase) => Promise<T>): Promise<T> {
  const { database } = await openArchive(`sqlite:${join(archivedShop.dir, 'archive.db')}`);
  return ask(database).finally(() => database.destroy());
}
const rows = () =>
  query((database) =>
    database.selectFrom('runs').select(['uid', 'name', 'document', 'record_digest']).orderBy('uid').execute(),
  );
const blob = (digest: string): string => join(shop.stack.controlPlane.dir, 'evidence', blobPath(digest as Digest));
const RECORDS = '/v1/archive/records';

interface Records {
  readonly records: readonly Buffer[];
  readonly others: readonly RecordsLine[];
}
async function records(path = RECORDS): Promise<Records> {
  const answer = await shop.http.call(path, { token: admin });
  assert.is(answer.status, 200, answer.body.toString());
  const lines = answer.body.toString('utf8').split('\n');
  assert.is(lines.pop(), '');
  const isRecord = (line: string): boolean => line.startsWith(ARCHIVE_RECORD_HEAD.toString());
  return {
    records: lines.filter(isRecord).map((line) => Buffer.from(line)),
    others: lines.filter((line) => !isRecord(line)).map((line) => JSON.parse(line) as RecordsLine),
  };
}
const digestOf = (bytes: Uint8Array): Digest => `sha256:${sha256Hex(bytes)}`;
const put = (body: Uint8Array, search = '') =>
  shop.http.call(`${RECORDS}/${digestOf(body)}${search}`, { method: 'PUT', token: admin, body });
async function restored(body: Uint8Array, search = ''): Promise<RestoredRecordMessage> {
  const answer = await put(body, search);
  assert.is(answer.status, 200, answer.body.toString());
  return answer.json<RestoredRecordMessage>();
}

test('attack: who may read a namespace, or submit, gets no records and brings none in', async () => {
  const { detail, hint } = await shop.http.refused('read-forbidden', RECORDS, { token: admin });
  assert.match(
    `${detail} ${hint}`,
    /whole cluster get the verb 'list' on workflowruns\.proviso\.dev by a ClusterRoleB/,
  );
  await shop.http.refused('read-forbidden', RECORDS, { token: archivedShop.tokens.build ?? '' });
  await shop.http.refused('token-missing', RECORDS);
  const body = Buffer.from('{}');
  const path = `${RECORDS}/${digestOf(body)}`;
  await shop.http.refused('rebuild-forbidden', path, { method: 'PUT', token: admin, body });
  const grant = async (name: string, verb: string, resource: string): Promise<void> => {
    await shop.kubectl(`create clusterrole ${name} --verb=${verb} --resource=${resource}.proviso.dev`);
    await shop.kubectl(`create clusterrolebinding ${name} --clusterrole=${name} --serviceaccount=shop:admin`);
  };
  await grant('backup', 'list', 'workflowruns');
  await eventually('the right', async () => (await shop.http.call(RECORDS, { token: admin })).status === 200);
  // To read is not to write.
  await shop.http.refused('rebuild-forbidden', path, { method: 'PUT', token: admin, body });
  await grant('restore', 'rebuild', 'evidencestores');
  await eventually('the other right', async () => (await put(body)).status !== 403);
});

test('every record, byte for byte, and from a run on', async () => {
  const found = await records();
  const there = await rows();
  assert.equal(
    found.records.map(digestOf),
    there.map(({ record_digest }) => record_digest),
  );
  assert.equal(found.others, [{ end: { runs: 3 } }]);
  const rest = await records(`${RECORDS}?after=${there[1]?.uid}`);
  assert.equal(rest.records.map(digestOf), [there[2]?.record_digest]);
  assert.equal(rest.others, [{ end: { runs: 1 } }]);
});

test('a record that is gone, that rotted, or that never was is told of, and keeps no other out', async () => {
  const [gone, rotten, never] = await rows();
  const [first, second] = [blob(gone?.record_digest ?? ''), blob(rotten?.record_digest ?? '')];
  const bytes = await readFile(second);
  await rename(first, `${first}.away`);
  await writeFile(second, bytes.toString().replace('"sig":"', '"sig":"A').slice(0, bytes.length));
  const digest = never?.record_digest ?? '';
  const setDigest = (value: string | null) =>
    query((database) =>
      database
        .updateTable('runs')
        .set({ record_digest: value })
        .where('uid', '=', never?.uid ?? '')
        .execute(),
    );
  await setDigest(null);
  const { records: found, others } = await records();
  assert.equal(found, []);
  const missing = others.flatMap((line): MissingRecord[] => ('missing' in line ? [line.missing] : []));
  assert.equal(
    missing.map(({ run, code }) => [run, code]),
    [
      [gone?.name, 'evidence-not-found'],
      [rotten?.name, 'digest-mismatch'],
      [never?.name, 'evidence-not-found'],
    ],
  );
  assert.equal(others.at(-1), { end: { runs: 3 } });
  await rename(`${first}.away`, first);
  await writeFile(second, bytes);
  await setDigest(digest);
  assert.is((await records()).records.length, 3);
});

test('an archive that lost everything, and a store that lost its records, have both again', async () => {
  const before = await rows();
  const { records: kept } = await records();
  await query((database) => database.deleteFrom('runs').execute());
  for (const { record_digest } of before) await rm(blob(record_digest ?? ''));
  const [first] = kept;
  assert.ok(first);
  assert.equal((await restored(first, '?dryRun=true')).outcome, 'archived');
  assert.equal(await rows(), []);
  for (const record of kept) {
    const { outcome, namespace, run, missing } = await restored(record);
    assert.equal([outcome, namespace, missing], ['archived', 'shop', []]);
    assert.ok(names.includes(run));
  }
  assert.equal(await rows(), before);
  for (const { record_digest } of before) await rm(blob(record_digest ?? ''));
  for (const record of kept) assert.equal((await restored(record)).outcome, 'present');
  assert.equal(await rows(), before);
  assert.equal((await records()).records, kept);
});

test('evidence that is not there is named', async () => {
  const [first] = (await records()).records;
  assert.ok(first);
  const source = `sha256:${sha256Hex('one')}`;
  await rename(blob(source), `${blob(source)}.away`);
  const missing = [];
  for (const record of (await records()).records) missing.push(...(await restored(record)).missing);
  assert.equal(missing, [{ name: 'source', storeName: 'default', digest: source, size: 3, why: 'it is not there' }]);
  await rename(`${blob(source)}.away`, blob(source));
});

test('attack: a record that was altered, one of another control plane, and one under a wrong name', async () => {
  const before = await rows();
  const [genuine] = (await records()).records;
  assert.ok(genuine);
  const document = JSON.parse(genuine.toString());
  const record = JSON.parse(Buffer.from(document.envelope.payload, 'base64').toString());
  const other = { ...record, run: { ...record.run, metadata: { ...record.run.metadata, uid: 'forged' } } };
  const payload = Buffer.from(JSON.stringify(other)).toString('base64');
  const altered = Buffer.from(JSON.stringify({ ...document, envelope: { ...document.envelope, payload } }));
  const foreign = Buffer.from(signedArchiveRecord(key.privateKey, other));
  for (const bytes of [altered, foreign, Buffer.from('no record'), genuine.subarray(0, -1)]) {
    for (const search of ['', '?dryRun=true']) {
      const answer = await put(bytes, search);
      assert.is(answer.json<ProblemDocument>().code, 'record-refused', answer.body.toString());
    }
  }
  await shop.http.refused('digest-mismatch', `${RECORDS}/${digestOf(foreign)}`, {
    ...{ method: 'PUT', token: admin, body: genuine },
  });
  assert.equal(await rows(), before);
  assert.not.ok((await shop.stored()).blobs.includes(sha256Hex(foreign)));
});

test.run();
