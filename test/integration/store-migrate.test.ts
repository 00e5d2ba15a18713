// deadline: 300
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import { digestsOf } from '../../src/api/run-evidence.ts';
import type { EvidenceStore, WorkflowRun } from '../../src/api/types.gen.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import { putBytes } from '../../src/evidence/put.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { applyBucket } from '../support/bucket.ts';
import { type CommandOutcome, mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { type S3Server, startS3 } from '../tools/s3.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'signed', {
    materials: [
      { name: 'log', type: 'ARTIFACT' },
      { name: 'disk', type: 'ARTIFACT' },
    ],
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Workflow', 'build', { contractRef: { name: 'signed' } }),
].join('\n---\n');
const BUCKET = 'proviso-evidence';
const OTHERS = 1500;

let server: S3Server;
let shop: Shop;
let token: string;
let work: string;
let evidence: string;
/** What was handed in, by its digest. */
const content = new Map<string, Buffer>();
const test = suite('proviso store migrate');
test.before(async () => {
  server = await startS3();
  await server.makeBucket(BUCKET);
  shop = await openShop(MANIFESTS);
  work = await mkdtemp(join(tmpdir(), 'proviso-migrate-'));
  evidence = join(shop.stack.controlPlane.dir, 'evidence');
  await applyBucket(shop, server, BUCKET);
  token = await shop.tokenOf('build');
});
test.after(async () => {
  await shop?.stop();
  await server?.stop();
  await rm(work, { recursive: true, force: true });
});

const pathOf = (run: string, rest: string): string => `/v1/namespaces/shop/runs/${run}${rest}`;
async function open(): Promise<string> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  assert.is(answer.status, 201, answer.body.toString());
  return answer.json<RunMessage>().run;
}
async function add(run: string, name: string, bytes: Buffer): Promise<string> {
  const answer = await shop.http.call(pathOf(run, `/materials/${name}`), { method: 'PUT', token, body: bytes });
  assert.is(answer.status, 200, answer.body.toString());
  const { digest, storeName = '' } = answer.json<MaterialMessage>().material;
  content.set(digest, bytes);
  return storeName;
}
async function push(run: string): Promise<WorkflowRun> {
  const statement = await shop.http.call(pathOf(run, '/statement'), { token });
  const body = signedBundle(statement.body, key);
  const pushed = await shop.http.call(pathOf(run, '/attestation'), { method: 'POST', token, body });
  assert.is(pushed.status, 200, pushed.body.toString());
  return shop.run(run);
}
async function complete(size = 5000): Promise<string> {
  const run = await open();
  await add(run, 'log', randomBytes(size));
  await add(run, 'disk', randomBytes(100));
  await push(run);
  return run;
}
const store = async (): Promise<EvidenceStore> =>
  JSON.parse(await shop.kubectl('get evidencestore default -o json')) as EvidenceStore;
const migrate = (args: string, kubeconfig = shop.stack.controlPlane.adminKubeconfig): Promise<CommandOutcome> =>
  runProviso(work, `store migrate ${args}`, { KUBECONFIG: kubeconfig });

let before: string;
let begun: string;

test('what the API server refuses is said with what to do', async () => {
  const { controlPlane } = shop.stack;
  const stranger = await controlPlane.serviceAccountKubeconfig('shop', 'stranger');
  const forbidden = await migrate('default bucket', stranger);
  assert.is(forbidden.code, 1);
  assert.match(forbidden.err, /evidencestores\.proviso\.dev "bucket" is forbidden.*\(cluster-refused\)\n.*what to do:/);
  const text = await readFile(stranger, 'utf8');
  const expired = join(work, 'expired.kubeconfig');
  await writeFile(
    expired,
    text.replace(/token: .*/, 'token: nonsense').replace(/"token":\s*"[^"]*"/, '"token":"nonsense"'),
  );
  const unknown = await migrate(`default bucket --kubeconfig ${expired}`);
  assert.is(unknown.code, 1);
  assert.match(unknown.err, /does not know who asks: .*\(cluster-refused\)/);
  const nowhere = await migrate('default nowhere');
  assert.is(nowhere.code, 1);
  assert.match(nowhere.err, /there is no EvidenceStore 'nowhere' \(store-not-found\)/);
  const none = await migrate('default bucket --kubeconfig none');
  assert.is(none.code, 2);
  assert.match(none.err, /the kubeconfig can't be read/);
  const self = await migrate('default default');
  assert.match(self.err, /must name another store/);
  assert.is((await store()).spec.movedTo, undefined);
});

test('attack: a place that looks empty is not taken for a store, and runs go on meanwhile', async () => {
  before = await complete(20 << 20);
  begun = await open();
  await add(begun, 'log', randomBytes(3000));
  await rename(evidence, `${evidence}-unmounted`);
  await mkdir(evidence);
  const refused = await migrate('default bucket');
  assert.is(refused.code, 1, refused.text);
  assert.match(refused.err, /ObjectsMissing.* that runs refer to are missing: see that the right place is mounted/);
  await rm(evidence, { recursive: true });
  await rename(`${evidence}-unmounted`, evidence);
  await complete();
});

test('an operator that is killed in the middle goes on, and what is handed in meanwhile is moved too', async () => {
  const bytes = filesystemStore(evidence);
  for (let index = 0; index < OTHERS; index += 1) {
    const object = randomBytes(300);
    content.set((await putBytes(bytes, object)).digest, object);
  }
  const waiting = migrate('default bucket -o json');
  await eventually('the first objects', async () => {
    const { status } = await store();
    return (status?.move?.copied ?? 0) > 20;
  });
  await complete();
  await shop.stack.killAndRestart('operator');
  await complete();
  const { code, out, text } = await waiting;
  assert.is(code, 0, text);
  const { moved, move } = JSON.parse(out) as { moved: boolean; move: { copied: number; present: number } };
  assert.ok(moved);
  const count = (await server.objects(BUCKET)).length;
  assert.ok(move.present > 20, JSON.stringify(move));
  assert.ok(move.copied <= count, `${move.copied} of ${count} were copied`);
  assert.is(findCondition((await store()).status?.conditions, CONDITION.Moved)?.status, 'True');
});

test('its directory may be removed: everything is in the bucket byte for byte, and read by its old name', async () => {
  await rm(evidence, { recursive: true });
  await writeFile(evidence, 'gone');
  for (const [digest, bytes] of content) {
    const found = await readFile(server.pathOf(BUCKET, blobPath(digest as Digest)));
    assert.ok(bytes.equals(found), digest);
  }
  const env = { PROVISO_DIR: await mountSecret(shop, 'build') };
  for (const digest of digestsOf(await shop.run(before))) {
    const outcome = await eventually('the receiver to follow', async () => {
      const each = await runProviso(work, `download ${digest} -f old.bin`, env);
      if (each.code !== 0) throw new Error(each.text);
      return each;
    });
    assert.is(outcome.code, 0);
    const found = await readFile(join(work, 'old.bin'));
    assert.is(`sha256:${createHash('sha256').update(found).digest('hex')}`, digest);
    await rm(join(work, 'old.bin'));
  }
});

test('a run that was opened before ends in the bucket, and new ones name it', async () => {
  assert.is(await add(begun, 'disk', randomBytes(10 << 20)), 'bucket');
  const { spec, status } = await push(begun);
  assert.is(spec.evidenceStoreName, 'default');
  assert.is(findCondition(status?.conditions, CONDITION.Succeeded)?.status, 'True');
  const objects = new Set(await server.objects(BUCKET));
  for (const digest of digestsOf(await shop.run(begun)) as Digest[]) assert.ok(objects.has(blobPath(digest)), digest);
  assert.is((await shop.run(await complete())).spec.evidenceStoreName, 'bucket');
  const again = await migrate('default bucket');
  assert.is(again.code, 0, again.text);
  assert.match(again.out, /'bucket' serves its name/);
  const elsewhere = await migrate('default bucket --no-wait');
  assert.is(elsewhere.code, 0, elsewhere.text);
});

test.run();
