import { createPrivateKey } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signWithCertificate } from '../../src/cli/signer/sign.ts';
import { openAuthority, validity } from '../../src/pki/authority.ts';
import { crypto, ECDSA_P256, exportPrivateKey, generateKeys, x509 } from '../../src/pki/crypto.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { issueLeaf } from '../support/authorities.ts';
import { createAuthority, IDENTITY, NOW, STATEMENT } from './fixtures.ts';

const test = suite('verify with certificates');
const authority = await createAuthority();
const P256_KEYS = await generateKeys();

function refused(bytes: Uint8Array, code: string, trust = authority.trust, at = NOW): string {
  const verdict = verifyAttestation(bytes, trust, at);
  if (verdict.verified) throw new Error('it was accepted');
  assert.is(verdict.refusals[0].code, code, JSON.stringify(verdict.refusals));
  return `${verdict.refusals[0].expected} | ${verdict.refusals[0].found}`;
}

const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);

const DIGITAL_SIGNATURE = new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true);

/** A bundle with a certificate of the authority that differs in one respect from those it really issues. */
const odd = (extensions: readonly x509.Extension[], given?: typeof P256_KEYS): Promise<Uint8Array> =>
  raw([DIGITAL_SIGNATURE, ...extensions], given);

/** The same with these extensions and no others. */
async function raw(extensions: readonly x509.Extension[], given?: typeof P256_KEYS): Promise<Uint8Array> {
  const issuer = await openAuthority(authority.pair);
  const keys = given ?? (await generateKeys());
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '01',
      issuer: issuer.certificate.subject,
      ...validity(NOW, 600_000),
      signingAlgorithm: ECDSA_P256,
      publicKey: keys.publicKey,
      signingKey: issuer.key,
      extensions: [...extensions],
    },
    crypto,
  );
  // What may not sign doesn't sign here either: another key does then, and the certificate is refused before that is seen.
  const { privateKey } = keys.privateKey.algorithm.name === 'ECDSA' ? keys : P256_KEYS;
  const key = createPrivateKey(await exportPrivateKey(privateKey));
  return signWithCertificate(key, certificate.toString('pem'), STATEMENT);
}

const CODE_SIGNING = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.codeSigning]);
const named = (...values: readonly string[]) =>
  new x509.SubjectAlternativeNameExtension(
    values.map((value) => ({ type: 'url' as const, value })),
    true,
  );

test('attack: a leaf that a leaf has issued; its issuer has no name', async () => {
  const { leaf, key } = await issueLeaf(authority.pair, NOW);
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const forged = await issueLeaf({ certificate: leaf, privateKey }, NOW);
  const reason = refused(signWithCertificate(forged.key, forged.leaf, STATEMENT), 'certificate-invalid');
  assert.match(reason, /one issued by 'nobody'/);
});

test('a certificate for exactly the identity', async () => {
  const verdict = verifyAttestation(await authority.bundle(), authority.trust, NOW);
  assert.is(verdict.verified, true, JSON.stringify(verdict));
  if (!verdict.verified) return;
  const [signer] = verdict.signers;
  assert.is(signer.kind === 'certificate' && signer.identity, IDENTITY);
  assert.is(signer.kind === 'certificate' && signer.issuer, 'https://kubernetes.default.svc');
});

test('attack: identities that resemble the allowed one', async () => {
  const others = [
    `${IDENTITY}-evil`,
    IDENTITY.slice(0, -1),
    IDENTITY.replace('shop', 'sh.p'),
    'https://example.com/',
    '.*',
  ];
  for (const identity of others) {
    assert.match(refused(await authority.bundle(identity), 'signer-not-allowed'), /proviso-build/);
  }
});

test('attack: a certificate with several names, no name, or the name as another type', async () => {
  refused(await odd([CODE_SIGNING, named(IDENTITY, 'https://example.com/')]), 'signer-not-allowed');
  refused(await odd([CODE_SIGNING]), 'signer-not-allowed');
  const dns = new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'kubernetes.io' }]);
  refused(await odd([CODE_SIGNING, dns]), 'signer-not-allowed');
  const sly = named(`https://example.com/, URI:${IDENTITY}`);
  refused(await odd([CODE_SIGNING, sly]), 'signer-not-allowed');
});

test('attack: a certificate that is not for signing code', async () => {
  const server = new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]);
  refused(await odd([server, named(IDENTITY)]), 'certificate-invalid');
  refused(await odd([named(IDENTITY)]), 'certificate-invalid');
  const ca = new x509.BasicConstraintsExtension(true, undefined, true);
  refused(await odd([ca, CODE_SIGNING, named(IDENTITY)]), 'certificate-invalid');
});

test('attack: a certificate for a key of another kind', async () => {
  const small = {
    name: 'RSASSA-PKCS1-v1_5',
    hash: 'SHA-256',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const rsa = (await crypto.subtle.generateKey(small, true, ['sign', 'verify'])) as typeof P256_KEYS;
  assert.match(refused(await odd([CODE_SIGNING, named(IDENTITY)], rsa), 'certificate-invalid'), /rsa of 1024 bits/);
  const verdict = verifyAttestation(await odd([CODE_SIGNING, named(IDENTITY)], P256_KEYS), authority.trust, NOW);
  assert.is(verdict.verified, true, 'only the key may be what is refused');
});

test('attack: before and after its ten minutes', async () => {
  const bundle = await authority.bundle();
  assert.match(refused(bundle, 'certificate-invalid', authority.trust, minutes(11)), /valid at 2026-05-05T12:11/);
  refused(bundle, 'certificate-invalid', authority.trust, minutes(-5));
});

test('attack: another authority of the same name, and none at all', async () => {
  const twin = await createAuthority();
  refused(await twin.bundle(), 'certificate-invalid');
  refused(await authority.bundle(), 'signer-not-allowed', { signers: [], roots: {} });
  refused(await authority.bundle(), 'signer-not-allowed', { ...authority.trust, roots: {} });
});

test('attack: the authority itself as a leaf, and damaged DER', async () => {
  const key = createPrivateKey(authority.pair.privateKey);
  refused(signWithCertificate(key, authority.pair.certificate, STATEMENT), 'certificate-invalid');
  const bundle = JSON.parse(Buffer.from(await authority.bundle()).toString()) as {
    verificationMaterial: { certificate: { rawBytes: string } };
  };
  const der = Buffer.from(bundle.verificationMaterial.certificate.rawBytes, 'base64');
  const pem = `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
  for (const bytes of [der.subarray(0, der.length / 2), Buffer.concat([der, Buffer.from('tail')]), Buffer.from(pem)]) {
    bundle.verificationMaterial.certificate.rawBytes = bytes.toString('base64');
    refused(Buffer.from(JSON.stringify(bundle)), 'certificate-invalid');
  }
});

test('attack: the certificate of one, the signature of another', async () => {
  const [mine, theirs] = await Promise.all([authority.bundle(), authority.bundle()]);
  const read = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;
  const mixed = { ...read(mine), dsseEnvelope: read(theirs).dsseEnvelope };
  refused(Buffer.from(JSON.stringify(mixed)), 'signature-invalid');
});

test.run();
