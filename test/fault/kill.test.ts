// deadline: 180
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import type { Answer } from '../support/http.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { faults } from './survived.ts';

const KILLS = Number(process.env.PROVISO_KILLS ?? 12);
const CLIENTS = 4;

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'release', {
    materials: ['a', 'b'].map((name) => ({ name, type: 'ARTIFACT' })),
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' }, history: { limit: 1000 } }),
].join('\n---\n');

let shop: Shop;
let token: string;
const test = faults('kill -9', 'every acknowledged run, byte for byte; counters');
test.before(async () => {
  shop = await openShop(MANIFESTS);
  token = await shop.tokenOf('build');
});
test.after(() => shop?.stop());

/** What the receiver has acknowledged. */
interface Acknowledged {
  readonly run: string;
  readonly attestation: string;
  readonly bundle: Uint8Array;
  readonly materials: Readonly<Record<string, string>>;
}

/** Answers that mean "try again". */
const BUSY: ReadonlySet<number> = new Set([429, 503]);
/**
 * An API server that has just started denies what it will allow in a moment, to us and to the operator, since its own
 * caches are empty. In a cluster its readiness keeps traffic away until then; here there is only the one.
 */
const STARTING: ReadonlySet<number> = new Set([401, 403, 404, 409, ...BUSY]);
let tryAgain = BUSY;

/** Sends until there is an answer that isn't "try again", as the CLI does. */
async function insist(send: () => Promise<Answer>, isOver: () => boolean): Promise<Answer> {
  for (;;) {
    try {
      const answer = await send();
      if (!tryAgain.has(answer.status)) return answer;
    } catch {
      // The process was killed under the request; nobody knows whether it had arrived.
    }
    if (isOver()) throw new Error('the workload was ended');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** One pipeline after the other, until it is over; returns what was acknowledged. */
async function pipelines(client: number, isOver: () => boolean): Promise<readonly Acknowledged[]> {
  const done: Acknowledged[] = [];
  for (let count = 0; !isOver(); count++) {
    try {
      done.push(await pipeline(`${client}-${count}`, isOver));
    } catch (error) {
      if (!isOver()) throw error;
    }
  }
  return done;
}

async function pipeline(name: string, isOver: () => boolean): Promise<Acknowledged> {
  const call = (path: string, method: string, body?: string | Uint8Array | object) =>
    insist(() => shop.http.call(path, { method, token, ...(body === undefined ? {} : { body }) }), isOver);
  const initiated = await call('/v1/runs', 'POST', { workflow: 'build', idempotencyKey: name });
  assert.ok(initiated.status < 300, initiated.body.toString());
  const opened = initiated.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${opened.run}`;
  const materials = { a: `a of ${name}`, b: `b of ${name}` };
  for (const [material, bytes] of Object.entries(materials)) {
    const added = await call(`${path}/materials/${material}`, 'PUT', bytes);
    assert.is(added.status, 200, added.body.toString());
  }
  const statement = await call(`${path}/statement`, 'GET');
  const bundle = signedBundle(statement.body, key);
  const pushed = await call(`${path}/attestation`, 'POST', bundle);
  assert.is(pushed.status, 200, pushed.body.toString());
  return { run: opened.run, attestation: pushed.json<RunMessage>().attestation?.digest ?? '', bundle, materials };
}

test(`after ${KILLS} kills of receiver and operator nothing acknowledged is lost, and nothing is there twice`, async () => {
  let over = false;
  const work = Promise.all(Array.from({ length: CLIENTS }, (_, client) => pipelines(client, () => over)));
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
    await shop.stack.killAndRestart(kill % 4 === 3 ? 'operator' : 'receiver');
  }
  over = true;
  const acknowledged = (await work).flat();
  assert.ok(acknowledged.length >= CLIENTS, `only ${acknowledged.length} pipelines came through`);
  const runs = new Map((await shop.runs()).map((run) => [run.metadata.name, run]));
  for (const each of acknowledged) await assertKept(each, runs.get(each.run));
  assert.is(new Set(acknowledged.map(({ run }) => run)).size, acknowledged.length);
  await eventually('the counters to agree with the runs', async () => {
    const text = await shop.kubectl('get workflow.proviso.dev -n shop build -o jsonpath={.status.runs}');
    const counted = JSON.parse(text) as { total: number; succeeded: number };
    const accepted = [...runs.values()].filter(isAccepted).length;
    return counted.total === runs.size && counted.succeeded === accepted;
  });
  console.log(`\n»   ${KILLS} kills, ${runs.size} runs, ${acknowledged.length} acknowledged, all kept`);
});

const isAccepted = ({ status }: WorkflowRun): boolean => status?.conditions?.[0]?.status === 'True';

async function assertKept(each: Acknowledged, run: WorkflowRun | undefined): Promise<void> {
  if (run === undefined) throw new Error(`the run ${each.run} is gone`);
  assert.ok(isAccepted(run), each.run);
  assert.is(run.status?.attestation?.digest, each.attestation);
  assert.equal(await bytesOf(each.attestation), Buffer.from(each.bundle));
  assert.is(run.status?.materials?.length, 2);
  for (const { name, digest } of run.status?.materials ?? []) {
    assert.equal((await bytesOf(digest)).toString(), each.materials[name]);
  }
}

async function bytesOf(digest: string): Promise<Buffer> {
  const hex = digest.slice('sha256:'.length);
  const bytes = await readFile(join(shop.stack.controlPlane.dir, 'evidence/blobs/sha256', hex.slice(0, 2), hex));
  assert.is(createHash('sha256').update(bytes).digest('hex'), hex);
  return bytes;
}

test('kill -9 of the API server under load: requests are refused or wait, and everything goes on', async () => {
  tryAgain = STARTING;
  let over = false;
  const work = Promise.all([pipelines(100, () => over), pipelines(101, () => over)]);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await shop.stack.controlPlane.restart(true);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  over = true;
  const acknowledged = (await work).flat();
  assert.ok(acknowledged.length > 0);
  const runs = new Map((await shop.runs()).map((run) => [run.metadata.name, run]));
  for (const each of acknowledged) await assertKept(each, runs.get(each.run));
  const token = await shop.tokenOf('build');
  assert.ok(token.length > 0);
});

test.run();
