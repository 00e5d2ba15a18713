import { constants, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trust, TrustedKey } from '../../src/api/trust.ts';
import { fingerprintOf } from '../../src/verify/keys.ts';
import { rootOfAuthorities } from '../../src/verify/root-document.ts';
import { data, ec, entry, envelope, listed, outcome, pemOfDer, pemOfKey, signed, trusting } from './envelopes.ts';
import { IDENTITY, type Keys, p256, trustIn, trustInAuthority } from './fixtures.ts';
import { authorityWith, keyOf, make, pemOf } from './hostile-certificates.ts';

const test = suite('attacks with keys and signatures');
const good = p256();

/** The same key with its point compressed (RFC 5480, 2.2). */
function compressed({ publicKey }: Keys): string {
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-65);
  const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  return pemOfDer(Buffer.concat([head, Buffer.from([2 + ((point[64] ?? 0) & 1)]), point.subarray(1, 33)]));
}

test('attack: a threshold of two, met by one key in several spellings', () => {
  const spellings = [
    pemOfKey(good.publicKey),
    compressed(good),
    pemOfKey(good.publicKey).replaceAll('\n', '\r\n'),
    `text before\n${pemOfKey(good.publicKey)}text after\n`,
  ];
  for (const [index, spelling] of spellings.entries()) {
    assert.is(outcome(envelope(entry(signed(good))), listed(spelling)), 'accepted by 1', `spelling ${index}`);
    for (const other of spellings) {
      const two = trusting(2, listed(spelling), listed(other));
      assert.match(outcome(envelope(entry(signed(good))), two), /^signers-missing: 1: /);
      assert.match(outcome(envelope(entry(signed(good)), entry(signed(good))), two), /^signers-missing: 1: /);
    }
  }
  const both = trusting(2, listed(compressed(good)), trustIn(p256()), trustIn(ec('P-384')));
  assert.match(outcome(envelope(entry(signed(good)), entry(signed(p256()))), both), /^signers-missing/);
});

test('attack: a threshold of two, met by one RSA key for PKCS#1 and for PSS', () => {
  const rsa: Keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const der = rsa.publicKey.export({ type: 'spki', format: 'der' });
  // SEQUENCE { SEQUENCE { id-RSASSA-PSS }, BIT STRING } in place of { rsaEncryption, NULL }.
  const bits = der.subarray(24 - 5);
  const content = Buffer.concat([Buffer.from('300b06092a864886f70d01010a', 'hex'), bits]);
  const pss = pemOfDer(Buffer.concat([Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]), content]));
  assert.is(createPublicKey(pss).asymmetricKeyType, 'rsa-pss');
  const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const signatures = [entry(signed(rsa)), entry(signed(rsa, 'sha256', PSS))];
  assert.is(outcome(envelope(...signatures.slice(1)), listed(pss)), 'accepted by 1');
  assert.match(outcome(envelope(...signatures), trusting(2, trustIn(rsa), listed(pss))), /^signers-missing: 1: /);
});

const root = await make({ name: 'CN=root', extensions: authorityWith() });

test('attack: a threshold of two, met by one certificate twice, under two roots, or by its key without it', async () => {
  const leaf = await make({ by: root });
  const key = await keyOf(leaf);
  const signature = entry(sign('sha256', data, key), { cert: `${pemOf(leaf).trim()}\n` });
  const trust = trustInAuthority([pemOf(root)]);
  assert.is(outcome(envelope(signature), trust), 'accepted by 1');
  assert.match(outcome(envelope(signature, signature), { ...trust, threshold: 2 }), /^signers-missing/);
  const [identity] = trust.signers;
  if (identity?.kind !== 'identity') throw new Error('no identity');
  const twice: Trust = {
    signers: [identity, { ...identity, root: 'again' }],
    roots: { ...trust.roots, again: rootOfAuthorities([pemOf(root)]) },
    threshold: 2,
  };
  assert.match(outcome(envelope(signature, signature), twice), /^signers-missing: 1: /);
  const bare = trustIn({ publicKey: createPublicKey(key), privateKey: key });
  assert.match(outcome(envelope(signature, { sig: signature.sig }), trusting(2, trust, bare)), /^signers-missing: 1: /);
  // Two certificates for one key, and two for one name.
  const renamed = await make({ by: root, keys: leaf.keys, name: 'CN=other' });
  const again = entry(sign('sha256', data, key), { cert: `${pemOf(renamed).trim()}\n` });
  assert.match(outcome(envelope(signature, again), twice), /^signers-missing: 1: /);
  const second = await make({ by: root });
  const other = entry(sign('sha256', data, await keyOf(second)), { cert: `${pemOf(second).trim()}\n` });
  assert.match(outcome(envelope(signature, other), twice), /^signers-missing: 1: /);
});

test('attack: a good key of another workflow, under every name that a key id can give it', () => {
  const theirs = p256();
  const ids = ['', 'unknown', fingerprintOf(good.publicKey), fingerprintOf(theirs.publicKey), IDENTITY, '__proto__'];
  for (const keyid of ids) {
    const bytes = envelope(entry(signed(theirs), { keyid }));
    assert.match(outcome(bytes, trustIn(good)), /^signature-invalid/, keyid);
    assert.is(outcome(bytes, trustIn(theirs)), 'accepted by 1', keyid);
    const [signer] = trustIn(theirs).signers as readonly TrustedKey[];
    // Not even under the name of a key that is trusted: what the list says of a key is no proof either.
    const named: Trust = { signers: [{ ...(signer as TrustedKey), publicKey: pemOfKey(good.publicKey) }], roots: {} };
    assert.match(outcome(bytes, named), /^signature-invalid/, keyid);
  }
  // Each with the key id of the other.
  const swapped = envelope(
    entry(signed(good), { keyid: fingerprintOf(theirs.publicKey) }),
    entry(signed(theirs), { keyid: fingerprintOf(good.publicKey) }),
  );
  assert.is(outcome(swapped, trusting(2, trustIn(good), trustIn(theirs))), 'accepted by 2');
  const broken = envelope(
    entry(Buffer.alloc(70, 1), { keyid: fingerprintOf(good.publicKey) }),
    entry(signed(theirs), { keyid: fingerprintOf(good.publicKey) }),
  );
  assert.match(outcome(broken, trustIn(good)), /^signature-invalid/);
});

test('attack: keys that may not sign, in a list all the same', () => {
  const weak: readonly Keys[] = [
    generateKeyPairSync('rsa', { modulusLength: 1024 }),
    generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }),
    ec('secp256k1'),
    ec('P-224'),
  ];
  for (const keys of weak) {
    assert.ok(verify('sha256', data, keys.publicKey, signed(keys)), 'OpenSSL takes it');
    assert.match(outcome(envelope(entry(signed(keys))), trustIn(keys)), /^signature-invalid/);
  }
  const ed448: Keys = generateKeyPairSync('ed448');
  assert.match(outcome(envelope(entry(signed(ed448, null))), trustIn(ed448)), /^signature-invalid/);
  const { privateKey } = good;
  const secret = listed(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  assert.match(outcome(envelope(entry(signed(good))), secret), /^signature-invalid/);
  assert.match(outcome(envelope(entry(signed(good))), listed('')), /^signature-invalid/);
});

test('attack: hashes that do not belong to the curve', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['P-256', ['sha256'], ['sha384', 'sha512', 'sha3-256', 'sha512-256', 'sha224', 'sha1']],
    // Tools of Sigstore signed with SHA-256 on every curve for years.
    ['P-384', ['sha384', 'sha256'], ['sha512', 'sha3-384', 'sha224', 'sha1']],
    ['P-521', ['sha512', 'sha256'], ['sha384', 'sha3-512', 'sha224', 'sha1']],
  ];
  for (const [curve, fit, unfit] of cases) {
    const keys = ec(curve);
    for (const dsaEncoding of ['der', 'ieee-p1363']) {
      for (const hash of fit)
        assert.is(outcome(envelope(entry(signed(keys, hash, { dsaEncoding }))), trustIn(keys)), 'accepted by 1');
      for (const hash of unfit)
        assert.match(
          outcome(envelope(entry(signed(keys, hash, { dsaEncoding }))), trustIn(keys)),
          /^signature-invalid/,
        );
    }
  }
});

test('attack: the name of a trusted root that every object has', () => {
  for (const name of ['constructor', '__proto__', 'toString', 'missing']) {
    const trust = trustInAuthority([pemOf(root)]);
    const signers = trust.signers.map((each) => ({ ...each, root: name })) as Trust['signers'];
    assert.match(
      outcome(envelope(entry(signed(good), { cert: pemOf(root) })), { ...trust, signers }),
      /^signer-not-allowed: none/,
    );
  }
});

test.run();
