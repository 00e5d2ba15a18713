import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Problem } from '../../src/api/problem.ts';
import { createCertificateAuthority, DAY_MS, issueIntermediate, type KeyPairPem } from '../../src/pki/authority.ts';
import { readChain } from '../../src/pki/chain.ts';
import { x509 } from '../../src/pki/crypto.ts';
import { createAuthorities, issueLeaf } from '../support/authorities.ts';
import { some } from '../support/some.ts';

const test = suite('pki chain');
const now = new Date();
const ours = await createAuthorities(now);
const { root, intermediate } = ours;

function openssl(files: Readonly<Record<string, string>>, ...args: readonly string[]): string {
  const directory = mkdtempSync(join(tmpdir(), 'proviso-chain-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
    return execFileSync('openssl', [...args], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
  } finally {
    rmSync(directory, { recursive: true });
  }
}
const verify = (leaf: string, under: string, top: string): string =>
  openssl({ leaf, under, top }, 'verify', '-x509_strict', '-CAfile', 'top', '-untrusted', 'under', 'leaf');
const text = (certificate: string): string => openssl({ c: certificate }, 'x509', '-in', 'c', '-noout', '-text');

test('OpenSSL takes the leaf over the intermediate up to the root, and says what each may do', async () => {
  const { leaf } = await issueLeaf(intermediate, now);
  assert.match(verify(leaf, intermediate.certificate, root.certificate), /leaf: OK/);
  assert.match(text(root.certificate), /CA:TRUE, pathlen:1[\s\S]*Certificate Sign, CRL Sign/);
  assert.not.match(text(root.certificate), /Extended Key Usage/);
  assert.match(text(intermediate.certificate), /CA:TRUE, pathlen:0/);
  assert.match(text(intermediate.certificate), /Extended Key Usage: \n\s+Code Signing\n/);
  for (const certificate of [intermediate.certificate, leaf]) {
    assert.match(text(certificate), /Subject Key Identifier/);
    assert.match(text(certificate), /Authority Key Identifier/);
  }
});

test("a leaf states what Fulcio's do for a Kubernetes service account", async () => {
  // Longer than one byte of length can say.
  const name = 'a'.repeat(250);
  const { leaf } = await issueLeaf(intermediate, now, 'shop', name);
  const certificate = new x509.X509Certificate(leaf);
  const value = (oid: string): Buffer =>
    Buffer.from(some(certificate.getExtension(`1.3.6.1.4.1.57264.1.${oid}`)).value);
  assert.is(value('1').toString(), 'https://kubernetes.default.svc');
  assert.equal([...value('8').subarray(0, 2)], [0x0c, 30]);
  assert.is(value('8').subarray(2).toString(), 'https://kubernetes.default.svc');
  const subject = `system:serviceaccount:shop:${name}`;
  assert.equal([...value('24').subarray(0, 4)], [0x0c, 0x82, subject.length >> 8, subject.length & 0xff]);
  assert.is(value('24').subarray(4).toString(), subject);
  const node = new X509Certificate(leaf);
  assert.is(node.subjectAltName, `URI:https://kubernetes.io/namespaces/shop/serviceaccounts/${name}`);
  assert.is(node.serialNumber.length, 40);
  assert.match(text(leaf), /Subject: *\n/);
});

test('neither an intermediate nor a leaf outlives its authority, and an ended authority issues nothing', async () => {
  const short = await createCertificateAuthority({ commonName: 'Short', now, days: 1, pathLength: 1 });
  const under = await issueIntermediate(short, { commonName: 'Under', now, days: 90 });
  const end = new X509Certificate(short.certificate).validToDate;
  assert.equal(new X509Certificate(under.certificate).validToDate, end);
  const { leaf } = await issueLeaf(under, new Date(end.getTime() - 60_000));
  assert.equal(new X509Certificate(leaf).validToDate, end);
  for (const at of [end, new Date(now.getTime() - DAY_MS)]) {
    await issueLeaf(under, at).then(
      () => assert.unreachable(),
      (error: Problem) => assert.match(`${error.code}: ${error.message}`, /^cluster-unavailable: .*valid from/),
    );
  }
});

const read = (own: string, roots?: string): string => {
  const reading = readChain(own, roots);
  return reading.ok ? reading.chain.map(({ subject }) => subject.split('CN=')[1]).join(' < ') : reading.message;
};

test('a chain is read from one text or two, in any order, up to the root', async () => {
  assert.is(read(intermediate.certificate, root.certificate), 'Intermediate < Root');
  assert.is(read(intermediate.certificate + root.certificate), 'Intermediate < Root');
  const other = await createAuthorities(now);
  const bundle = other.root.certificate + root.certificate;
  const reading = readChain(intermediate.certificate, bundle);
  assert.ok(reading.ok && reading.chain[1]?.toString() === root.certificate.replace(/\n*$/, '\n'));
  const alone = await createCertificateAuthority({ commonName: 'Alone', now, days: 9 });
  assert.is(read(alone.certificate), 'Alone');
  assert.is(read(alone.certificate, alone.certificate), 'Alone');
});

test("attack: an intermediate of somebody else's root, also of one with the same name", async () => {
  const twin = await createAuthorities(now);
  assert.match(read(intermediate.certificate, twin.root.certificate), /certificate that has signed it isn't there/);
  assert.match(read(intermediate.certificate), /certificate that has signed it isn't there/);
  const { leaf } = await issueLeaf(intermediate, now);
  assert.throws(() => verify(leaf, intermediate.certificate, twin.root.certificate));
  assert.throws(() => verify(leaf, twin.intermediate.certificate, root.certificate));
});

test('attack: a leaf, or an intermediate below an intermediate, that issues', async () => {
  const { leaf, key } = await issueLeaf(intermediate, now);
  const pair: KeyPairPem = { certificate: leaf, privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
  const above = intermediate.certificate + root.certificate;
  assert.match(read(leaf, above), /no authority \(CA:FALSE\)/);
  const byLeaf = (await issueLeaf(pair, now)).leaf;
  assert.throws(() => verify(byLeaf, leaf + above, root.certificate));
  const third = await issueIntermediate(intermediate, { commonName: 'Third', now, days: 9 });
  assert.match(read(third.certificate, above), /path length 0, and 1 stand below it/);
  const byThird = (await issueLeaf(third, now)).leaf;
  assert.throws(() => verify(byThird, third.certificate + above, root.certificate));
});

test('nonsense is refused in words', async () => {
  assert.match(read(''), /no certificate in it/);
  assert.match(read('', root.certificate), /no certificate in it/);
  assert.match(read('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'), /can not be read/);
  let top = await createCertificateAuthority({ commonName: 'Top', now, days: 9, pathLength: 9 });
  let bundle = top.certificate;
  for (let depth = 0; depth < 5; depth += 1) {
    top = await issueIntermediate(top, { commonName: `D${depth}`, now, days: 9, pathLength: 8 - depth });
    bundle = top.certificate + bundle;
  }
  assert.match(read(bundle), /more than 5 certificates/);
});

test.run();
