// deadline: 180
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, utimes, writeFile } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { get, request } from 'node:https';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { digestsOf } from '../../src/api/run-evidence.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'signed', { signers: [{ key: { inline: key.publicPem } }] }),
  manifest('Workflow', 'build', { contractRef: { name: 'signed' } }),
].join('\n---\n');
/** The bound of the list of materials. */
const MAX_MATERIALS = 128;

let shop: Shop;
let token: string;
let ca: string;
const test = suite('what the receiver leaves behind');
test.before(async () => {
  shop = await openShop(MANIFESTS);
  token = await shop.tokenOf('build');
  ca = await shop.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}');
});
test.after(() => shop?.stop());

async function open(): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  assert.is(answer.status, 201, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest = ''): string => `/v1/namespaces/shop/runs/${run}${rest}`;
const add = (run: RunMessage, name: string, body: string | Uint8Array) =>
  shop.http.call(pathOf(run, `/materials/${name}`), { method: 'PUT', token, body });
const hexOf = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const evidence = (...names: readonly string[]): string => join(shop.stack.controlPlane.dir, 'evidence', ...names);
const blobOf = (hex: string): string => evidence('blobs/sha256', hex.slice(0, 2), hex);

/** Every object in the store is one that some run refers to, and the other way round. */
async function assertAllReferredTo(): Promise<void> {
  const referred = new Set((await shop.runs()).flatMap(digestsOf).map((digest) => digest.slice('sha256:'.length)));
  const { blobs, staging } = await shop.stored();
  assert.equal([...blobs].sort(), [...referred].sort());
  assert.equal(staging, []);
}

interface Upload {
  readonly sent: ClientRequest;
  readonly status: Promise<number | undefined>;
}
/** An upload of which the last byte is held back. */
function hold(run: RunMessage, name: string, text: string): Upload {
  const headers = { authorization: `Bearer ${token}`, 'content-length': String(text.length) };
  const url = new URL(pathOf(run, `/materials/${name}`), shop.stack.endpoint);
  const sent = request(url, { method: 'PUT', ca, headers });
  const status = new Promise<number | undefined>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (answer: IncomingMessage) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
  });
  sent.write(text.slice(0, -1));
  return { sent, status };
}

test('materials whose record the API server refuses leave no bytes, but for those that another relies on', async () => {
  const run = await open();
  for (let at = 0; at < MAX_MATERIALS - 1; at++) assert.is((await add(run, `m${at}`, `bytes ${at}`)).status, 200);
  const other = await open();
  // All of them find room when they begin; one gets it.
  const texts = ['bytes of a', 'bytes of b', 'bytes of c', 'bytes 5', 'bytes shared'];
  const uploads = texts.map((text, index) => hold(run, `late-${index}`, text));
  await eventually('the uploads to begin', async () => (await shop.stored()).staging.length === texts.length);
  const shared = hold(other, 'shared', 'bytes shared');
  await eventually('the other to begin', async () => (await shop.stored()).staging.length === texts.length + 1);
  for (const [index, { sent }] of [...uploads, shared].entries()) sent.end((texts[index] ?? 'bytes shared').slice(-1));
  const statuses = await Promise.all(uploads.map(({ status }) => status));
  assert.equal(statuses.sort(), [200, 400, 400, 400, 400]);
  assert.is(await shared.status, 200);
  await assertAllReferredTo();
  const { blobs } = await shop.stored();
  for (const text of ['bytes 5', 'bytes shared']) assert.ok(blobs.includes(hexOf(text)), text);
});

test('many runs that hand in the same bytes, some of which end meanwhile', async () => {
  for (let round = 0; round < 6; round++) {
    const runs = await Promise.all(Array.from({ length: 6 }, open));
    const uploads = runs.map((run) => hold(run, 'same', `round ${round}`));
    await eventually('the uploads to begin', async () => (await shop.stored()).staging.length === runs.length);
    const ends = runs
      .slice(0, 4)
      .map((run) => shop.http.call(pathOf(run, '/cancel'), { method: 'POST', token, body: { trigger: 'failure' } }));
    for (const { sent } of uploads) sent.end(String(round));
    await Promise.all(ends);
    const statuses = await Promise.all(uploads.map(({ status }) => status));
    assert.equal(statuses.slice(4), [200, 200], statuses.join());
    await assertAllReferredTo();
  }
});

test('of several attestations at once one is kept', async () => {
  for (let round = 0; round < 4; round++) {
    const run = await open();
    const statement = await shop.http.call(pathOf(run, '/statement'), { token });
    const bundles = Array.from({ length: 4 }, () => signedBundle(statement.body, key));
    const pushes = bundles.map((body) => shop.http.call(pathOf(run, '/attestation'), { method: 'POST', token, body }));
    const statuses = (await Promise.all(pushes)).map(({ status }) => status).sort();
    assert.equal(statuses, [200, 409, 409, 409]);
    await assertAllReferredTo();
  }
});

/** What the receiver has open. */
async function openFiles(): Promise<readonly string[]> {
  const links: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!command.includes('receiver') || !command.includes(shop.stack.controlPlane.dir)) continue;
    const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const name of names) links.push(await readlink(`/proc/${pid}/fd/${name}`).catch(() => ''));
  }
  return links;
}

test('a download that its client gives up holds nothing open and is no error', async () => {
  const run = await open();
  const bytes = Buffer.alloc(32 << 20, 'evidence');
  assert.is((await add(run, 'large', bytes)).status, 200);
  const hex = hexOf(bytes);
  const url = new URL(`/v1/evidence/sha256:${hex}`, shop.stack.endpoint);
  await eventually(
    'the evidence to be seen',
    async () => (await shop.http.call(url.pathname, { token })).status === 200,
  );
  for (let count = 0; count < 5; count++) {
    await new Promise<void>((resolve) => {
      const asked = get(url, { ca, agent: false, headers: { authorization: `Bearer ${token}` } });
      asked.on('error', () => {});
      asked.on('close', () => resolve());
      asked.on('response', (answer) => {
        answer.on('error', () => {});
        answer.once('data', () => asked.destroy());
      });
    });
  }
  await eventually('the file to be closed', async () => {
    const files = await openFiles();
    assert.ok(files.length > 0, 'the receiver is not found in /proc');
    return !files.includes(blobOf(hex));
  });
  assert.is((await shop.http.call(url.pathname, { token })).body.length, bytes.length);
  const log = await readFile(join(shop.stack.controlPlane.dir, 'receiver.log'), 'utf8');
  const lines = log.split('\n').filter((line) => line.includes(hex) && !line.includes('evidence-not-found'));
  assert.equal(lines, [], 'somebody who goes away is no refusal and no error');
});

test('a receiver that starts removes what an earlier one left half written, and puts back what it had in hand', async () => {
  const run = await open();
  assert.is((await add(run, 'kept', 'in hand')).status, 200);
  const blob = blobOf(hexOf('in hand'));
  const [abandoned, young] = [evidence('staging', 'abandoned'), evidence('staging', 'young')];
  await mkdir(evidence('staging'), { recursive: true });
  for (const path of [abandoned, young]) await writeFile(path, 'half');
  const old = new Date(Date.now() - 25 * 3600_000);
  await utimes(abandoned, old, old);
  await rename(blob, evidence('staging', `taken-${basename(blob)}-x`));
  await shop.stack.killAndRestart('receiver');
  // Another replica may be writing what is young; a probe of the store comes and goes.
  await eventually('only what is young', async () => (await shop.stored()).staging.join() === 'young');
  assert.is(await readFile(blob, 'utf8'), 'in hand');
  const log = await readFile(join(shop.stack.controlPlane.dir, 'receiver.log'), 'utf8');
  assert.match(log, /"removed":1.*Abandoned uploads removed/);
});

test.run();
