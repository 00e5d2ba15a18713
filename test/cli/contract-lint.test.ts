import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { contractLint } from '../../src/cli/commands/contract-lint.ts';
import { processIo } from '../../src/cli/io.ts';
import type { Session } from '../../src/cli/session.ts';
import { manifest } from '../support/manifest.ts';
import { generateTestKey } from '../support/signing.ts';
import { createSigstore } from '../verify/sigstore.ts';

const test = suite('contract lint');
const { root } = await createSigstore(new Date('2026-01-01T00:00:00Z'));
const good = generateTestKey();
const small = generateKeyPairSync('rsa', { modulusLength: 1024 });

const io = processIo();
let cwd: string;
test.before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'proviso-lint-'));
});
test.after(() => rm(cwd, { recursive: true, force: true }));

interface Report {
  readonly documents: readonly { readonly findings: readonly { readonly at?: string; readonly message: string }[] }[];
}

/** What is found in one object, a line each. */
async function findings(kind: string, spec: object, beside?: string): Promise<readonly string[]> {
  const documents = [...(beside === undefined ? [] : [beside]), manifest(kind, 'x', spec)];
  await writeFile(join(cwd, 'x.yaml'), documents.join('\n---\n'));
  let printed = '';
  const out = (text: string) => {
    printed += text;
  };
  const session = { io: { ...io, cwd, out }, flags: { output: 'json' } } as unknown as Session;
  const code = await contractLint(session, 'x.yaml');
  const found = (JSON.parse(printed) as Report).documents.flatMap((document) => document.findings);
  assert.is(code, found.length === 0 ? 0 : 1);
  return found.map(({ at = '', message }) => `${at}: ${message}`);
}

const inline = (...pems: readonly string[]) =>
  findings('Contract', { signers: pems.map((pem) => ({ key: { inline: pem } })) });

test('keys in the contract itself are read as the operator reads them', async () => {
  const secretRef = { name: 'release-key', key: 'cosign.pub' };
  assert.equal(
    await findings('Contract', { signers: [{ key: { secretRef } }, { key: { inline: good.publicPem } }] }),
    [],
  );
  const secret = good.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const [found = '', ...more] = await inline(good.publicPem, secret);
  assert.match(found, /^spec\.signers\[1\]\.key\.inline: this is a private key; put only its public part here/);
  assert.equal(more, []);
  assert.not.ok(found.includes(secret.split('\n')[1] ?? ''));
  const baseline = await findings('ClusterContract', { signers: [{ key: { inline: secret } }] });
  assert.match(baseline.join(), /^spec\.signers\[0\]\.key\.inline: this is a private key/);
  const image = { name: 'image', type: 'CONTAINER_IMAGE', signers: [{ key: { inline: secret } }] };
  const ofImage = await findings('Contract', { materials: [image] });
  assert.match(ofImage.join(), /^spec\.materials\[0\]\.signers\[0\]\.key\.inline: this is a private key/);
  for (const [pem, says] of [
    ['cosign.pub', /there is no PEM block '-----BEGIN PUBLIC KEY-----'/],
    [good.publicPem + good.publicPem, /there are several PEM blocks/],
    ['-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', /does not hold a public key/],
    [small.publicKey.export({ type: 'spki', format: 'pem' }).toString(), /keys must be .*, not rsa of 1024 bits/],
  ] as const) {
    const [line = ''] = await inline(pem);
    assert.match(line, /^spec\.signers\[0\]\.key\.inline: /);
    assert.match(line, says);
  }
});

test('trusted roots in the object itself are read as the operator reads them', async () => {
  const given = (document: unknown) => findings('TrustRoot', { sigstore: { inline: JSON.stringify(document) } });
  assert.equal(await given(root), []);
  assert.equal(await findings('TrustRoot', { sigstore: { configMapRef: { name: 'r', key: 'k' } } }), []);
  for (const [document, says] of [
    [{}, /\/mediaType must be application\/vnd\.dev\.sigstore\.trustedroot\+json/],
    [
      { ...root, certificateAuthorities: [{ certChain: { certificates: [{ rawBytes: 'AAAA' }] } }] },
      /\/certificateAuthorities\/0: certificate 0/,
    ],
    [{ mediaType: root.mediaType }, /nothing could be checked/],
  ] as const) {
    const [line = '', ...more] = await given(document);
    assert.match(line, /^spec\.sigstore\.inline: /);
    assert.match(line, says);
    assert.equal(more, []);
  }
  assert.match((await findings('TrustRoot', { sigstore: { inline: '{' } })).join(), /isn't JSON/);
});

test('what is wrong with the form is said first', async () => {
  const found = await findings('Contract', { deadlin: '1h', signers: [{ key: { inline: 'x' } }] });
  assert.equal(
    found.map((line) => line.split(':')[0]),
    ['spec.deadlin'],
  );
});

test('policies are held to form and rules, and their source to its engine where there is one', async () => {
  const inline = 'validations:\n  - {expression: inputt.a, message: no}\n  - {expression: 1 + true, message: no}\n';
  const spec = { kinds: ['SARIF'], source: { inline } };
  for (const kind of ['Policy', 'ClusterPolicy']) {
    const [first = '', second = '', ...more] = await findings(kind, spec);
    assert.match(first, /^spec\.source\.inline: line 2, column \d+: .*inputt/);
    assert.match(second, /^spec\.source\.inline: line 3, column \d+: /);
    assert.equal(more, []);
  }
  // Without OPA it isn't known whether this is good.
  process.env.PROVISO_OPA = '/nowhere/opa';
  assert.equal(await findings('Policy', { ...spec, engine: 'Rego' }), []);
  const configMapRef = { name: 'rules', key: 'a.cel' };
  assert.equal(await findings('Policy', { ...spec, source: { configMapRef } }), []);
  const [refused = '', ...others] = await findings('Policy', { ...spec, attestation: true });
  assert.match(refused, /^spec: a policy must have exactly one of 'kinds' and 'attestation: true'/);
  assert.equal(others, []);
});

test('a group of the file is filled in, and one that is elsewhere is left to the cluster', async () => {
  const group = manifest('PolicyGroup', 'sbom', {
    inputs: [{ name: 'name', required: true }],
    materials: [{ name: '{{ inputs.name }}', type: 'SBOM_CYCLONEDX_JSON', policies: [{ ref: { name: 'p' } }] }],
  });
  const of = (taken: object, beside = group) =>
    findings('Contract', { policyGroups: [{ ref: { name: 'elsewhere' } }, taken] }, beside);
  assert.equal(await of({ ref: { name: 'sbom' }, with: { name: 'sbom' } }), []);
  assert.equal(await of({ ref: { name: 'sbom' } }), [
    "spec.policyGroups[1].with.name: the PolicyGroup 'sbom' needs the input 'name'",
  ]);
  assert.equal(await of({ ref: { name: 'sbom' }, with: { name: 's' }, skip: ['q'] }), [
    "spec.policyGroups[1].skip[0]: the PolicyGroup 'sbom' has no policy 'q'; it has p",
  ]);
  const bad = manifest('PolicyGroup', 'sbom', { materials: [{ name: '{{ inputs.x }}', type: 'SARIF' }] });
  assert.equal(await of({ ref: { name: 'elsewhere' } }, bad), [
    "spec.materials[0].name: the group has no input 'x'; it has none",
  ]);
});

test('the filter of a Subscription is compiled', async () => {
  const http = { url: 'https://sink.example.com' };
  assert.equal(await findings('Subscription', { http, filter: "input.data.workflow == 'build'" }), []);
  const [wrong] = await findings('Subscription', { http, filter: 'input.data.workflow =' });
  assert.match(wrong ?? '', /^spec\.filter: .*this is no expression/);
});

test.run();
