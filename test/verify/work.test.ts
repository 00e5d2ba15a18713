import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trust } from '../../src/api/trust.ts';
import { preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { bytesOf, createAuthority, envelopeBy, type Keys, NOW, p256, STATEMENT, trustIn } from './fixtures.ts';

const test = suite('how much work a container may make');

/** A statement nearly as large as the largest container can hold. */
const LARGE = Buffer.from(JSON.stringify({ ...JSON.parse(String(STATEMENT)), predicate: 'x'.repeat(5 << 20) }));

const many = <T>(count: number, make: () => T): readonly T[] => Array.from({ length: count }, make);
const trustInAll = (...keys: readonly Keys[]): Trust => ({
  signers: keys.flatMap((each) => trustIn(each).signers),
  roots: {},
});

const signature = ({ privateKey }: Keys, payload: Uint8Array, hash: string, how: object = {}): Buffer =>
  sign(hash, preAuthEncoding(PAYLOAD_TYPE, payload), { key: privateKey, ...how });
const envelope = (payload: Buffer, ...signatures: readonly Buffer[]) => ({
  payload: payload.toString('base64'),
  payloadType: PAYLOAD_TYPE,
  signatures: signatures.map((each) => ({ sig: each.toString('base64') })),
});

function refusal(bytes: Uint8Array, trust: Trust): string {
  const verdict = verifyAttestation(bytes, trust, NOW);
  if (verdict.verified) return 'accepted';
  assert.ok(verdict.refusals.length < 3 || verdict.refusals[0].code !== 'attestation-malformed');
  const [{ code, step, expected, found }] = verdict.refusals;
  return `${code}: ${step}: ${expected} | ${found}`;
}
const TOO_MUCH = /^attestation-malformed: signature: .*hashing 256 MiB.* \| /;

const P384 = many(16, (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-384' }));
const RSA = many(16, (): Keys => generateKeyPairSync('rsa', { modulusLength: 2048 }));

test('a large statement with one signature, in whatever scheme, by the last of sixteen keys', () => {
  const [ec, rsa] = [P384.at(-1), RSA.at(-1)];
  if (ec === undefined || rsa === undefined) throw new Error('no keys');
  const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING };
  const cases: readonly (readonly [Buffer, readonly Keys[]])[] = [
    [signature(ec, LARGE, 'sha256'), P384],
    [signature(ec, LARGE, 'sha256', { dsaEncoding: 'ieee-p1363' }), P384],
    [signature(rsa, LARGE, 'sha512'), RSA],
    [signature(rsa, LARGE, 'sha512', PSS), RSA],
  ];
  for (const [bytes, keys] of cases) {
    assert.is(refusal(bytesOf(envelope(LARGE, bytes)), trustInAll(...keys)), 'accepted');
  }
});

test('attack: a large payload under sixteen signatures, for each of sixteen keys', () => {
  const stranger = p256();
  const one = signature(stranger, LARGE, 'sha256');
  const bytes = bytesOf(envelope(LARGE, ...many(16, () => one)));
  assert.match(refusal(bytes, trustInAll(...many(16, p256))), TOO_MUCH);
  assert.ok(
    refusal(bytes, trustInAll(...many(16, p256))).endsWith(
      `16 signatures over ${LARGE.length} bytes, each to be checked for 16 signers`,
    ),
  );
  // With fewer keys it is only what it is.
  assert.match(refusal(bytes, trustInAll(p256(), p256())), /^signature-invalid/);
});

test('attack: signatures that no RSA key can have made in any scheme are told without hashing', () => {
  const stranger: Keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const one = signature(stranger, LARGE, 'sha256');
  // In six schemes with sixteen keys these would be 960 MiB.
  assert.match(refusal(bytesOf(envelope(LARGE, one, one)), trustInAll(...RSA)), /^signature-invalid/);
});

test('attack: many signatures over little, on a curve that takes long', () => {
  const stranger = P384[0];
  if (stranger === undefined) throw new Error('no key');
  const small = envelope(STATEMENT, ...many(16, () => signature(stranger, Buffer.from('other'), 'sha384')));
  const lines = many(8, () => JSON.stringify(small)).join('\n');
  assert.match(refusal(Buffer.from(lines), trustInAll(...P384)), TOO_MUCH);
});

test('attack: certificates of many signatures for each of several roots', async () => {
  const authority = await createAuthority();
  const { dsseEnvelope, verificationMaterial } = JSON.parse(Buffer.from(await authority.bundle()).toString());
  const cert = `-----BEGIN CERTIFICATE-----\n${verificationMaterial.certificate.rawBytes}\n-----END CERTIFICATE-----\n`;
  const [signer] = authority.trust.signers;
  if (signer?.kind !== 'identity' || authority.trust.roots.cluster === undefined) throw new Error('no identity');
  const names = ['a', 'b', 'c'];
  const trust: Trust = {
    signers: names.map((root) => ({ ...signer, root, subject: { exact: 'https://another.example' } })),
    roots: Object.fromEntries(names.map((root) => [root, authority.trust.roots.cluster])) as Trust['roots'],
  };
  const signatures = many(16, () => ({ ...dsseEnvelope.signatures[0], cert }));
  const line = JSON.stringify({ ...dsseEnvelope, signatures });
  assert.match(refusal(Buffer.from(many(8, () => line).join('\n')), trust), TOO_MUCH);
  assert.match(refusal(Buffer.from(line), trust), /^signer-not-allowed/);
});

test('attack: what is signed well beside something that could not be checked to its end', () => {
  const good = p256();
  const trust = trustInAll(good, ...many(15, p256));
  const one = signature(p256(), LARGE, 'sha256');
  const costly = JSON.stringify(envelope(LARGE, ...many(16, () => one)));
  for (const lines of [
    [JSON.stringify(envelopeBy(good)), costly],
    [costly, JSON.stringify(envelopeBy(good))],
  ]) {
    assert.match(refusal(Buffer.from(lines.join('\n')), trust), TOO_MUCH);
  }
  assert.is(refusal(Buffer.from(JSON.stringify(envelopeBy(good))), trust), 'accepted');
});

test.run();
