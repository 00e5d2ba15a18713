import { createHash } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RecordedMaterial, WorkflowRun } from '../../src/api/types.gen.ts';
import { sigstoreBundle } from '../../src/attestation/bundle.ts';
import { compareStatement } from '../../src/attestation/compare.ts';
import { dsseEnvelope, preAuthEncoding } from '../../src/attestation/dsse.ts';
import { recordOfRun } from '../../src/attestation/record.ts';
import { renderStatement, type Statement } from '../../src/attestation/statement.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';

const test = suite('attestation');

const material = (name: string, more: Partial<RecordedMaterial> = {}): RecordedMaterial => ({
  name,
  type: 'ARTIFACT',
  digest: `sha256:${createHash('sha256').update(name).digest('hex')}`,
  size: 1,
  stored: true,
  addTime: '2026-01-01T00:00:00Z',
  addedBy: 'me',
  ...more,
});
const run: WorkflowRun = {
  metadata: { name: 'build-1', namespace: 'shop', uid: 'uid-1' },
  spec: {
    workflowRef: { name: 'build', uid: 'uid-w' },
    contract: { name: 'release', revision: 3, revisionName: 'release-abc', digest: `sha256:${'ab'.repeat(32)}` },
    identity: { username: 'system:serviceaccount:shop:proviso-build' },
    runKey: 'k',
    runner: { type: 'TEKTON_PIPELINE', authenticated: true, url: 'https://example.com' },
    commit: {
      sha: 'c'.repeat(40),
      author: 'A',
      remotes: [{ name: 'origin', url: 'https://example.com/r' }],
      proven: true,
      signature: { format: 'SSH', fingerprint: 'SHA256:x', armored: 'armored' },
    },
    evidenceStoreName: 'default',
    deadlineTime: '2026-01-01T01:00:00Z',
  },
  status: {
    startTime: '2026-01-01T00:00:00Z',
    materials: [
      material('web', { filename: 'web.tgz' }),
      material('note', { type: 'STRING', value: 'hi', stored: false }),
      material('extra'),
    ],
  },
};
const reading = effectiveContract(
  'release',
  {
    materials: [
      { name: 'web', type: 'ARTIFACT', output: true },
      { name: 'note', type: 'STRING', output: true },
    ],
  },
  [],
);
if (!reading.ok) throw new Error(reading.message);
const record = recordOfRun(run, reading.contract);
const [WEB] = reading.contract.materials;
if (WEB === undefined) throw new Error('the contract asks for something');
const statement = renderStatement(record, '2026-01-01T00:30:00Z');
const copy = (): Statement & {
  subject: Record<string, unknown>[];
  predicate: { materials: Record<string, unknown>[]; metadata: Record<string, unknown> };
} => structuredClone(statement) as never;

test('the statement says what the record says', () => {
  assert.equal(
    statement.subject.map(({ name }) => name),
    ['chainloop.workflow.build', 'git.head', 'web.tgz'],
  );
  assert.equal(statement.subject[1]?.digest, { sha1: 'c'.repeat(40) });
  const { materials, runnerType, runnerAuthenticated, metadata } = copy().predicate as never as Record<string, unknown>;
  assert.equal([runnerType, runnerAuthenticated], ['TEKTON_PIPELINE', true]);
  assert.is((metadata as { workflowRunID: string }).workflowRunID, 'uid-1');
  const names = (materials as { annotations: Record<string, string> }[]).map(
    ({ annotations }) => annotations['chainloop.material.name'],
  );
  assert.equal(names, ['extra', 'note', 'web']);
});

test("anybody can compute the workflow's digest again", () => {
  const materials = Object.fromEntries((run.status?.materials ?? []).map(({ name, digest }) => [name, digest]));
  const text = canonicalize({ run: 'uid-1', revision: 'release-abc', materials }) ?? '';
  assert.is(statement.subject[0]?.digest?.sha256, createHash('sha256').update(text).digest('hex'));
});

test('the commit is stated with what its signature says, by the names that the format has', () => {
  assert.equal(statement.subject[1], {
    name: 'git.head',
    digest: { sha1: 'c'.repeat(40) },
    annotations: {
      'author.name': 'A',
      remotes: [{ name: 'origin', url: 'https://example.com/r' }],
      proven: true,
      signature: 'armored',
      'signature.algorithm': 'SSH',
      'signature.fingerprint': 'SHA256:x',
    },
  });
});

test('outputs of one file name, and one that is called like the commit, still have names of their own', () => {
  const names = ['amd64', 'arm64', 'head'];
  const materials = names.map((name) => material(name, { filename: name === 'head' ? 'git.head' : 'app.tgz' }));
  const contract = { ...reading.contract, materials: names.map((name) => ({ ...WEB, name })) };
  const twins = recordOfRun({ ...run, status: { ...run.status, materials } }, contract);
  const rendered = renderStatement(twins, '2026-01-01T00:30:00Z');
  assert.equal(
    rendered.subject.slice(1).map(({ name }) => name),
    ['git.head', 'app.tgz', 'app.tgz#arm64', 'git.head#head'],
  );
  assert.equal(compareStatement(JSON.parse(JSON.stringify(rendered)), twins), []);
});

test('a file is not called like a subject that means something else', () => {
  const names = ['head', 'other'];
  const materials = names.map((name) =>
    material(name, { filename: name === 'head' ? 'git.head' : 'chainloop.workflow.release' }),
  );
  const contract = { ...reading.contract, materials: names.map((name) => ({ ...WEB, name })) };
  const { commit: _, ...spec } = run.spec;
  const withoutCommit = recordOfRun({ ...run, spec, status: { ...run.status, materials } }, contract);
  const rendered = renderStatement(withoutCommit, '2026-01-01T00:30:00Z');
  assert.equal(
    rendered.subject.map(({ name }) => name),
    ['chainloop.workflow.build', 'git.head#head', 'other'],
  );
});

test('a run without materials has no others, in whatever form they come', () => {
  const { materials: _, ...status } = run.status ?? {};
  const bare = recordOfRun({ ...run, status }, reading.contract);
  const rendered = renderStatement(bare, '2026-01-01T00:30:00Z');
  assert.equal(compareStatement(rendered, bare), []);
  for (const materials of ['web', { web: { digest: { sha256: '0' } } }, 1, null]) {
    const found = compareStatement({ ...rendered, predicate: { ...rendered.predicate, materials } }, bare);
    assert.is(found[0]?.at, '/predicate/materials', JSON.stringify(materials));
  }
});

test('a statement agrees with its own record, also in another order, with more members and with less', () => {
  assert.equal(compareStatement(JSON.parse(JSON.stringify(statement)), record), []);
  const other = copy();
  other.predicate.materials.reverse();
  (other.predicate as unknown as Record<string, unknown>).somethingElse = true;
  other.predicate.metadata.finishedAt = 'later';
  Object.assign(other.predicate.materials[0]?.annotations ?? {}, { own: 'x' });
  Object.assign(other.predicate, { builder: { id: 'mine' } });
  const { env: _env, casBackend: _cas, ...less } = other.predicate as unknown as Record<string, unknown>;
  assert.equal(compareStatement({ ...other, predicate: less }, record), []);
  assert.equal(compareStatement(other, record), []);
});

type Change = (changed: ReturnType<typeof copy>) => void;
const WRONG: Readonly<Record<string, readonly [string, Change]>> = {
  'another run': [
    '/predicate/metadata/workflowRunID',
    (s) => void Object.assign(s.predicate.metadata, { workflowRunID: 'uid-2' }),
  ],
  'another workflow': [
    '/predicate/metadata/workflowName',
    (s) => void Object.assign(s.predicate.metadata, { workflowName: 'x' }),
  ],
  'another revision': [
    '/predicate/metadata/contractVersion',
    (s) => void Object.assign(s.predicate.metadata, { contractVersion: '2' }),
  ],
  'another tenant': [
    '/predicate/metadata/organization',
    (s) => void Object.assign(s.predicate.metadata, { organization: 'x' }),
  ],
  'a material less': ['/predicate/materials', (s) => void s.predicate.materials.pop()],
  'a material more': [
    '/predicate/materials/3',
    (s) => void s.predicate.materials.push({ annotations: { 'chainloop.material.name': 'more' } }),
  ],
  'a material twice': [
    '/predicate/materials/3',
    (s) => void s.predicate.materials.push(s.predicate.materials[0] ?? {}),
  ],
  'another digest': [
    '/predicate/materials/0/digest/sha256',
    (s) => void Object.assign(s.predicate.materials[0] ?? {}, { digest: { sha256: '0' } }),
  ],
  'a second digest': [
    '/predicate/materials/0/digest/md5',
    (s) => void Object.assign(s.predicate.materials[0]?.digest ?? {}, { md5: '0' }),
  ],
  'another content': [
    '/predicate/materials/1/content',
    (s) => void Object.assign(s.predicate.materials[1] ?? {}, { content: 'eA==' }),
  ],
  'no subject': ['/subject', (s) => void s.subject.splice(0)],
  'two subjects of one name': ['/subject/3', (s) => void s.subject.push(s.subject[0] ?? {})],
  'a digest of an odd name': [
    '/subject/0/digest/constructor',
    (s) => void Object.assign((s.subject[0]?.digest as object | undefined) ?? {}, { constructor: 'x' }),
  ],
  'another runner': ['/predicate/runnerType', (s) => void Object.assign(s.predicate, { runnerType: 'GITHUB_ACTION' })],
  'another caller': ['/predicate/auth', (s) => void Object.assign(s.predicate, { auth: { id: 'admin' } })],
  'another environment': ['/predicate/env', (s) => void Object.assign(s.predicate, { env: { A: 'x' } })],
  'another annotation of the run': [
    '/predicate/annotations',
    (s) => void Object.assign(s.predicate, { annotations: { criticality: 'low' } }),
  ],
  'a policy that nobody evaluated': [
    '/predicate/policyPassedCount',
    (s) => void Object.assign(s.predicate, { policyPassedCount: 12 }),
  ],
  'another team': ['/predicate/metadata/team', (s) => void Object.assign(s.predicate.metadata, { team: 'x' })],
  'another commit author': [
    '/subject/1/annotations/author.name',
    (s) => void Object.assign((s.subject[1]?.annotations as object | undefined) ?? {}, { 'author.name': 'B' }),
  ],
  'a commit that somebody is said to have verified': [
    '/subject/1/annotations/author.verification_status',
    (s) => void Object.assign(s.subject[1]?.annotations ?? {}, { 'author.verification_status': 'VERIFIED' }),
  ],
  'another signature of the commit': [
    '/subject/1/annotations/signature.fingerprint',
    (s) => void Object.assign(s.subject[1]?.annotations ?? {}, { 'signature.fingerprint': 'SHA256:y' }),
  ],
  'a signer of the commit whom its signature does not name': [
    '/subject/1/annotations/signature.signer',
    (s) => void Object.assign(s.subject[1]?.annotations ?? {}, { 'signature.signer': 'jane@example.com' }),
  ],
  'another name of a material': [
    '/predicate/materials/2/name',
    (s) => void Object.assign(s.predicate.materials[2] ?? {}, { name: 'x' }),
  ],
  'a signature on a material that nobody checked': [
    '/predicate/materials/0/annotations/chainloop.material.signature',
    (s) => void Object.assign(s.predicate.materials[0]?.annotations ?? {}, { 'chainloop.material.signature': 'x' }),
  ],
  'a content of a subject that no digest was checked of': [
    '/subject/2/content',
    (s) => void Object.assign(s.subject[2] ?? {}, { content: 'eA==' }),
  ],
  'a place of a subject that nobody recorded': [
    '/subject/2/downloadLocation',
    (s) => void Object.assign(s.subject[2] ?? {}, { downloadLocation: 'https://evil.example/web.tgz' }),
  ],
  'another identity of a material': [
    '/predicate/materials/2/uri',
    (s) => void Object.assign(s.predicate.materials[2] ?? {}, { uri: 'pkg:npm/evil@1' }),
  ],
  'no content': ['/predicate/materials/1/content', (s) => void delete s.predicate.materials[1]?.content],
  'a foreign subject': ['/subject/3', (s) => void s.subject.push({ name: 'evil', digest: { sha256: '0' } })],
};
for (const [name, [at, change]] of Object.entries(WRONG)) {
  test(`attack: ${name}`, () => {
    const changed = copy();
    change(changed);
    const findings = compareStatement(changed, record);
    assert.ok(
      findings.some((finding) => finding.at === at),
      JSON.stringify(findings),
    );
  });
}

test('whatever is compared, nothing is thrown, and only the real one agrees', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => compareStatement(value, record).length > 0),
    { seed: 20261124, numRuns: 300 },
  );
});

test('the pre-authentication encoding is that of the specification', () => {
  // From the protocol's own test vector.
  const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
  assert.is(encoded.toString(), 'DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  assert.is(preAuthEncoding('ä', Buffer.from('é')).toString(), 'DSSEv1 2 ä 2 é');
});

test('bundles are read by the library that cosign shares its format with', () => {
  const envelope = dsseEnvelope(Buffer.from('{}'), Buffer.from('sig'));
  for (const material of [
    { kind: 'key', hint: 'h' } as const,
    { kind: 'certificate', der: Buffer.from('der') } as const,
  ]) {
    const bundle = bundleFromJSON(JSON.parse(Buffer.from(sigstoreBundle(envelope, material)).toString()));
    assert.is(bundle.mediaType, 'application/vnd.dev.sigstore.bundle.v0.3+json');
  }
});

test.run();
