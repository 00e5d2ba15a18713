import { createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ControlPlaneKeys, readKeyList, writeKeyList } from '../../src/verify/key-list.ts';
import { fingerprintOf } from '../../src/verify/keys.ts';
import { checkProvenance } from '../../src/verify/provenance.ts';
import { checkSummary, type ExpectedSummary } from '../../src/verify/summary.ts';
import { reaches, readSummary } from '../../src/verify/summary-form.ts';
import { generateTestKey, signedBundle, type TestKey } from '../support/signing.ts';

const test = suite('verification summary');
const VERIFIER = 'https://proviso.dev/cluster/uid-c';
const RESOURCE = `${VERIFIER}/namespaces/shop/workflows/build`;
const HEX = '1'.repeat(64);
const DIGEST = `sha256:${HEX}`;
const key = generateTestKey();
const old = generateTestKey();

const entry = ({ publicPem }: TestKey, validFrom: string, validUntil?: string): ControlPlaneKeys['keys'][number] => ({
  kind: 'key',
  publicKey: publicPem,
  fingerprint: fingerprintOf(createPublicKey(publicPem)),
  validFrom,
  ...(validUntil === undefined ? {} : { validUntil }),
});
const trusted: ControlPlaneKeys = {
  verifierId: VERIFIER,
  keys: [entry(old, '2025-01-01T00:00:00Z', '2025-09-01T00:00:00Z'), entry(key, '2025-08-31T23:00:00Z')],
};
const expected: ExpectedSummary = {
  trusted,
  digests: [DIGEST],
  resourceUri: RESOURCE,
  levels: ['PROVISO_CONTRACT_MET'],
};

const predicate = {
  verifier: { id: VERIFIER },
  timeVerified: '2026-01-01T00:00:00Z',
  resourceUri: RESOURCE,
  policy: { uri: `${VERIFIER}/policy`, digest: { sha256: 'c'.repeat(64) } },
  inputAttestations: [{ digest: { sha256: 'a'.repeat(64) } }],
  verificationResult: 'PASSED',
  verifiedLevels: ['PROVISO_CONTRACT_MET', 'SLSA_BUILD_LEVEL_2'],
};
const statement = {
  _type: 'https://in-toto.io/Statement/v1',
  subject: [{ name: 'web.tgz', digest: { sha256: HEX } }],
  predicateType: 'https://slsa.dev/verification_summary/v1',
  predicate,
};
type Changes = { readonly [member: string]: unknown };
const signed = (changes: Changes = {}, predicateChanges: Changes = {}, by: TestKey = key): Uint8Array =>
  signedBundle(
    Buffer.from(JSON.stringify({ ...statement, predicate: { ...predicate, ...predicateChanges }, ...changes })),
    by,
  );

/** The steps that fail. */
const failing = (bytes: Uint8Array, changes: Partial<ExpectedSummary> = {}): readonly string[] => {
  const { verified, steps } = checkSummary(bytes, { ...expected, ...changes });
  const failed = steps.filter(({ ok }) => !ok).map(({ step }) => step);
  assert.is(verified, failed.length === 0);
  return failed;
};

test('a good one: each of the steps that SLSA demands is told', () => {
  const { verified, steps, summary } = checkSummary(signed(), expected);
  assert.ok(verified, JSON.stringify(steps));
  assert.equal(
    steps.map(({ step }) => step),
    ['signature', 'type', 'time', 'subject', 'verifier', 'resource', 'result', 'levels'],
  );
  assert.is(summary?.inputAttestations[0], `sha256:${'a'.repeat(64)}`);
});

test('attack: each of the steps fails alone, and then all fails', () => {
  assert.equal(failing(signed({}, {}, generateTestKey())), ['signature']);
  assert.equal(failing(signed(), { digests: [`sha256:${'2'.repeat(64)}`] }), ['subject']);
  assert.equal(failing(signed({ predicateType: 'https://slsa.dev/verification_summary/v0.2' })), ['type']);
  assert.equal(failing(signed({}, { verifier: { id: `${VERIFIER}2` } })), ['verifier']);
  assert.equal(failing(signed({}, { resourceUri: `${VERIFIER}/namespaces/evil/workflows/build` })), ['resource']);
  assert.equal(failing(signed({}, { verificationResult: 'FAILED' })), ['result']);
  assert.equal(failing(signed({}, { verifiedLevels: ['SLSA_BUILD_LEVEL_2'] })), ['levels']);
  assert.equal(failing(signed(), { levels: ['SLSA_BUILD_LEVEL_3'] }), ['levels']);
});

test('attack: nothing expected is nothing verified', () => {
  assert.equal(failing(signed(), { digests: [] }), ['subject']);
  assert.equal(failing(signed(), { levels: [] }), ['levels']);
  assert.equal(failing(signed(), { trusted: { ...trusted, keys: [] } }), ['signature']);
});

test('attack: an artifact among the names, under a weaker digest, or one of two', () => {
  assert.equal(failing(signed({ subject: [{ name: HEX, digest: { sha256: '2'.repeat(64) } }] })), ['subject']);
  // These are no digests of a subject at all, whatever they are the digests of.
  for (const digest of [
    { sha1: HEX.slice(0, 40), md5: HEX.slice(0, 32) },
    { sha256: HEX.toUpperCase().replaceAll('1', 'A') },
  ]) {
    assert.equal(failing(signed({ subject: [{ name: 'web.tgz', digest }] })), ['signature']);
  }
  assert.equal(failing(signed(), { digests: [DIGEST, `sha256:${'2'.repeat(64)}`] }), ['subject']);
});

test('a replaced key counts within its time, and only there', () => {
  assert.equal(failing(signed({}, { timeVerified: '2025-08-01T00:00:00Z' }, old)), []);
  assert.equal(failing(signed({}, { timeVerified: '2025-09-01T00:00:01Z' }, old)), ['time']);
  assert.equal(failing(signed({}, { timeVerified: '2024-12-31T00:00:00Z' }, old)), ['time']);
  assert.equal(failing(signed({}, { timeVerified: '2025-08-01T00:00:00Z' }, key)), ['time']);
  assert.equal(failing(signed({}, { timeVerified: undefined }, old)), ['time']);
});

test('attack: summaries that break the rules of SLSA, in which readers would see different things', () => {
  for (const changes of [
    { verifier: {} },
    { verifier: { id: 'no uri' } },
    { resourceUri: '' },
    { policy: {} },
    { verificationResult: 'passed' },
    { verifiedLevels: [] },
    { verifiedLevels: ['PROVISO_CONTRACT_MET', 7] },
    { verifiedLevels: ['PROVISO_CONTRACT_MET', 'SLSA_OF_MY_OWN'] },
    { verifiedLevels: ['PROVISO_CONTRACT_MET', 'SLSA_BUILD_LEVEL_1', 'SLSA_BUILD_LEVEL_3'] },
    { inputAttestations: [{ uri: 'https://example.com' }] },
    { timeVerified: 'yesterday' },
    { timeVerified: 7 },
  ]) {
    assert.equal(failing(signed({}, changes)), ['form'], JSON.stringify(changes));
  }
});

test('a level of a track is reached by a higher one, and by none of another track', () => {
  assert.ok(reaches(['SLSA_BUILD_LEVEL_3'], 'SLSA_BUILD_LEVEL_2'));
  assert.not.ok(reaches(['SLSA_BUILD_LEVEL_1'], 'SLSA_BUILD_LEVEL_2'));
  assert.not.ok(reaches(['SLSA_SOURCE_LEVEL_4'], 'SLSA_BUILD_LEVEL_2'));
  assert.not.ok(reaches(['SLSA_BUILD_LEVEL_UNEVALUATED'], 'SLSA_BUILD_LEVEL_0'));
  assert.ok(reaches(['SLSA_BUILD_LEVEL_UNEVALUATED'], 'SLSA_BUILD_LEVEL_UNEVALUATED'));
  assert.ok(reaches(['SLSA_BUILD_LEVEL_10'], 'SLSA_BUILD_LEVEL_9'));
});

test('what is unknown in a summary is ignored, as SLSA asks', () => {
  assert.ok(readSummary({ ...predicate, 'https://example.com/more': 1, dependencyLevels: {} }).ok);
});

test('attack: any change of the bytes, none is verified and none throws', () => {
  const bytes = Buffer.from(signed());
  const payload = JSON.parse(bytes.toString()) as { dsseEnvelope: { payload: string } };
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ change;
      const { verified } = checkSummary(copy, expected);
      // The hint and the key id aren't signed, and base64 has loose ends: then the payload is still the signed one.
      if (!verified) return true;
      return (JSON.parse(copy.toString()) as typeof payload).dsseEnvelope.payload === payload.dsseEnvelope.payload;
    }),
    { numRuns: 2000 },
  );
});

test('the list of keys is read as it is written, and not at all when something in it is wrong', () => {
  const reading = readKeyList(writeKeyList(trusted));
  assert.ok(reading.ok);
  assert.equal(reading.ok && reading.list, trusted);
  const [first, second] = trusted.keys;
  for (const list of [
    { keys: trusted.keys },
    { verifierId: VERIFIER, keys: [] },
    { verifierId: VERIFIER, keys: [first, { ...second, fingerprint: first?.fingerprint }] },
    { verifierId: VERIFIER, keys: [{ ...first, publicKey: 'none' }] },
    { verifierId: VERIFIER, keys: [{ ...first, validFrom: undefined }] },
    { verifierId: VERIFIER, keys: [{ ...first, validUntil: 'never' }] },
  ]) {
    assert.not.ok(readKeyList(JSON.stringify(list)).ok, JSON.stringify(list));
  }
  assert.not.ok(readKeyList(`{"verifierId":"a","verifierId":"b","keys":[]}`).ok);
});

test('attack: provenance of another run, another builder, another artifact, another kind', () => {
  const provenance = {
    ...statement,
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: { buildType: 'https://proviso.dev/buildtypes/workflowrun/v1' },
      runDetails: {
        builder: { id: `${VERIFIER}/runners/TEKTON_PIPELINE` },
        metadata: { invocationId: 'uid-1', finishedOn: '2026-01-01T00:00:00Z' },
      },
    },
  };
  const check = (document: object, run = 'uid-1', digest = DIGEST): readonly string[] =>
    checkProvenance(signedBundle(Buffer.from(JSON.stringify(document)), key), { trusted, digests: [digest], run })
      .filter(({ ok }) => !ok)
      .map(({ step }) => step);
  const withBuilder = (id: string) => {
    const { runDetails } = provenance.predicate;
    return { ...provenance, predicate: { ...provenance.predicate, runDetails: { ...runDetails, builder: { id } } } };
  };
  assert.equal(check(provenance), []);
  assert.equal(check(provenance, 'uid-2'), ['run']);
  assert.equal(check(provenance, 'uid-1', `sha256:${'2'.repeat(64)}`), ['subject']);
  assert.equal(check(withBuilder('https://proviso.dev/cluster/other/runners/POD')), ['builder']);
  assert.ok(check(statement).includes('type'));
});

test.run();
