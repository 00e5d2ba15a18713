// deadline: 300
import { generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { type AttestBlob, type Attested, type Cosign, type CosignKey, type CosignVersion, cosign } from './cosign.ts';
import { type Sigstore, startSigstore } from './sigstore.ts';

/** As much of a Sigstore bundle as is looked at here. */
interface Bundle {
  readonly mediaType: string;
  readonly verificationMaterial: {
    readonly publicKey?: { readonly hint: string };
    readonly certificate?: { readonly rawBytes: string };
    readonly tlogEntries?: readonly {
      readonly kindVersion: { readonly kind: string; readonly version: string };
      readonly integratedTime?: string;
      readonly inclusionPromise?: unknown;
      readonly inclusionProof: { readonly checkpoint: { readonly envelope: string } };
    }[];
    readonly timestampVerificationData?: { readonly rfc3161Timestamps?: readonly unknown[] };
  };
  readonly dsseEnvelope: { readonly payloadType: string; readonly payload: string; readonly signatures: unknown[] };
}

const BLOB = 'what was built';
const OTHER = 'something else';
const TYPE = 'https://proviso.test/check/v1';
const EMAIL = 'dev@proviso.test';
const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const content = { blob: BLOB, predicate: { passed: true }, type: TYPE };

let sigstore: Sigstore;
const tokenSigner = async () =>
  ({ kind: 'token', token: await sigstore.token({ kind: 'email', email: EMAIL }) }) as const;
const parse = (attested: Attested): Bundle => JSON.parse(attested.bundle) as Bundle;
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: Error) => error.message,
  );

for (const version of ['v2', 'v3'] satisfies readonly CosignVersion[]) {
  const test = suite(`cosign ${version}`);
  const tool: Cosign = cosign(version);
  let key: CosignKey;
  test.before(async () => {
    sigstore = await startSigstore();
    key = await tool.generateKeyPair();
  });
  test.after(() => sigstore.stop());

  const byKey = (): { kind: 'key'; publicKey: string } => ({ kind: 'key', publicKey: key.publicKey });
  const byIdentity = (subject = EMAIL) => ({ kind: 'identity', subject, issuer: sigstore.issuers.email }) as const;
  const attest = (options: Omit<AttestBlob, 'blob' | 'predicate' | 'type' | 'statement'>): Promise<Attested> =>
    tool.attestBlob({ ...content, ...options });

  test('a key pair is encrypted, and the wrong password opens nothing', async () => {
    assert.match(key.privateKey, /^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----\n/);
    assert.match(key.publicKey, /^-----BEGIN PUBLIC KEY-----\n/);
    const wrong = { kind: 'key', key: { ...key, password: 'guess' } } as const;
    assert.match(await refusal(attest({ signer: wrong })), /decrypt/);
  });

  test('with a key: a bundle with nothing but the signature, accepted for that blob, type and key only', async () => {
    const attested = await attest({ signer: { kind: 'key', key } });
    const { mediaType, verificationMaterial, dsseEnvelope } = parse(attested);
    assert.is(mediaType, MEDIA_TYPE);
    assert.ok(verificationMaterial.publicKey !== undefined && verificationMaterial.certificate === undefined);
    assert.is(verificationMaterial.tlogEntries?.length ?? 0, 0);
    assert.is(dsseEnvelope.signatures.length, 1);
    const asked = { subject: { blob: BLOB }, attested, type: TYPE, signer: byKey() };
    await tool.verifyBlobAttestation(asked);
    const wrong = { kind: 'key', publicKey: (await tool.generateKeyPair()).publicKey } as const;
    for (const change of [{ subject: { blob: OTHER } }, { type: `${TYPE}0` }, { signer: wrong }]) {
      assert.match(await refusal(tool.verifyBlobAttestation({ ...asked, ...change })), /ended with/);
    }
  });

  test('keyless with Rekor v1: certificate, timestamp, and an entry with a signed time and a proof', async () => {
    const attested = await attest({ signer: await tokenSigner(), sigstore, log: 'rekor-v1', timestamp: true });
    const { mediaType, verificationMaterial } = parse(attested);
    assert.is(mediaType, MEDIA_TYPE);
    assert.ok(verificationMaterial.certificate !== undefined && verificationMaterial.publicKey === undefined);
    assert.is(verificationMaterial.timestampVerificationData?.rfc3161Timestamps?.length, 1);
    const [entry, ...more] = verificationMaterial.tlogEntries ?? [];
    assert.is(more.length, 0);
    assert.equal(entry?.kindVersion, { kind: 'dsse', version: '0.0.1' });
    assert.ok(Number(entry?.integratedTime) > 0 && entry?.inclusionPromise !== undefined);
    assert.match(entry?.inclusionProof.checkpoint.envelope ?? '', /^rekor-v1\.proviso\.test - \d+\n/);
    const asked = { subject: { blob: BLOB }, attested, type: TYPE, sigstore, log: true, timestamp: true };
    await tool.verifyBlobAttestation({ ...asked, signer: byIdentity() });
    const another = { ...asked, signer: byIdentity('other@proviso.test') };
    assert.match(
      await refusal(tool.verifyBlobAttestation(another)),
      /expected SAN value "other@proviso.test", got "dev@proviso.test"/,
    );
  });

  test('keyless with Rekor v2: an entry with a proof and without a time, which takes a timestamp', async () => {
    const options = { signer: await tokenSigner(), sigstore, log: 'rekor-v2' } as const;
    const attested = await attest({ ...options, timestamp: true });
    const [entry] = parse(attested).verificationMaterial.tlogEntries ?? [];
    // It logs the hash of what a DSSE signature is over, as if that were the artifact.
    assert.equal(entry?.kindVersion, { kind: 'hashedrekord', version: '0.0.2' });
    assert.ok(entry?.inclusionPromise === undefined && Number(entry?.integratedTime ?? 0) === 0);
    assert.match(entry?.inclusionProof.checkpoint.envelope ?? '', /^rekor-v2\.proviso\.test\n/);
    const signer = byIdentity();
    const asked = { subject: { blob: BLOB }, attested, type: TYPE, signer, sigstore, log: true, timestamp: true };
    await tool.verifyBlobAttestation(asked);
    assert.match(await refusal(attest(options)), /timestamp/);
  });

  test('legacy with a key: a DSSE envelope, and beside it a log entry with a signed time', async () => {
    const attested = await attest({ signer: { kind: 'key', key }, sigstore, form: 'legacy', log: 'rekor-v1' });
    const { base64Signature, rekorBundle, cert } = JSON.parse(attested.bundle) as Record<string, unknown>;
    assert.is(cert, undefined);
    assert.is(Buffer.from(String(base64Signature), 'base64').toString(), attested.envelope);
    const { SignedEntryTimestamp } = rekorBundle as { SignedEntryTimestamp: string };
    assert.ok(SignedEntryTimestamp.length > 0);
    const asked = { subject: { blob: BLOB }, type: TYPE, signer: byKey(), sigstore };
    await tool.verifyBlobAttestation({ ...asked, attested, log: true });
    const bare = { envelope: attested.envelope ?? '' };
    await tool.verifyBlobAttestation({ subject: { blob: BLOB }, attested: bare, type: TYPE, signer: byKey() });
  });

  test('legacy and keyless: the same with a certificate, and on demand a timestamp in a file of its own', async () => {
    const options = { signer: await tokenSigner(), sigstore, form: 'legacy', log: 'rekor-v1' } as const;
    const attested = await attest({ ...options, timestamp: true });
    const { cert } = JSON.parse(attested.bundle) as { cert: string };
    assert.is(Buffer.from(cert, 'base64').toString(), attested.certificate);
    assert.match(attested.timestamp ?? '', /^\{"SignedRFC3161Timestamp":"/);
    const asked = { subject: { blob: BLOB }, attested, type: TYPE, signer: byIdentity(), sigstore, log: true };
    await tool.verifyBlobAttestation(asked);
    const outcome = await refusal(tool.verifyBlobAttestation({ ...asked, timestamp: true }));
    // cosign v3 has another thing stamped than it looks for.
    assert.match(outcome, version === 'v2' ? /^accepted$/ : /hashed messages don't match/);
  });

  test('an RSA key that was imported signs and is accepted', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const imported = await tool.importKeyPair(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    const attested = await attest({ signer: { kind: 'key', key: imported } });
    const signer = { kind: 'key', publicKey: imported.publicKey } as const;
    await tool.verifyBlobAttestation({ subject: { blob: BLOB }, attested, type: TYPE, signer });
  });

  test('a statement of ours is signed byte for byte', async () => {
    const statement = JSON.stringify(statementOf('5'.repeat(64)), undefined, 1);
    const { bundle } = await tool.attestBlob({ statement, signer: { kind: 'key', key } });
    const { dsseEnvelope } = JSON.parse(bundle) as Bundle;
    assert.is(Buffer.from(dsseEnvelope.payload, 'base64').toString(), statement);
    assert.is(dsseEnvelope.payloadType, 'application/vnd.in-toto+json');
  });

  test('a bundle that cosign had no part in is accepted for its digest and its key, and for no others', async () => {
    const ours = generateTestKey();
    const sha256 = 'a'.repeat(64);
    const bundle = signedBundle(Buffer.from(JSON.stringify(statementOf(sha256))), ours).toString();
    const signer = { kind: 'key', publicKey: ours.publicPem } as const;
    const asked = { subject: { sha256 }, attested: { bundle }, type: TYPE, signer };
    await tool.verifyBlobAttestation(asked);
    for (const change of [{ subject: { sha256: 'b'.repeat(64) } }, { signer: byKey() }]) {
      assert.match(await refusal(tool.verifyBlobAttestation({ ...asked, ...change })), /ended with/);
    }
  });

  test.run();
}

function statementOf(sha256: string): unknown {
  const subject = [{ name: 'app', digest: { sha256 } }];
  return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType: TYPE, predicate: { passed: true } };
}
