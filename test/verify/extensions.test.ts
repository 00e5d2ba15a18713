import { createPrivateKey } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signWithCertificate } from '../../src/cli/signer/sign.ts';
import { validity } from '../../src/pki/authority.ts';
import { crypto, ECDSA_P256, exportPrivateKey, generateKeys, x509 } from '../../src/pki/crypto.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { oidText, readElements } from '../../src/verify/der.ts';
import { extensionFault } from '../../src/verify/extensions.ts';
import { IDENTITY, NOW, STATEMENT, trustInAuthority } from './fixtures.ts';

const test = suite('what certificates may be used for');
const authorityKeys = await generateKeys();
const leafKeys = await generateKeys();
const leafKey = createPrivateKey(await exportPrivateKey(leafKeys.privateKey));

const usage = (flags: number) => new x509.KeyUsagesExtension(flags, true);
const { digitalSignature, keyCertSign, keyEncipherment } = x509.KeyUsageFlags;
const purposes = (...values: readonly string[]) => new x509.ExtendedKeyUsageExtension([...values]);
const { codeSigning, serverAuth } = x509.ExtendedKeyUsage;
const constraints = (ca: boolean, pathLength?: number) => new x509.BasicConstraintsExtension(ca, pathLength, true);
const NAME = new x509.SubjectAlternativeNameExtension([{ type: 'url', value: IDENTITY }], true);
const NULL = new Uint8Array([0x05, 0x00]);
/** One that nothing here knows, or that nothing here evaluates. */
const extension = (oid: string, critical: boolean, value = NULL) => new x509.Extension(oid, critical, value);
const NAME_CONSTRAINTS = '2.5.29.30';

const LEAF = [constraints(false), usage(digitalSignature), purposes(codeSigning), NAME];
const AUTHORITY = [constraints(true, 0), usage(keyCertSign)];

async function certificate(name: string, keys: typeof leafKeys, extensions: readonly x509.Extension[]) {
  const made = await x509.X509CertificateGenerator.create(
    {
      serialNumber: '01',
      subject: name,
      issuer: 'CN=given',
      ...validity(NOW, 600_000),
      signingAlgorithm: ECDSA_P256,
      publicKey: keys.publicKey,
      signingKey: authorityKeys.privateKey,
      extensions: [...extensions],
    },
    crypto,
  );
  return made.toString('pem');
}

/** `accepted`, or the code and what was found. */
async function outcome(leaf: readonly x509.Extension[], authority: readonly x509.Extension[] = AUTHORITY) {
  const roots = [await certificate('CN=given', authorityKeys, authority)];
  const trust = trustInAuthority(roots);
  const bundle = signWithCertificate(leafKey, await certificate('', leafKeys, leaf), STATEMENT);
  const verdict = verifyAttestation(bundle, trust, NOW);
  return verdict.verified ? 'accepted' : `${verdict.refusals[0].code}: ${verdict.refusals[0].found}`;
}

test('what a given authority has to be like, and what it may be like', async () => {
  assert.is(await outcome(LEAF), 'accepted');
  assert.is(await outcome(LEAF, [constraints(true)]), 'accepted', 'no key usage limits nothing');
  assert.is(await outcome(LEAF, [constraints(true, 3), usage(keyCertSign), purposes(codeSigning)]), 'accepted');
  assert.is(await outcome([...LEAF, extension('1.2.3.4', false)]), 'accepted', 'what is not critical may be unknown');
});

test('attack: a leaf that is for something else', async () => {
  const cases: readonly (readonly [readonly x509.Extension[], RegExp])[] = [
    [[usage(keyEncipherment), purposes(codeSigning), NAME], /lacks digitalSignature/],
    [[purposes(codeSigning), NAME], /without a key usage/],
    [[usage(digitalSignature | keyCertSign), purposes(codeSigning), NAME], /keyCertSign/],
    [[constraints(true), usage(digitalSignature), purposes(codeSigning), NAME], /authority/],
    [[constraints(false, 0), usage(digitalSignature), purposes(codeSigning), NAME], /path length/],
    [[usage(digitalSignature), purposes(serverAuth), NAME], /1\.3\.6\.1\.5\.5\.7\.3\.1, which isn't code signing/],
    [[usage(digitalSignature), purposes('2.5.29.37.0'), NAME], /2\.5\.29\.37\.0, which isn't code signing/],
    [[usage(digitalSignature), NAME], /no stated purpose/],
    [[NAME], /without a key usage/],
  ];
  for (const [extensions, words] of cases) {
    const said = await outcome(extensions);
    assert.match(said, /^certificate-invalid: /);
    assert.match(said, words);
  }
});

test('attack: a critical extension that nobody here understands, on the leaf and on the authority', async () => {
  assert.match(await outcome([...LEAF, extension('1.2.3.4', true)]), /critical extension 1\.2\.3\.4/);
  assert.match(await outcome(LEAF, [...AUTHORITY, extension('1.2.3.4', true)]), /critical extension 1\.2\.3\.4/);
  assert.match(await outcome(LEAF, [...AUTHORITY, extension('2.5.29.36', true)]), /critical extension 2\.5\.29\.36/);
  for (const critical of [true, false]) {
    assert.match(await outcome([...LEAF, extension(NAME_CONSTRAINTS, critical)]), /name constraints/);
    assert.match(await outcome(LEAF, [...AUTHORITY, extension(NAME_CONSTRAINTS, critical)]), /name constraints/);
  }
});

test('attack: an authority that may not issue such certificates', async () => {
  assert.match(await outcome(LEAF, [constraints(false), usage(keyCertSign)]), /no authority/);
  assert.match(await outcome(LEAF, []), /no authority/);
  assert.match(await outcome(LEAF, [constraints(true), usage(digitalSignature)]), /lacks keyCertSign/);
  assert.match(await outcome(LEAF, [...AUTHORITY, purposes(serverAuth)]), /limited to 1\.3\.6\.1\.5\.5\.7\.3\.1/);
});

test('attack: an extension that stands twice, so that readers would differ', async () => {
  const twice = await outcome([...LEAF, purposes(serverAuth)]);
  assert.match(twice, /^certificate-invalid: .*stands twice/);
});

test('DER that is none is refused and never thrown', () => {
  const bytes = (...values: readonly number[]) => Buffer.from(values);
  const cases = [
    bytes(),
    bytes(0x30),
    bytes(0x30, 0x80, 0, 0),
    bytes(0x30, 0x81, 0x01, 0x00),
    bytes(0x30, 0x05, 0x30),
    bytes(0x3f, 0x00),
    bytes(0x30, 0x85, 1, 1, 1, 1, 1),
    bytes(0x30, 0x02, 0x30, 0x00),
    bytes(0x30, 0x00),
  ];
  for (const der of cases) assert.type(extensionFault(der, 'leaf'), 'string');
  assert.throws(() => readElements(bytes(0x30, 0x81, 0x01, 0x00)), /leading zeros/);
  assert.is(oidText(bytes(0x2b, 6, 1, 4, 1, 0x83, 0xbf, 0x30, 1, 8)), '1.3.6.1.4.1.57264.1.8');
  assert.is(oidText(bytes(0x88, 0x37, 3)), '2.999.3');
  // Read leniently these would be code signing.
  assert.throws(() => oidText(bytes(0x2b, 6, 1, 5, 5, 7, 3, 0x80, 3)), /padding/);
  assert.throws(() => oidText(bytes(0x2b, 6, 1, 5, 5, 7, 3, 3, 0x81)), /cut off/);
  assert.throws(() => oidText(bytes()), /cut off/);
});

test.run();
