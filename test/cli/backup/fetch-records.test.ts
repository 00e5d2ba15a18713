// deadline: 60
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MissingRecord } from '../../../src/api/record-messages.ts';
import { signedArchiveRecord } from '../../../src/attestation/archive-record.ts';
import { fetchRecords } from '../../../src/cli/backup/fetch-records.ts';
import { createSession, type Session } from '../../../src/cli/session.ts';
import { sampleRun } from '../../archive/sample.ts';
import { installation, VERIFIER } from '../../support/archive-records.ts';
import { serveTls, type TlsServer } from '../../support/tls-server.ts';

const { signing } = installation();
const RECORDS = ['a', 'b', 'c', 'd'].map((name) => {
  const record = { verifierId: VERIFIER, time: '2026-11-28T10:00:00.000Z', outputs: [], run: sampleRun({ name }) };
  return Buffer.from(signedArchiveRecord(signing, record));
});
const [a, b, c, d] = RECORDS.map((record) => `${record}\n`) as [string, string, string, string];
const end = (runs: number): string => `${JSON.stringify({ end: { runs } })}\n`;

let server: TlsServer;
let work: string;
let session: Session;
/** What is answered, one request after the other; the last goes on. */
let answers: ((response: ServerResponse) => void)[];
let paths: string[];
let got: Buffer[];
let missing: MissingRecord[];
const test = suite('archive records from a server that errs');
test.before(async () => {
  server = await serveTls((request, response) => {
    paths.push(decodeURIComponent(request.url ?? ''));
    const [next] = answers.length > 1 ? answers.splice(0, 1) : answers;
    next?.(response);
  });
  work = await mkdtemp(join(tmpdir(), 'proviso-records-'));
  await writeFile(join(work, 'ca.crt'), server.ca);
});
test.after(async () => {
  await server.close();
  await rm(work, { recursive: true });
});
test.before.each(() => {
  [paths, got, missing] = [[], [], []];
  const env = { PROVISO_ENDPOINT: server.url, PROVISO_TOKEN: 'token', PROVISO_CA_FILE: join(work, 'ca.crt') };
  const quiet = { out: () => {}, err: () => {}, colours: createColors(false), interactive: false };
  session = createSession({ ...quiet, env, cwd: work }, { output: 'table' });
});
test.after.each(() => session.close());

const whole = (text: string) => (response: ServerResponse) => void response.end(text);
const cutAfter = (text: string) => (response: ServerResponse) =>
  void response.write(text, () => setTimeout(() => response.destroy(), 50));
const fetched = (): Promise<string> =>
  fetchRecords(session.receiver(), {
    record: async (bytes) => void got.push(bytes),
    missing: (run) => void missing.push(run),
    breaks: () => {},
  }).then(
    () => 'fine',
    (error: Error) => error.message,
  );

test('an answer that breaks is gone on with behind the last run, and none comes twice', async () => {
  const lost = { uid: 'uid-shop-bb', namespace: 'shop', run: 'bb', code: 'evidence-not-found', detail: 'gone' };
  answers = [
    cutAfter(a + b.slice(0, 100)),
    // As whole as a proxy can make it look.
    whole(b + JSON.stringify({ missing: lost })),
    whole(`${JSON.stringify({ missing: lost })}\n`),
    whole(c + d + end(2)),
  ];
  assert.is(await fetched(), 'fine');
  assert.equal(got, RECORDS);
  assert.equal(missing, [lost]);
  const path = '/v1/archive/records';
  assert.equal(paths, [path, ...['uid-shop-a', 'uid-shop-b', 'uid-shop-bb'].map((uid) => `${path}?after=${uid}`)]);
});

test('what never becomes whole is no backup', async () => {
  answers = [cutAfter(a), cutAfter('')];
  assert.is(await fetched(), 'the archive records ended early');
  assert.is(paths.length, 5);
});

test('attack: fewer runs than are announced, a line that is none, a record that is none', async () => {
  answers = [whole(a + end(2))];
  assert.match(await fetched(), /2 runs were announced, and 1 came/);
  for (const text of ['<html>', '{}', 'null', '{"missing":{}}']) {
    answers = [whole(`${text}\n${end(0)}`)];
    assert.match(await fetched(), /a line that is no archive record, nor about one/);
  }
  answers = [whole(`${a.slice(0, 70)}"envelope":null}\n${end(1)}`)];
  assert.match(await fetched(), /names no run/);
  assert.equal(got.length, 1);
});

test.run();
