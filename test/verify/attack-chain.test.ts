import { sign, X509Certificate } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trust } from '../../src/api/trust.ts';
import { preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { ECDSA_P256, generateKeys, x509 } from '../../src/pki/crypto.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { rootDocument } from '../../src/verify/root-document.ts';
import { bytesOf, NOW, STATEMENT, trustInAuthority } from './fixtures.ts';
import {
  authorityWith,
  CODE_SIGNING,
  derOf,
  FOR_SIGNING,
  keyOf,
  LEAF,
  type Made,
  make,
  pemOf,
} from './hostile-certificates.ts';

const test = suite('attacks on the chain of certificates');

const data = preAuthEncoding(PAYLOAD_TYPE, STATEMENT);

/** An envelope as Witness writes it: the one form that brings intermediates. */
async function signedWith(leaf: Made, ...intermediates: readonly Made[]): Promise<Uint8Array> {
  const pem = (made: Made) => Buffer.from(`${pemOf(made).trim()}\n`).toString('base64');
  const sig = sign('sha256', data, await keyOf(leaf)).toString('base64');
  const signature = { keyid: '', sig, certificate: pem(leaf), intermediates: intermediates.map(pem) };
  return bytesOf({ payload: STATEMENT.toString('base64'), payloadType: PAYLOAD_TYPE, signatures: [signature] });
}

/** `accepted`, or what was found. */
function outcome(bytes: Uint8Array, trust: Trust, now = NOW): string {
  const verdict = verifyAttestation(bytes, trust, now);
  return verdict.verified ? 'accepted' : `${verdict.refusals[0].code}: ${verdict.refusals[0].found}`;
}

const root = await make({ name: 'CN=root', extensions: authorityWith() });
const trust = trustInAuthority([pemOf(root)]);
const under = (by: Made, name: string, extensions = authorityWith()) => make({ name, by, extensions });

test('intermediates of the container, in any order, doubled, and with the root among them', async () => {
  const upper = await under(root, 'CN=upper');
  const lower = await under(upper, 'CN=lower');
  const leaf = await make({ by: lower });
  for (const chain of [
    [lower, upper],
    [upper, lower],
    [lower, lower, upper, root, root],
  ]) {
    assert.is(outcome(await signedWith(leaf, ...chain), trust), 'accepted');
  }
  assert.match(outcome(await signedWith(leaf, lower), trust), /one issued by 'CN=lower'/);
  assert.match(outcome(await signedWith(leaf), trust), /one issued by 'CN=lower'/);
});

test('attack: a root of the sender among the intermediates', async () => {
  const own = await make({ name: 'CN=root', extensions: authorityWith() });
  const leaf = await make({ by: own });
  assert.match(outcome(await signedWith(leaf, own), trust), /^certificate-invalid: one issued by 'CN=root'/);
  assert.match(outcome(await signedWith(leaf, own, root), trust), /^certificate-invalid/);
});

test('attack: a leaf as an issuer, and intermediates that may not issue', async () => {
  const { serverAuth } = x509.ExtendedKeyUsage;
  const unfit = [
    LEAF,
    authorityWith(undefined, new x509.ExtendedKeyUsageExtension([serverAuth])),
    authorityWith(undefined, new x509.Extension('2.5.29.30', false, new Uint8Array([0x30, 0]))),
    authorityWith(undefined, new x509.Extension('1.2.3.4', true, new Uint8Array([5, 0]))),
    [new x509.BasicConstraintsExtension(true, undefined, true), new x509.KeyUsagesExtension(1, true)],
  ];
  for (const extensions of unfit) {
    const middle = await under(root, 'CN=middle', extensions);
    assert.match(outcome(await signedWith(await make({ by: middle }), middle), trust), /^certificate-invalid/);
  }
});

test('attack: path lengths that leave no room for the intermediates of the container', async () => {
  const bounded = async (length: number, count: number): Promise<string> => {
    const top = await make({ name: 'CN=top', extensions: authorityWith(length) });
    const chain: Made[] = [];
    for (let index = 0; index < count; index++) chain.unshift(await under(chain[0] ?? top, `CN=level ${index}`));
    const leaf = await make({ by: chain[0] ?? top });
    return outcome(await signedWith(leaf, ...chain), trustInAuthority([pemOf(top)]));
  };
  assert.is(await bounded(0, 0), 'accepted');
  assert.is(await bounded(2, 2), 'accepted');
  assert.match(await bounded(0, 1), /^certificate-invalid/);
  assert.match(await bounded(1, 2), /^certificate-invalid/);
  assert.match(await bounded(9, 4), /^certificate-invalid/, 'more than three');
  const lower = await under(root, 'CN=lower', authorityWith(0));
  const lowest = await under(lower, 'CN=lowest');
  assert.match(outcome(await signedWith(await make({ by: lowest }), lowest, lower), trust), /^certificate-invalid/);
});

test('attack: a path length of 0 that is written with a leading zero, and read as none', async () => {
  const constraints = new Uint8Array([0x30, 0x07, 0x01, 0x01, 0xff, 0x02, 0x02, 0x00, 0x00]);
  const top = await make({
    name: 'CN=top',
    extensions: [new x509.Extension('2.5.29.19', true, constraints), ...authorityWith().slice(1)],
  });
  const middle = await under(top, 'CN=middle');
  const said = outcome(await signedWith(await make({ by: middle }), middle), trustInAuthority([pemOf(top)]));
  assert.match(said, /^certificate-invalid/);
});

test('attack: certificates that a stranger has made for each other are not checked against each other', async () => {
  const keys = await generateKeys();
  const stranger = { name: 'CN=root', keys };
  const forest = await Promise.all(
    Array.from({ length: 9 }, () => make({ name: 'CN=root', keys, by: stranger, extensions: authorityWith() })),
  );
  const bytes = await signedWith(await make({ by: stranger }), ...forest);
  let checks = 0;
  const { verify } = X509Certificate.prototype;
  X509Certificate.prototype.verify = function counted(key) {
    checks++;
    return verify.call(this, key);
  };
  try {
    assert.match(outcome(bytes, trust), /^certificate-invalid/);
  } finally {
    X509Certificate.prototype.verify = verify;
  }
  // Each of the ten is asked once whether the root has issued it.
  assert.ok(checks > 0 && checks <= 10, String(checks));
});

test('attack: authorities that have issued each other in a circle', async () => {
  const [one, two] = [await generateKeys(), await generateKeys()];
  const [first, second] = [
    { name: 'CN=one', keys: one },
    { name: 'CN=two', keys: two },
  ];
  const a = await make({ ...first, by: second, extensions: authorityWith() });
  const b = await make({ ...second, by: first, extensions: authorityWith() });
  const leaf = await make({ by: first });
  assert.match(outcome(await signedWith(leaf, a, b), trust), /^certificate-invalid/);
  // With one of them trusted the circle has an end.
  assert.is(outcome(await signedWith(leaf, a, b), trustInAuthority([pemOf(b)])), 'accepted');
});

test('attack: a certificate whose signature is over SHA-1', async () => {
  const algorithm = { ...ECDSA_P256, hash: 'SHA-1' };
  const leaf = await make({ by: root, algorithm });
  assert.ok(new X509Certificate(derOf(leaf)).verify(new X509Certificate(derOf(root)).publicKey), 'OpenSSL takes it');
  assert.match(outcome(await signedWith(leaf), trust), /^certificate-invalid: .*not over SHA-256/);
  const middle = await make({ name: 'CN=middle', by: root, extensions: authorityWith(), algorithm });
  assert.match(outcome(await signedWith(await make({ by: middle }), middle), trust), /^certificate-invalid/);
  for (const hash of ['SHA-256', 'SHA-384', 'SHA-512']) {
    assert.is(
      outcome(await signedWith(await make({ by: root, algorithm: { ...ECDSA_P256, hash } })), trust),
      'accepted',
    );
  }
});

const RSA = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };

test('an authority with an RSA key, PKCS#1 and PSS; attack: the same over SHA-1', async () => {
  for (const name of ['RSASSA-PKCS1-v1_5', 'RSA-PSS']) {
    for (const hash of ['SHA-256', 'SHA-512', 'SHA-1']) {
      const algorithm = { ...RSA, name, hash, saltLength: 32 };
      const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as Made['keys'];
      const top = await make({ name: 'CN=rsa', keys, extensions: authorityWith(), algorithm });
      const said = outcome(await signedWith(await make({ by: top, algorithm })), trustInAuthority([pemOf(top)]));
      if (hash === 'SHA-1') assert.match(said, /^certificate-invalid: .*not over SHA-256/, name);
      else assert.is(said, 'accepted', `${name} ${hash}`);
    }
  }
});

test('attack: a certificate before its publication (precertificate)', async () => {
  const poison = new x509.Extension('1.3.6.1.4.1.11129.2.4.3', true, new Uint8Array([5, 0]));
  const leaf = await make({ by: root, extensions: [...LEAF, poison] });
  assert.match(outcome(await signedWith(leaf), trust), /critical extension 1\.3\.6\.1\.4\.1\.11129\.2\.4\.3/);
});

const rootUntil = (end: string, ...authorities: readonly Made[]): Trust => {
  const given = trustInAuthority(authorities.map(pemOf));
  const document = JSON.parse(given.roots.cluster?.json ?? '');
  document.certificateAuthorities[0].validFor.end = end;
  return { ...given, roots: { cluster: rootDocument(JSON.stringify(document)) } };
};

test('what is said of a chain that did not hold is about the chain, not about the leaf alone', async () => {
  const bytes = await signedWith(await make({ by: root }));
  assert.match(outcome(bytes, rootUntil('2026-05-05T11:59:30Z', root)), /to 2026-05-05T11:59:30\.000Z, with its auth/);
  assert.match(outcome(bytes, rootUntil('2021-01-01T00:00:00Z', root)), /at no time/);
});

test('of several ways to authorities one that holds is enough, also the longer one', async () => {
  const old = await make({ name: 'CN=old', extensions: authorityWith() });
  // The same authority, known by itself until it was retired, and from then on by another.
  const crossed = await make({ name: 'CN=old', keys: old.keys, by: root, extensions: authorityWith() });
  const retired = rootUntil('2021-01-01T00:00:00Z', old, root);
  const leaf = await make({ by: old });
  assert.is(outcome(await signedWith(leaf, crossed), retired), 'accepted');
  assert.match(outcome(await signedWith(leaf), retired), /^certificate-invalid/);
});

test('attack: intermediates that have ended, or that hold longer than who issued them', async () => {
  const past = new Date(NOW.getTime() - 10 * 86_400_000);
  const ended = await make({ name: 'CN=ended', by: root, extensions: authorityWith(), now: past });
  assert.match(outcome(await signedWith(await make({ by: ended }), ended), trust), /^certificate-invalid/);
  const short = await make({ name: 'CN=short', extensions: authorityWith(), now: past });
  const long = await make({ name: 'CN=long', by: short, extensions: authorityWith(), days: 900 });
  const said = outcome(await signedWith(await make({ by: long }), long), trustInAuthority([pemOf(short)]));
  assert.match(said, /^certificate-invalid/);
});

test('attack: an intermediate with a key that may not sign', async () => {
  const algorithm = { ...RSA, hash: 'SHA-256', modulusLength: 1024 };
  const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as Made['keys'];
  const weak = await make({ name: 'CN=weak', by: root, keys, extensions: authorityWith(0, CODE_SIGNING) });
  const leaf = await make({ by: weak, algorithm });
  assert.match(outcome(await signedWith(leaf, weak), trust), /^certificate-invalid/);
});

const GENERAL: Readonly<Record<string, readonly number[]>> = {
  'a NUL inside': [0x86, 8, ...Buffer.from('https:/\0')],
  'bytes above ASCII': [0x86, 3, 0x68, 0xc3, 0xa9],
  'a space': [0x86, 3, 0x61, 0x20, 0x62],
  'an address of a machine': [0x87, 4, 127, 0, 0, 1],
  'a directory name': [0xa4, 2, 0x30, 0],
  'nothing in it': [0x86, 0],
  'an otherName with another type': [0xa0, 7, 0x06, 2, 0x2a, 3, 0xa0, 1, 0],
  'an otherName of Fulcio that is no UTF8String': [
    ...[0xa0, 17, 0x06, 10, 0x2b, 6, 1, 4, 1, 0x83, 0xbf, 0x30, 1, 7, 0xa0, 3, 0x16, 1, 0x61],
  ],
};

test('attack: names that readers would show or compare differently', async () => {
  for (const [what, name] of Object.entries(GENERAL)) {
    const san = new x509.Extension('2.5.29.17', true, new Uint8Array([0x30, name.length, ...name]));
    const leaf = await make({ by: root, extensions: [...FOR_SIGNING, san] });
    assert.match(outcome(await signedWith(leaf), trust), /^signer-not-allowed|^certificate-invalid/, what);
  }
  const twice = await make({ by: root, extensions: [...LEAF, ...LEAF.slice(-1)] });
  assert.match(outcome(await signedWith(twice), trust), /stands twice/);
  // A common name is nobody's identity.
  const identity = 'CN=https://kubernetes.io/namespaces/shop/serviceaccounts/proviso-build';
  const named = await make({ name: identity, by: root, extensions: FOR_SIGNING });
  assert.match(outcome(await signedWith(named), trust), /^signer-not-allowed: none/);
});

test('attack: upper case, a dot at the end and an encoded host are other identities', async () => {
  for (const value of ['HTTPS://a.example/b', 'https://A.example/b', 'https://a.example./b', 'https://a.example/%62']) {
    const san = new x509.SubjectAlternativeNameExtension([{ type: 'url', value }], true);
    const leaf = await make({ by: root, extensions: [...FOR_SIGNING, san] });
    const said = outcome(await signedWith(leaf), trustInAuthority([pemOf(root)], 'https://a.example/b'));
    assert.match(said, /^signer-not-allowed/, value);
  }
});

test('attack: a name as long as the certificate does not fill the answer', async () => {
  const value = `https://a.example/${'a'.repeat(30_000)}`;
  const san = new x509.SubjectAlternativeNameExtension([{ type: 'url', value }], true);
  const bytes = await signedWith(await make({ by: root, extensions: [...FOR_SIGNING, san] }));
  const said = outcome(bytes, trust);
  assert.match(said, /^signer-not-allowed: 'https:\/\/a\.example/);
  assert.ok(said.length < 600, String(said.length));
});

test('attack: claims and issuers that contradict or are no text', async () => {
  const claim = (arc: number, bytes: readonly number[]) =>
    new x509.Extension(`1.3.6.1.4.1.57264.1.${arc}`, false, new Uint8Array(bytes));
  const text = (value: string) => [0x0c, value.length, ...Buffer.from(value)];
  const said = async (...claims: readonly x509.Extension[]) =>
    outcome(await signedWith(await make({ by: root, extensions: [...LEAF, ...claims] })), trust);
  assert.is(await said(claim(1, [...Buffer.from('https://i')]), claim(8, text('https://i'))), 'accepted');
  assert.match(
    await said(claim(1, [...Buffer.from('https://i')]), claim(8, text('https://j'))),
    /two different issuers/,
  );
  assert.match(await said(claim(12, [...Buffer.from('https://i')])), /^certificate-invalid/);
  assert.match(await said(claim(12, [0x16, 1, 0x61])), /no UTF8String/);
  assert.match(await said(claim(12, [...text('a'), ...text('b')])), /no UTF8String/);
  assert.match(await said(claim(12, [0x0c, 1, 0xff])), /not plain text/);
  assert.match(await said(claim(8, text('https://i\n'))), /not plain text/);
});

test.run();
