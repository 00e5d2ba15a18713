import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dsseEnvelope } from '../../../src/attestation/dsse.ts';
import { readClaims } from '../../../src/receiver/intake/claims.ts';
import { gitoidOf, isGitoid } from '../../../src/receiver/intake/gitoid.ts';

const test = suite('what an envelope says of itself');
const FIXTURES = new URL('../../verify/interop/fixtures/', import.meta.url);
const fixture = (name: string): Buffer => readFileSync(new URL(name, FIXTURES));
const APP = 'sha256:827521c857fdcd4374f4da5442fbae2edb01e7fbae285c3ec15673d4c1daecb7';
const UID = '5b2c6a0e-8f0e-4f2e-9c39-0c8f5f0d7a11';

/** An envelope that nobody has signed; what it says can be read all the same. */
const envelopeOf = (statement: object): Buffer =>
  Buffer.from(JSON.stringify(dsseEnvelope(Buffer.from(JSON.stringify(statement)), Buffer.from('unsigned'))));
const provenance = (version: 'v1' | 'v0.2', predicate: object): object => ({
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'app', digest: { sha256: APP.slice(7) } }],
  predicateType: `https://slsa.dev/provenance/${version}`,
  predicate,
});
function claimsOf(bytes: Uint8Array) {
  const reading = readClaims(bytes);
  if (!reading.ok) throw new Error(reading.finding.message);
  return reading.claims;
}
function findingOf(bytes: Uint8Array): string {
  const reading = readClaims(bytes);
  if (reading.ok) throw new Error('it was read');
  return `${reading.finding.at}: ${reading.finding.message}`;
}

test('the id is the one that git hash-object gives a blob in a repository with SHA-256', () => {
  assert.is(gitoidOf(Buffer.from('hello\n')), '2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4');
  assert.not.equal(gitoidOf(Buffer.from('hello')), gitoidOf(Buffer.from('hello\n')));
});

test('only 64 hex digits are such an id', () => {
  assert.ok(isGitoid('a'.repeat(64)));
  for (const text of [
    '',
    'a'.repeat(63),
    'A'.repeat(64),
    `${'a'.repeat(63)}/`,
    '../../../etc/passwd',
    `${'a'.repeat(64)}\n`,
  ])
    assert.not.ok(isGitoid(text), text);
});

test('provenance of Tekton Chains, as it posts it', () => {
  const { subjects, invocation, isOfChains, predicateType } = claimsOf(fixture('chains-archivista.json'));
  assert.equal([predicateType, invocation, isOfChains], ['https://slsa.dev/provenance/v0.2', undefined, true]);
  assert.equal(subjects, [APP]);
});

test('the object that was built by, where the provenance states it', () => {
  const buildDefinition = { buildType: 'https://tekton.dev/chains/v2/slsa' };
  const v1 = (invocationId: unknown) =>
    claimsOf(envelopeOf(provenance('v1', { buildDefinition, runDetails: { metadata: { invocationId } } })));
  assert.is(v1(UID).invocation, UID);
  assert.is(v1(UID).isOfChains, true);
  for (const other of ['https://github.com/o/r/actions/runs/1', '', 7, null, UID.toUpperCase(), `${UID}\n`])
    assert.is(v1(other).invocation, undefined);
  const v02 = claimsOf(
    envelopeOf(provenance('v0.2', { buildType: 'tekton.dev/v1/PipelineRun', metadata: { buildInvocationId: UID } })),
  );
  assert.equal([v02.invocation, v02.isOfChains], [UID, true]);
  const npm = claimsOf(fixture('npm-v0.3.json'));
  assert.equal([npm.invocation, npm.isOfChains], [undefined, false]);
});

test('of another predicate nothing is taken for an object of the cluster', () => {
  const statement = {
    ...provenance('v1', { runDetails: { metadata: { invocationId: UID } } }),
    predicateType: 'https://a.b/c',
  };
  const { invocation, isOfChains } = claimsOf(envelopeOf(statement));
  assert.equal([invocation, isOfChains], [undefined, false]);
});

test('a statement that is signed again is the same one', () => {
  const statement = Buffer.from(JSON.stringify(provenance('v1', {})));
  const [one, two] = ['first', 'second'].map((signature) => dsseEnvelope(statement, Buffer.from(signature)));
  const [first, second] = [one, two].map((envelope) => Buffer.from(JSON.stringify(envelope)));
  if (first === undefined || second === undefined) throw new Error('two are made');
  assert.is(claimsOf(first).payloadDigest, claimsOf(second).payloadDigest);
  assert.not.equal(gitoidOf(first), gitoidOf(second));
});

test('what is no envelope, or several, says where', () => {
  assert.match(findingOf(Buffer.from('')), /JSON/);
  assert.match(findingOf(Buffer.from('{"hello": 1}')), /expected a Sigstore bundle or a DSSE envelope/);
  assert.match(findingOf(Buffer.from('['.repeat(100))), /^\/?.*: /);
  assert.match(findingOf(envelopeOf({ _type: 'link' })), /^\/payload: expected _type/);
  assert.match(findingOf(fixture('chains-v2alpha3.json')), /must be one DSSE envelope or one Sigstore bundle/);
  const envelope = fixture('chains-archivista.json').toString().trim();
  assert.match(findingOf(Buffer.from(`${envelope}\n${envelope}\n`)), /must be one DSSE envelope/);
  assert.match(findingOf(Buffer.from(`{"payload": "", ${envelope.slice(1)}`)), /key|twice|member/i);
});

test.run();
