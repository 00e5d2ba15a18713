import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { secretData } from '../../src/api/secret.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import type { EvidenceBytes } from '../../src/evidence/store.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { withNextKey, withNextSigning } from '../../src/operator/key-ring.ts';
import { createControlPlane } from '../../src/receiver/control-plane.ts';
import { createStatements, type ToState } from '../../src/receiver/statements.ts';
import { writeKeyList } from '../../src/verify/key-list.ts';
import { some } from '../support/some.ts';
import { recordedMaterial, workflowRun } from '../support/workflow-run.ts';

const test = suite('statements of a push');
const now = new Date('2026-01-01T00:00:00Z');
const reading = effectiveContract('release', { materials: [{ name: 'web', type: 'ARTIFACT', output: true }] }, []);
if (!reading.ok) throw new Error(reading.message);
const { contract } = reading;

let asked = 0;
const ring = withNextSigning(withNextKey({ verifierId: 'https://example.com/c', keys: [] }, now), now);
const secret = { data: secretData({ 'signing.key': some(ring.signing), 'keys.json': writeKeyList(ring) }) };
const find = () => {
  asked += 1;
  return Promise.resolve(secret);
};
const controlPlane = createControlPlane({ find } as unknown as KubeClient, 'proviso-system');

let root: string;
let bytes: EvidenceBytes;
test.before.each(async () => {
  root = await mkdtemp(join(tmpdir(), 'proviso-statements-'));
  bytes = filesystemStore(root);
});
test.after.each(() => rm(root, { recursive: true, force: true }));

const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'uid-j' };
function run(materials: readonly string[] = ['web']): WorkflowRun {
  const base = workflowRun('build-1', 'shop');
  const spec = { ...base.spec, identity: { ...base.spec.identity, owner } };
  return { ...base, spec, status: { materials: materials.map(recordedMaterial) } };
}
const facts = (more: Partial<ToState> = {}): ToState => ({
  run: run(),
  contract,
  attestation: `sha256:${'a'.repeat(64)}`,
  store: { name: 'default', bytes, maxBlobSize: 1 << 20 },
  now,
  ...more,
});
/** What is in the store: visible objects, and files on their way. */
async function stored(): Promise<{ blobs: readonly string[]; staging: readonly string[] }> {
  const all = await readdir(join(root, 'blobs'), { recursive: true }).catch(() => []);
  const staging = await readdir(join(root, 'staging')).catch(() => []);
  const blobs = all.map((path) => path.split('/').at(-1) ?? '').filter((name) => name.length === 64);
  return { blobs: blobs.map((hex) => `sha256:${hex}`).sort(), staging };
}

test('judged again with nothing else to say, it is the same statement, and the key is read once', async () => {
  const statements = createStatements({ controlPlane });
  const first = await statements.make(facts());
  const again = await statements.make(facts({ now: new Date(now.getTime() + 5000) }));
  assert.equal(again, first);
  await statements.discard();
  assert.equal(await stored(), { blobs: first.map(({ digest }) => digest).sort(), staging: [] });
  assert.is(asked, 1);
});

test('with something else to say it is signed again, and the earlier one is taken back', async () => {
  const statements = createStatements({ controlPlane });
  const first = await statements.make(facts());
  const other = await statements.make(facts({ run: run(['web', 'late']) }));
  await statements.discard();
  assert.equal((await stored()).blobs, other.map(({ digest }) => digest).sort());
  assert.is.not(other[0]?.digest, first[0]?.digest);
});

test('what is taken back is all but what the run has come to refer to', async () => {
  const statements = createStatements({ controlPlane });
  const made = await statements.make(facts());
  await statements.withdraw({ ...run(), status: { statements: made } });
  assert.is((await stored()).blobs.length, 2);
  const others = createStatements({ controlPlane });
  await others.make(facts());
  await others.withdraw({ ...run(), status: { statements: made } });
  assert.equal(await stored(), { blobs: made.map(({ digest }) => digest).sort(), staging: [] });
});

test('a store that fails at the second statement keeps none', async () => {
  let stages = 0;
  const failing: EvidenceBytes = {
    ...bytes,
    stage: async () => {
      stages += 1;
      if (stages < 2) return bytes.stage();
      const stage = await bytes.stage();
      return { ...stage, commit: () => Promise.reject(new Problem('store-unavailable', 'no room')) };
    },
  };
  const statements = createStatements({ controlPlane });
  const store = { name: 'default', bytes: failing, maxBlobSize: 1 };
  await statements.make(facts({ store })).then(
    () => assert.unreachable(),
    (error: Problem) => assert.is(error.code, 'store-unavailable'),
  );
  await statements.withdraw();
  assert.equal(await stored(), { blobs: [], staging: [] });
});

test('a key that does not count at the time, as the clock has it, signs nothing', async () => {
  for (const time of ['2025-12-31T00:00:00Z', '2026-01-01T00:00:00Z']) {
    const made = createStatements({ controlPlane }).make(facts({ now: new Date(time) }));
    const outcome = await made.then(
      () => 'signed',
      (error: Problem) => error.message,
    );
    assert.match(outcome, time.startsWith('2025') ? /does not count at 2025-12-31/ : /^signed$/);
  }
});

test('a key that is not there, or that nobody could check, signs nothing and is asked for again', async () => {
  const evil = withNextSigning(withNextKey({ verifierId: 'https://example.com/c', keys: [] }, now), now);
  const given: (typeof secret | undefined)[] = [
    undefined,
    { data: secretData({ 'keys.json': writeKeyList(ring) }) },
    { data: secretData({ 'signing.key': 'no key', 'keys.json': writeKeyList(ring) }) },
    { data: secretData({ 'signing.key': some(evil.signing), 'keys.json': writeKeyList(ring) }) },
    { data: secretData({ 'signing.key': some(ring.signing), 'keys.json': '{}' }) },
  ];
  const answers = [...given];
  const client = { find: () => Promise.resolve(answers.length > 0 ? answers.shift() : secret) };
  const cautious = createControlPlane(client as unknown as KubeClient, 'proviso-system');
  for (const _ of given) {
    await createStatements({ controlPlane: cautious })
      .make(facts())
      .then(
        () => assert.unreachable(),
        (error: Problem) => assert.is(error.code, 'cluster-unavailable'),
      );
  }
  assert.equal((await stored()).blobs, []);
  assert.is((await createStatements({ controlPlane: cautious }).make(facts())).length, 2);
});

test.run();
