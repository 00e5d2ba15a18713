// deadline: 240
import { generateKeyPairSync } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialType } from '../../../src/api/material-types.ts';
import type { Trust } from '../../../src/api/trust.ts';
import { recordOfRun } from '../../../src/attestation/record.ts';
import { effectiveContract } from '../../../src/contract/from-spec.ts';
import { MATERIAL_KINDS } from '../../../src/materials/kinds.ts';
import { createPool } from '../../../src/queue/threads/pool.ts';
import { createChecks } from '../../../src/receiver/checks/checks.ts';
import { judge } from '../../../src/receiver/checks/judgement.ts';
import { createRootSharing } from '../../../src/receiver/checks/shared-root.ts';
import type { Logger } from '../../../src/telemetry/log.ts';
import { codeOf } from '../../support/outcome.ts';
import { PUBLIC_GOOD } from '../../support/trusted-root.ts';
import { workflowRun } from '../../support/workflow-run.ts';
import { fixture, layerOf } from '../../verify/container/samples.ts';
import {
  bundleBy,
  bytesOf,
  createAuthority,
  envelopeBy,
  type Keys,
  NOW,
  p256,
  trustIn,
} from '../../verify/fixtures.ts';
import { createSigstore, SIGNED_AT, type Signing } from '../../verify/sigstore.ts';

const test = suite('checks');
const errors: unknown[] = [];
const log = { error: (facts: unknown) => errors.push(facts) } as unknown as Logger;
const checks = createChecks(log);
const POOL = {
  file: new URL('../../../src/receiver/checks/worker.ts', import.meta.url),
  places: 1,
  line: 16,
  patienceMs: 60_000,
  deadlineMs: 60_000,
  heapMegabytes: 256,
  exceeded: (limit: string) => new Error(limit),
  onError: (error: unknown) => void errors.push(error),
};
const pool = createPool(POOL);
const share = createRootSharing();
const asker = () => ({ identity: 'a', response: new EventEmitter() as ServerResponse });

test.after(async () => {
  await Promise.all([checks.close(), pool.close()]);
  assert.equal(errors, []);
});

const contract = effectiveContract('release', { materials: [] }, []);
if (!contract.ok) throw new Error(contract.message);
const record = recordOfRun(workflowRun('build-1', 'shop'), contract.contract);

const sigstore = await createSigstore();
const keys: Readonly<Record<string, Keys>> = {
  'P-256': p256(),
  'P-384': generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  Ed25519: generateKeyPairSync('ed25519'),
  RSA: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};
const KEYLESS: readonly Signing[] = [{}, { entry: 'hashedrekord' }, { timestamp: true }, { log: 'v2' }];

interface Case {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly trust: Trust;
  readonly now: Date;
}

async function cases(): Promise<readonly Case[]> {
  const authority = await createAuthority();
  const stranger = trustIn(p256());
  const publicGood: Trust = {
    signers: [{ kind: 'identity', root: 'public', subject: { glob: '*' }, issuer: 'https://x', claims: [] }],
    roots: { public: { digest: sigstore.trust().roots.test?.digest ?? '', json: PUBLIC_GOOD } },
  };
  const keyed = Object.entries(keys).flatMap(([name, each]): readonly Case[] => [
    { name: `${name}, bundle`, bytes: bundleBy(each), trust: trustIn(each), now: NOW },
    { name: `${name}, envelope`, bytes: bytesOf(envelopeBy(each)), trust: trustIn(each), now: NOW },
    { name: `${name}, layer`, bytes: bytesOf(layerOf(envelopeBy(each), {})), trust: trustIn(each), now: NOW },
    { name: `${name}, of a stranger`, bytes: bundleBy(each), trust: stranger, now: NOW },
  ]);
  const keyless = KEYLESS.map(async (signing): Promise<readonly Case[]> => {
    const bytes = bytesOf(await sigstore.bundle(signing));
    const name = `keyless ${JSON.stringify(signing)}`;
    return [
      { name, bytes, trust: sigstore.trust(), now: SIGNED_AT },
      { name: `${name}, another subject`, bytes, trust: sigstore.trust({ subject: { exact: 'x' } }), now: SIGNED_AT },
      { name: `${name}, two logs`, bytes, trust: sigstore.trust({}, undefined, { logEntries: 2 }), now: SIGNED_AT },
      { name: `${name}, a root of another digest`, bytes, trust: publicGood, now: SIGNED_AT },
    ];
  });
  return [
    ...keyed,
    ...(await Promise.all(keyless)).flat(),
    { name: 'cluster authority', bytes: await authority.bundle(), trust: authority.trust, now: NOW },
    { name: 'nothing', bytes: new Uint8Array(0), trust: stranger, now: NOW },
    { name: 'no JSON', bytes: Buffer.from('{"a":'), trust: stranger, now: NOW },
    { name: 'npm', bytes: fixture('npm-v0.1.json'), trust: stranger, now: NOW },
    { name: 'nobody trusted', bytes: bundleBy(p256()), trust: { signers: [], roots: {} }, now: NOW },
  ];
}

test('a thread says of every form what the loop says', async () => {
  let accepted = 0;
  for (const { name, bytes, trust, now } of await cases()) {
    const expected = judge({ bytes, trust, record, now });
    const copy = new Uint8Array(bytes).buffer;
    const sent = { bytes: copy, trust: share(trust), record, now };
    assert.equal(await pool.run('judgeAttestation', sent, { identity: 'a', transfer: [copy] }), expected, name);
    assert.equal(await checks.attestation({ bytes, trust, record, now }, asker()), expected, name);
    if (expected.verified) accepted += 1;
  }
  assert.is(accepted, 3 * Object.keys(keys).length + KEYLESS.length + 1);
});

test('bytes are still there after they were checked', async () => {
  const bytes = bytesOf(await sigstore.bundle());
  const before = Buffer.from(bytes).toString();
  await checks.attestation({ bytes, trust: sigstore.trust(), record, now: SIGNED_AT }, asker());
  assert.is(Buffer.from(bytes).toString(), before);
});

test('attack: the text of a root that was shared is still checked against its digest', async () => {
  const trust = sigstore.trust();
  const other = (await createSigstore()).trust().roots.test;
  const forged: Trust = {
    ...trust,
    roots: { test: { digest: trust.roots.test?.digest ?? '', json: other?.json ?? '' } },
  };
  // A sharing and a thread that know neither.
  const sent = { bytes: new Uint8Array(bytesOf(await sigstore.bundle())).buffer, record, now: SIGNED_AT };
  const fresh = createPool(POOL);
  try {
    const judgement = await fresh.run<{ verified: boolean }>(
      'judgeAttestation',
      { ...sent, trust: createRootSharing()(forged) },
      { identity: 'a' },
    );
    assert.is(judgement.verified, false);
  } finally {
    await fresh.close();
  }
});

const CONTENTS: readonly (readonly [MaterialType, string])[] = [
  ['SBOM_CYCLONEDX_JSON', '{"bomFormat":"CycloneDX","specVersion":"1.6","version":1}'],
  ['SBOM_CYCLONEDX_JSON', '{"bomFormat":"CycloneDX","specVersion":"1.6","version":"one"}'],
  ['SBOM_SPDX_JSON', '{}'],
  ['SARIF', '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}}}]}'],
  ['JUNIT_XML', '<testsuite><testcase name="a"><failure/></testcase></testsuite>'],
  ['JUNIT_XML', '<html/>'],
  ['STRING', 'text'],
  ['CONTAINER_IMAGE', '{"schemaVersion":2}'],
  ['ARTIFACT', 'bytes'],
  ['EVIDENCE', '{"id":"a","data":{}}'],
];

test('a material is inspected the same, in one piece or in several', async () => {
  for (const [type, text] of CONTENTS) {
    const input = { size: text.length, digest: `sha256:${'0'.repeat(64)}` };
    const expected = { inspection: MATERIAL_KINDS[type].inspect({ ...input, bytes: Buffer.from(text) }) };
    assert.equal(await checks.material({ ...input, type, pieces: [bufferOf(text)] }, asker()), expected, type);
    const pieces = [bufferOf(text.slice(0, 3)), bufferOf(text.slice(3))];
    const answer = pool.run('inspectMaterial', { ...input, type, pieces }, { identity: 'a', transfer: pieces });
    assert.equal(await answer, expected, `${type} in pieces`);
  }
});

test('attack: a document that takes seconds leaves the loop to others', async () => {
  const text = `<testsuite>${'<testcase name="a"/>'.repeat(1 << 19)}</testsuite>`;
  const input = { type: 'JUNIT_XML', size: text.length, digest: '' } as const;
  await checks.material({ ...input, pieces: [bufferOf('<testsuite/>')] }, asker());
  const pieces = [bufferOf(text)];
  let isDone = false;
  const answer = checks.material({ ...input, pieces }, asker()).finally(() => {
    isDone = true;
  });
  let turns = 0;
  while (!isDone) {
    await new Promise(setImmediate);
    turns += 1;
  }
  assert.is((await answer).inspection.ok, true);
  assert.ok(turns > 100, `${turns} turns`);
});

test('who has gone away is not checked for', async () => {
  const response = Object.assign(new EventEmitter(), { closed: true }) as unknown as ServerResponse;
  const material = { type: 'SARIF', pieces: [bufferOf('{}')], size: 2, digest: '' } as const;
  assert.is(await codeOf(checks.material(material, { identity: 'a', response })), 'body-incomplete');
});

function bufferOf(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text)).buffer;
}

test.run();
