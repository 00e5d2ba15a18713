import { constants, createHash, generateKeyPairSync, sign } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trust } from '../../src/api/trust.ts';
import { preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { hintsOf } from '../../src/verify/hints.ts';
import { fingerprintOf } from '../../src/verify/keys.ts';
import { bytesOf, createAuthority, type Keys, NOW, STATEMENT, trustIn } from './fixtures.ts';

const test = suite('kinds of keys, and several of them');
const data = preAuthEncoding(PAYLOAD_TYPE, STATEMENT);

const ec = (namedCurve: string): Keys => generateKeyPairSync('ec', { namedCurve });
const rsa: Keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pssOnly: Keys = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
const ed25519: Keys = generateKeyPairSync('ed25519');
const [p256, p384, p521] = [ec('P-256'), ec('P-384'), ec('P-521')];

const signature = (keys: Keys, hash: string | null = 'sha256', how: object = {}) => ({
  keyid: '',
  sig: sign(hash, data, { key: keys.privateKey, ...how }).toString('base64'),
});
const envelope = (...signatures: readonly object[]): Uint8Array =>
  bytesOf({ payload: STATEMENT.toString('base64'), payloadType: PAYLOAD_TYPE, signatures });

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING };
const P1363 = { dsaEncoding: 'ieee-p1363' };
const SCHEMES: readonly (readonly [string, Keys, string | null, object?])[] = [
  ['P-256', p256, 'sha256'],
  ['P-256, r‖s', p256, 'sha256', P1363],
  ['P-384, SHA-384', p384, 'sha384'],
  ['P-384, SHA-384, r‖s', p384, 'sha384', P1363],
  ['P-384, SHA-256', p384, 'sha256'],
  ['P-521, SHA-512', p521, 'sha512'],
  ['P-521, SHA-512, r‖s', p521, 'sha512', P1363],
  ['Ed25519', ed25519, null],
  ...['sha256', 'sha384', 'sha512'].flatMap((hash): typeof SCHEMES => [
    [`RSA PKCS#1, ${hash}`, rsa, hash],
    [`RSA PSS, ${hash}`, rsa, hash, { ...PSS, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }],
    [`RSA PSS, ${hash}, longest salt`, rsa, hash, { ...PSS, saltLength: constants.RSA_PSS_SALTLEN_MAX_SIGN }],
    [`RSA-PSS key, ${hash}`, pssOnly, hash, { ...PSS, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }],
  ]),
];

test('every kind with every hash that it may have, and no other key of its kind', () => {
  for (const [name, keys, hash, how] of SCHEMES) {
    const bytes = envelope(signature(keys, hash, how));
    assert.ok(verifyAttestation(bytes, trustIn(keys), NOW).verified, name);
    for (const [other, others] of SCHEMES) {
      if (others !== keys)
        assert.not.ok(verifyAttestation(bytes, trustIn(others), NOW).verified, `${name} by ${other}`);
    }
  }
});

test('attack: hashes that are too weak', () => {
  for (const [keys, how] of [[p256], [p384], [rsa], [rsa, PSS]] as const) {
    for (const hash of ['sha1', 'md5', 'sha224']) {
      assert.not.ok(verifyAttestation(envelope(signature(keys, hash, how)), trustIn(keys), NOW).verified, hash);
    }
  }
});

test('every key id that tools write names the key, and decides nothing', () => {
  assert.ok(hintsOf(p256.publicKey).has(fingerprintOf(p256.publicKey)));
  for (const keyid of ['', 'unknown', fingerprintOf(p384.publicKey), '../../etc/passwd', 'awskms:///arn:x']) {
    assert.ok(verifyAttestation(envelope({ ...signature(p256), keyid }), trustIn(p256), NOW).verified, keyid);
    assert.not.ok(verifyAttestation(envelope({ ...signature(p256), keyid }), trustIn(p384), NOW).verified, keyid);
  }
});

test('the fingerprint that OpenSSH prints', () => {
  const key = generateKeyPairSync('ed25519').publicKey;
  const { x = '' } = key.export({ format: 'jwk' });
  const name = Buffer.from('ssh-ed25519');
  const size = (bytes: Buffer) => Buffer.from([0, 0, 0, bytes.length]);
  const point = Buffer.from(x, 'base64url');
  const wire = Buffer.concat([size(name), name, size(point), point]);
  const digest = createHash('sha256').update(wire).digest('base64').replace(/=+$/, '');
  assert.ok(hintsOf(key).has(`SHA256:${digest}`));
});

const windowed = (keys: Keys, window: { validFrom?: string; validUntil?: string }): Trust => {
  const trust = trustIn(keys);
  return { ...trust, signers: trust.signers.map((each) => ({ ...each, ...window })) };
};

test('a key counts in its time alone, ends included; two overlap while one takes over', () => {
  const bytes = envelope(signature(p256));
  const at = (window: { validFrom?: string; validUntil?: string }, time: string): boolean =>
    verifyAttestation(bytes, windowed(p256, window), new Date(time)).verified;
  const window = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2026-02-01T00:00:00Z' };
  assert.ok(at(window, '2026-01-01T00:00:00Z'));
  assert.ok(at(window, '2026-02-01T00:00:00Z'));
  assert.not.ok(at(window, '2025-12-31T23:59:59Z'));
  assert.not.ok(at(window, '2026-02-01T00:00:01Z'));
  assert.not.ok(at({ validFrom: 'nonsense' }, '2026-01-15T00:00:00Z'), 'what is no time is no window');
  const verdict = verifyAttestation(bytes, windowed(p256, window), new Date('2026-03-01T00:00:00Z'));
  assert.match(JSON.stringify(verdict), /signer-not-allowed.*counts from 2026-01-01/);
  const both: Trust = {
    signers: [
      ...windowed(p256, { validUntil: '2026-02-01T00:00:00Z' }).signers,
      ...windowed(p384, { validFrom: '2026-01-15T00:00:00Z' }).signers,
    ],
    roots: {},
  };
  const by = (keys: Keys, hash: string, time: string): boolean =>
    verifyAttestation(envelope(signature(keys, hash)), both, new Date(time)).verified;
  assert.equal([by(p256, 'sha256', '2026-01-10T00:00:00Z'), by(p384, 'sha384', '2026-01-10T00:00:00Z')], [true, false]);
  assert.equal([by(p256, 'sha256', '2026-01-20T00:00:00Z'), by(p384, 'sha384', '2026-01-20T00:00:00Z')], [true, true]);
  assert.equal([by(p256, 'sha256', '2026-02-10T00:00:00Z'), by(p384, 'sha384', '2026-02-10T00:00:00Z')], [false, true]);
});

const trustInAll = (threshold: number, ...keys: readonly Keys[]): Trust => ({
  signers: keys.flatMap((each) => trustIn(each).signers),
  threshold,
  roots: {},
});

test('two of three keys, in any order, with strangers between', () => {
  const trust = trustInAll(2, p256, p384, ed25519);
  const bytes = envelope(signature(rsa), signature(ed25519, null), signature(p256));
  const verdict = verifyAttestation(bytes, trust, NOW);
  assert.ok(verdict.verified, JSON.stringify(verdict));
  if (verdict.verified) assert.is(verdict.signers.length, 2);
});

test('attack: one signer who counts twice', () => {
  const said = (bytes: Uint8Array, trust: Trust): string => {
    const verdict = verifyAttestation(bytes, trust, NOW);
    if (verdict.verified) throw new Error('it was accepted');
    assert.is(verdict.refusals[0].code, 'signers-missing');
    return verdict.refusals[0].found;
  };
  // The same signature twice, two signatures of one key, one key in two entries of the contract, two encodings of one signature.
  const one = signature(p256);
  assert.match(said(envelope(one, one), trustInAll(2, p256, p384)), /^1: SHA256/);
  said(envelope(one, signature(p256)), trustInAll(2, p256, p384));
  said(envelope(one, signature(p256)), trustInAll(2, p256, p256));
  said(envelope(one, signature(p256, 'sha256', P1363)), trustInAll(2, p256, p384));
  said(envelope({ ...one, keyid: 'a' }, { ...one, keyid: 'b' }), trustInAll(2, p256, p384));
});

test('attack: one identity with two certificates counts once; with a key it makes two', async () => {
  const authority = await createAuthority();
  const first = JSON.parse(Buffer.from(await authority.bundle()).toString());
  const trust: Trust = { ...authority.trust, threshold: 2 };
  const verdict = verifyAttestation(bytesOf(first), trust, NOW);
  assert.match(JSON.stringify(verdict), /signers-missing/);
});

/** An envelope in which each of the identities signs with a certificate of its own. */
async function signedByAll(authority: Awaited<ReturnType<typeof createAuthority>>, ...identities: readonly string[]) {
  const bundles = await Promise.all(
    identities.map(async (each) => JSON.parse(String(Buffer.from(await authority.bundle(each))))),
  );
  const signatures = bundles.map(({ dsseEnvelope, verificationMaterial }) => ({
    ...dsseEnvelope.signatures[0],
    cert: `-----BEGIN CERTIFICATE-----\n${verificationMaterial.certificate.rawBytes}\n-----END CERTIFICATE-----\n`,
  }));
  return { ...bundles[0].dsseEnvelope, signatures };
}

test('attack: whoever may make one identity of a pattern makes two, in place of the key that must sign too', async () => {
  const authority = await createAuthority();
  const [identity] = authority.trust.signers;
  if (identity?.kind !== 'identity') throw new Error('no identity');
  const pattern = { ...identity, subject: { glob: 'https://kubernetes.io/*' } };
  const exact = { ...identity, subject: { exact: 'https://kubernetes.io/namespaces/shop/serviceaccounts/a' } };
  const trust = (...signers: Trust['signers']): Trust => ({ ...authority.trust, signers, threshold: 2 });
  const accounts = ['a', 'b'].map((name) => `https://kubernetes.io/namespaces/shop/serviceaccounts/${name}`);
  const two = await signedByAll(authority, ...accounts);
  const key = trustIn(p256).signers;
  const refusal = verifyAttestation(bytesOf(two), trust(pattern, ...key), NOW);
  assert.is(refusal.verified, false);
  if (!refusal.verified) {
    assert.is(refusal.refusals[0].code, 'signers-missing');
    assert.match(
      refusal.refusals[0].found,
      /^1: .*serviceaccounts\/a .*serviceaccounts\/b .*1 of them are the same entry/,
    );
  }
  const withKey = { ...two, signatures: [...two.signatures, signature(p256)] };
  assert.ok(verifyAttestation(bytesOf(withKey), trust(pattern, ...key), NOW).verified, 'the pattern and the key');
  assert.ok(verifyAttestation(bytesOf(two), trust(pattern, { ...pattern }), NOW).verified, 'the pattern, meant twice');
  // a may stand for either entry, b for one alone: found in either order.
  assert.ok(verifyAttestation(bytesOf(two), trust(pattern, exact), NOW).verified);
  const turned = { ...two, signatures: two.signatures.toReversed() };
  assert.ok(verifyAttestation(bytesOf(turned), trust(pattern, exact), NOW).verified);
});

test.run();
