import { X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trust } from '../../src/api/trust.ts';
import { preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { crypto, x509 } from '../../src/pki/crypto.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { readTimestamp } from '../../src/verify/timestamp.ts';
import { bytesOf, STATEMENT } from './fixtures.ts';
import { authorityWith, derOf, type Made, make } from './hostile-certificates.ts';
import { createSigstore, type KeylessBundle, MINUTE, SIGNED_AT } from './sigstore.ts';

const test = suite('attacks on the time of a signature');
const sigstore = await createSigstore();
const YEARS_LATER = new Date(SIGNED_AT.getTime() + 3 * 365 * 24 * 60 * MINUTE);

type Root = typeof sigstore.root;

/** The time that was proven, or why none was. */
function outcome(bundle: object, trust: Trust, now = YEARS_LATER): string {
  const verdict = verifyAttestation(bytesOf(bundle), trust, now);
  if (!verdict.verified) return `${verdict.refusals[0].code}: ${verdict.refusals[0].found}`;
  const [signer] = verdict.signers;
  return signer.kind === 'certificate' ? `${signer.timeSource} ${signer.time}` : 'a key';
}

const untimed = await sigstore.bundle({ log: 'none' });
const signatureOf = ({ dsseEnvelope }: KeylessBundle): Buffer =>
  Buffer.from(dsseEnvelope.signatures[0]?.sig ?? '', 'base64');
const stampedWith = (...tokens: readonly string[]): object => ({
  ...untimed,
  verificationMaterial: {
    ...untimed.verificationMaterial,
    timestampVerificationData: { rfc3161Timestamps: tokens.map((signedTimestamp) => ({ signedTimestamp })) },
  },
});
/** No logs, and these timestamp authorities. */
const trustStamps = (timestampAuthorities: Root['timestampAuthorities']): Trust =>
  sigstore.trust({}, (root) => ({ ...root, tlogs: [], timestampAuthorities }));

/** What comes of a timestamp at that time over the signature. */
async function stampedAt(time: Date): Promise<string> {
  const authority = await createSigstore(time);
  const token = await authority.timestampOf(signatureOf(untimed));
  return outcome(stampedWith(token), trustStamps(authority.root.timestampAuthorities));
}

const leaf = new X509Certificate(Buffer.from(untimed.verificationMaterial.certificate.rawBytes, 'base64'));
const [start, end] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];

test('a timestamp from the first to the last instant of the certificate, with any fraction of a second', async () => {
  for (const time of [start, start + 1, start + 120, start + 500, start + 1250, end - 1, end]) {
    assert.is(await stampedAt(new Date(time)), `timestamp ${new Date(time).toISOString()}`);
  }
});

test('attack: a timestamp before or after the certificate, by a second or a thousandth', async () => {
  for (const time of [start - 1000, start - 500, start - 1, end + 1, end + 100, end + 1000, end + 60 * MINUTE]) {
    assert.match(await stampedAt(new Date(time)), /^certificate-invalid: one valid from/, new Date(time).toISOString());
  }
});

test('attack: an entry that was logged before or after the certificate held', async () => {
  for (const time of [start - 1000, end + 1000, end + 60 * MINUTE]) {
    const late = await createSigstore(SIGNED_AT, new Date(time));
    assert.match(outcome(await late.bundle(), late.trust()), /^certificate-invalid: one valid from/);
    // Not even a timestamp in time makes up for it: the certificate has to have held at all of its times.
    assert.match(outcome(await late.bundle({ timestamp: true }), late.trust()), /^certificate-invalid/);
  }
  const inTime = await createSigstore(SIGNED_AT, new Date(end));
  assert.is(outcome(await inTime.bundle(), inTime.trust()), `log ${new Date(end).toISOString()}`);
});

test('attack: a timestamp of another signature, also of one by the same signer over the same statement', async () => {
  const trust = trustStamps(sigstore.root.timestampAuthorities);
  const own = await sigstore.timestampOf(signatureOf(untimed));
  assert.match(outcome(stampedWith(own), trust), /^timestamp 20/);
  for (const other of [await sigstore.bundle({ log: 'v2' }), await sigstore.bundle({ log: 'none', timestamp: true })]) {
    const [replayed] = other.verificationMaterial.timestampVerificationData.rfc3161Timestamps;
    assert.match(outcome(stampedWith(replayed?.signedTimestamp ?? ''), trust), /^timestamp-invalid/);
    assert.match(outcome(stampedWith(own, replayed?.signedTimestamp ?? ''), trust), /^timestamp-invalid/);
  }
});

test('attack: a timestamp over the payload, what is signed, the envelope, or the signature in base64', async () => {
  const { dsseEnvelope } = untimed;
  const sig = dsseEnvelope.signatures[0]?.sig ?? '';
  for (const bytes of [
    STATEMENT,
    preAuthEncoding(PAYLOAD_TYPE, STATEMENT),
    Buffer.from(JSON.stringify(dsseEnvelope)),
    Buffer.from(sig),
    Buffer.alloc(0),
  ]) {
    const token = await sigstore.timestampOf(bytes);
    assert.match(outcome(stampedWith(token), trustStamps(sigstore.root.timestampAuthorities)), /^timestamp-invalid/);
  }
});

test('attack: a timestamp of an authority that nobody knows, or whose name and number are those of a known one', async () => {
  // The mock gives all of its authorities the same name and their certificates the same number.
  const stranger = await createSigstore();
  const token = await stranger.timestampOf(signatureOf(untimed));
  assert.match(outcome(stampedWith(token), trustStamps(sigstore.root.timestampAuthorities)), /^timestamp-invalid/);
  assert.match(
    outcome(stampedWith(token), trustStamps([])),
    /^certificate-invalid: one valid from/,
    'no authority, so receipt counts',
  );
  assert.match(outcome(stampedWith(token), trustStamps(stranger.root.timestampAuthorities)), /^timestamp 20/);
});

const { timeStamping, codeSigning } = x509.ExtendedKeyUsage;
const purposes = (...list: readonly string[]) => new x509.ExtendedKeyUsageExtension([...list], true);
const STAMPS = [new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true), purposes(timeStamping)];
const DAY = 86_400_000;

/** The keys of the timestamp authority as certificates are made with. */
async function stampKeys(): Promise<Made['keys']> {
  const { publicKey, privateKey } = sigstore.stampKeys;
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const [spki, pkcs8] = [
    publicKey.export({ type: 'spki', format: 'der' }),
    privateKey.export({ type: 'pkcs8', format: 'der' }),
  ];
  return {
    publicKey: await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
    privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
  };
}

/** Authorities for the same key, of the name and the number that its timestamps state, which differ in what they are given. */
async function certified(change: Parameters<typeof make>[0], rootChange: Parameters<typeof make>[0] = {}) {
  const long = { now: new Date(SIGNED_AT.getTime() - DAY), days: 9 };
  const top = await make({ name: 'CN=tsa, O=sigstore.mock', extensions: authorityWith(), ...long, ...rootChange });
  const signer = await make({
    ...{ name: 'CN=tsa signing, O=sigstore.mock', by: top, keys: await stampKeys(), serialNumber: '02' },
    ...{ extensions: STAMPS, ...long, ...change },
  });
  return { top, signer };
}

/** A root with one timestamp authority of these certificates. */
const chainOf = (...chain: readonly Made[]): Root['timestampAuthorities'] =>
  sigstore.root.timestampAuthorities.map((each) => ({
    ...each,
    certChain: { certificates: chain.map((made) => ({ rawBytes: derOf(made).toString('base64') })) },
  }));

test('attack: a certificate of the timestamp authority that had ended, had not begun, or has ended above it', async () => {
  const bundle = stampedWith(await sigstore.timestampOf(signatureOf(untimed)));
  const good = await certified({});
  assert.match(outcome(bundle, trustStamps(chainOf(good.signer, good.top))), /^timestamp 20/);
  const ended = { now: new Date(SIGNED_AT.getTime() - 9 * DAY), days: 1 };
  const early = { now: new Date(SIGNED_AT.getTime() + DAY), days: 1 };
  for (const [change, above] of [[ended], [early], [{}, ended], [{}, early]] as const) {
    const { signer, top } = await certified(change, above);
    assert.match(outcome(bundle, trustStamps(chainOf(signer, top))), /^timestamp-invalid/);
  }
});

test('attack: a certificate of the timestamp authority that is for something else, or that its root has not issued', async () => {
  const bundle = stampedWith(await sigstore.timestampOf(signatureOf(untimed)));
  const [signs] = STAMPS;
  if (signs === undefined) throw new Error('no usage');
  for (const extensions of [[signs], [signs, purposes(codeSigning)], [signs, purposes()]]) {
    const { signer, top } = await certified({ extensions });
    assert.match(
      outcome(bundle, trustStamps(chainOf(signer, top))),
      /^certificate-invalid: .*\/timestampAuthorities\/0.*timeStamping/,
    );
  }
  const { signer } = await certified({});
  const { top } = await certified({});
  assert.match(outcome(bundle, trustStamps(chainOf(signer, top))), /^timestamp-invalid/, 'a root of the same name');
  assert.match(outcome(bundle, trustStamps(chainOf(signer))), /^timestamp-invalid/, 'no root');
  assert.match(outcome(bundle, trustStamps(chainOf(top, signer))), /^certificate-invalid/, 'in the wrong order');
});

test('attack: a time that is no time, or that readers read differently', async () => {
  const half = await createSigstore(new Date(SIGNED_AT.getTime() + 500));
  const token = Buffer.from(await half.timestampOf(signatureOf(untimed)), 'base64');
  const digits = SIGNED_AT.toISOString().replaceAll(/[-:T]|\.\d+Z$/g, '');
  const at = token.indexOf(`${digits}.5Z`);
  assert.ok(at > 0, 'DER leaves out the zeros');
  assert.is(readTimestamp(token).signingTime.getTime(), SIGNED_AT.getTime() + 500);
  const written = (time: string): Buffer =>
    Buffer.concat([token.subarray(0, at), Buffer.from(time), token.subarray(at + time.length)]);
  for (const end of ['.0Z', ',5Z', '+01', '.5z', '. Z', 'Z\0\0', '.55', '05Z']) {
    assert.throws(() => readTimestamp(written(digits + end)), /without a time in UTC/, end);
  }
  for (const time of ['20261301120000', '20260230120000', '20260101240000', '20260101126000', '20260101120060']) {
    assert.throws(() => readTimestamp(written(`${time}.5Z`)), /without a time in UTC/, time);
  }
  // As UTCTime, which has two digits for the year.
  const tagged = Buffer.from(token);
  tagged.writeUInt8(0x17, at - 2);
  assert.throws(() => readTimestamp(tagged));
});

test.run();
