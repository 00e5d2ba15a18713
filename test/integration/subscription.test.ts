// deadline: 180
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAuditLine } from '../../src/api/audit-line.ts';
import { isFinished } from '../../src/api/run-verdict.ts';
import type { Subscription } from '../../src/api/types.gen.ts';
import { createAuditCheck } from '../../src/verify/audit-chain.ts';
import { pipelineManifests, startPipelines } from '../fault/pipelines.ts';
import { type EventSink, startEventSink, type ToldEvent } from '../support/event-sink.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { assertNoSecrets } from '../support/secrets.ts';
import { openShop, type Shop } from '../support/shop.ts';
import type { ProcessName } from '../support/stack.ts';

const test = suite('Subscriptions');
const TOKEN = 'Bearer t0ken-t0ken';
const RECEIVER = '--as=system:serviceaccount:proviso-system:proviso-receiver';
/** The request that is under way at the first kill, so that nobody knows whether it was taken. */
const KILLED_AT = 6;

let dir: string;
let sink: EventSink;
let shop: Shop;
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-events-'));
  sink = await startEventSink();
  shop = await openShop(pipelineManifests(), {
    archive: `sqlite:${join(dir, 'archive.db')}`,
    eventEndpoints: 'https://127.0.0.1:*',
    auditLogs: dir,
  });
});
test.after(async () => {
  await shop?.stop();
  await sink?.close();
  await rm(dir, { recursive: true });
});

const endpointSecret = (name: string, type: string): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name }, type },
    stringData: { url: `${sink.url}/${name}`, 'header.Authorization': TOKEN, 'ca.crt': sink.ca },
  });
const subscription = async (name: string): Promise<Subscription> =>
  JSON.parse(await shop.kubectl(`get subscription -n shop ${name} -o json`));
const until = (name: string, reason: string): Promise<unknown> =>
  eventually(`${name} to be ${reason}`, async () =>
    (await subscription(name)).status?.conditions?.some((condition) => condition.reason === reason),
  );
const mayRead = async (secret: string): Promise<boolean> =>
  (await shop.stack.controlPlane.kubectl(['get', 'secret', '-n', 'shop', secret, RECEIVER])).code === 0;

test('attack: of the Secrets of a namespace the receiver gets just the one that is an endpoint, while it is named', async () => {
  await shop.kubectl('apply -n shop -f -', endpointSecret('sink', 'proviso.dev/endpoint'));
  await shop.kubectl('apply -n shop -f -', endpointSecret('database', 'Opaque'));
  const named = (name: string) => manifest('Subscription', name, { http: { secretRef: { name } } });
  await shop.kubectl('apply -n shop -f -', `${named('sink')}\n---\n${named('database')}\n---\n${named('nothing')}`);
  await shop.kubectl('wait -n shop --for=condition=Ready --timeout=30s subscription/sink');
  await until('database', 'EndpointInvalid');
  await until('nothing', 'EndpointNotFound');
  await eventually('the right to be in force', () => mayRead('sink'));
  for (const name of ['database', 'proviso-build']) assert.not(await mayRead(name), name);
  const lists = ['list', 'get'].map((verb) => ['auth', 'can-i', verb, 'secrets', '-n', 'shop', RECEIVER]);
  for (const args of lists) assert.is((await shop.stack.controlPlane.kubectl(args)).stdout.trim(), 'no');
  const moved = { http: { url: `${sink.url}/other` }, suspend: true };
  await shop.kubectl('apply -n shop -f -', manifest('Subscription', 'sink', moved));
  await eventually('the right to be taken back', async () => !(await mayRead('sink')));
  await shop.kubectl('delete -n shop subscription sink database nothing');
});

/** By run, what was taken, each of it once. */
function byRun(taken: readonly ToldEvent[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { event } of taken) {
    const own = found.get(event.subject ?? '') ?? [];
    const name = event.id.split('.').at(-1) ?? '';
    if (!own.includes(name)) found.set(event.subject ?? '', [...own, name]);
  }
  return found;
}

test('after kill -9 of the receiver, in the middle of a delivery and again, nothing that happened is lost, and each run is told in its order', async () => {
  const accept = sink.answer;
  let count = 0;
  const killed = Promise.withResolvers<ToldEvent>();
  sink.answer = (told, response) => {
    count += 1;
    if (count === KILLED_AT) killed.resolve(told);
    else if (count % 5 === 0) response.writeHead(503).end(`later, ${told.headers.authorization}`);
    else accept(told, response);
  };
  const spec = { http: { secretRef: { name: 'sink' } } };
  await shop.kubectl('apply -n shop -f -', manifest('Subscription', 'all', spec));
  await shop.kubectl('wait -n shop --for=condition=Ready --timeout=30s subscription/all');
  const token = await shop.tokenOf('build');
  const work = startPipelines(shop, { token, clients: 2, name: 'told' });
  const underWay = await killed.promise;
  await shop.stack.killAndRestart('receiver');
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 500));
  await shop.stack.killAndRestart('receiver');
  await work.end();
  const runs = (await shop.runs()).filter(isFinished);
  assert.ok(runs.length >= 2, `only ${runs.length} runs`);
  const names = runs.map(({ metadata }) => metadata.name);
  await eventually('every verdict to be told', async () => {
    const told = byRun(sink.taken);
    return names.every((name) => (told.get(name)?.length ?? 0) >= 2);
  });
  const told = byRun(sink.taken);
  for (const name of names) assert.equal(told.get(name), ['Opened', 'Accepted'], name);
  await eventually('the counts', async () => {
    const { delivery } = (await subscription('all')).status ?? {};
    return delivery?.pending === 0 && (delivery.delivered ?? 0) >= names.length * 2;
  });
  assert.ok(sink.told.filter(({ event }) => event.id === underWay.event.id).length >= 2, 'it is told again');
  const { delivery } = (await subscription('all')).status ?? {};
  assert.is(delivery?.dead, 0);
  assert.match(delivery?.lastError ?? '', /answered 503: later, \[redacted\]/);
  const seen = new Set(sink.told.map(({ event }) => event.id)).size;
  console.log(`\n»   2 kills, ${runs.length} runs, ${seen} events, ${sink.told.length} requests`);
});

/** The lines of a process, which are so many whole chains. */
async function auditOf(name: ProcessName, ofChains: number): Promise<readonly string[]> {
  const lines = (await readFile(join(dir, `${name}-audit.log`), 'utf8')).split('\n');
  const check = createAuditCheck();
  for (const line of lines) check.line(line);
  const { findings, chains } = check.end();
  assert.equal([findings, chains], [[], ofChains]);
  return lines;
}

test('every decision is in the audit log, whose chain holds over the kills', async () => {
  const lines = await auditOf('receiver', 3);
  const runs = (await shop.runs()).filter(isFinished);
  const entries = lines.map(parseAuditLine).filter((line) => line !== undefined);
  const of = (action: string, run: string) =>
    entries.filter((line) => line.action === action && line.verdict === 'Allowed' && line.what?.run === run);
  // What is decided is so before it is written down, so a kill may come between; the run itself says it then.
  const missing = runs.filter(({ metadata: { name } }) => of('AttestationPushed', name).length === 0);
  assert.ok(missing.length <= 2, `${missing.length} of ${runs.length} runs have no line`);
  const [pushed] = entries.filter(({ action, verdict }) => action === 'AttestationPushed' && verdict === 'Allowed');
  assert.equal([pushed?.who, pushed?.what?.reason], ['system:serviceaccount:shop:proviso-build', 'Accepted']);
  assert.equal(
    new Set(of('MaterialAdded', pushed?.what?.run ?? '').map(({ what }) => what?.material)),
    new Set(['a', 'b']),
  );
});

test('the operator writes down what it decides, and no secret', async () => {
  const lines = await auditOf('operator', 1);
  const entries = lines.map(parseAuditLine).filter((line) => line !== undefined);
  const issued = entries.filter(({ action, verdict }) => action === 'TokenIssued' && verdict === 'Allowed');
  assert.ok(issued.some(({ what }) => what?.namespace === 'shop' && what.workflow === 'build'));
  assertNoSecrets('the audit log of the operator', lines.join('\n'));
});

test('attack: what the Secret has is in no log and no status', async () => {
  const status = JSON.stringify((await subscription('all')).status);
  const logs = await Promise.all(shop.stack.processes.map(({ logFile }) => readFile(logFile, 'utf8')));
  for (const text of [status, ...logs]) assert.not(text.includes('t0ken-t0ken'));
});

test.run();
