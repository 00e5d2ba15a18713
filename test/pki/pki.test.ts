import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { certificateValidity, createCertificateAuthority, openAuthority } from '../../src/pki/authority.ts';
import { crypto, ECDSA_P256, generateKeys, x509 } from '../../src/pki/crypto.ts';
import { createSigningRequest } from '../../src/pki/request.ts';
import { issueServingCertificate } from '../../src/pki/serving.ts';
import { issueSigningCertificate, serviceAccountIdentity } from '../../src/pki/signing.ts';

const test = suite('pki');
const now = new Date();
const pair = await createCertificateAuthority({ commonName: 'Test', now, days: 10 });
const issuer = await openAuthority(pair);
const OPTIONS = { identity: serviceAccountIdentity('shop', 'build'), issuerUrl: 'https://issuer', now, minutes: 10 };

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', [...args], { stdio: ['ignore', 'pipe', 'pipe'] }).toString();
}
function withFiles<T>(files: Readonly<Record<string, string>>, work: (path: (name: string) => string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'proviso-pki-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  try {
    return work((name) => join(directory, name));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test('a serving certificate that OpenSSL accepts for its hosts and no other', async () => {
  const serving = await issueServingCertificate(pair, { hosts: ['receiver.svc', '127.0.0.1'], now, days: 90 });
  withFiles({ ca: pair.certificate, leaf: serving.certificate }, (path) => {
    const verify = (...more: readonly string[]) =>
      openssl('verify', '-purpose', 'sslserver', '-CAfile', path('ca'), ...more, path('leaf'));
    assert.match(verify('-verify_hostname', 'receiver.svc'), /OK/);
    assert.match(verify('-verify_ip', '127.0.0.1'), /OK/);
    assert.throws(() => verify('-verify_hostname', 'evil.svc'));
  });
});

test('a signing certificate has the identity, ten minutes, and nothing that was asked for', async () => {
  const keys = await generateKeys();
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: 'CN=root',
      keys,
      signingAlgorithm: ECDSA_P256,
      extensions: [
        new x509.BasicConstraintsExtension(true),
        new x509.SubjectAlternativeNameExtension([{ type: 'url', value: 'https://evil' }]),
      ],
    },
    crypto,
  );
  const leaf = new X509Certificate(await issueSigningCertificate(issuer, request.toString('pem'), OPTIONS));
  assert.is(leaf.subjectAltName, 'URI:https://kubernetes.io/namespaces/shop/serviceaccounts/build');
  assert.is(leaf.ca, false);
  assert.is(leaf.subject ?? '', '');
  assert.equal(leaf.keyUsage, ['1.3.6.1.5.5.7.3.3']);
  const { notBefore, notAfter } = certificateValidity(leaf.toString());
  assert.is(Math.round((notAfter.getTime() - notBefore.getTime()) / 60_000), 11);
  const text = withFiles({ leaf: leaf.toString() }, (path) => openssl('x509', '-in', path('leaf'), '-noout', '-text'));
  assert.match(text, /Subject Alternative Name: critical/);
  assert.match(text, /1\.3\.6\.1\.4\.1\.57264\.1\.8:\s+\.\.https:\/\/issuer/);
  assert.not.match(text, /evil/);
});

async function refusal(csr: string): Promise<string> {
  try {
    await issueSigningCertificate(issuer, csr, OPTIONS);
    return 'issued';
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.message}` : `threw ${error}`;
  }
}

test('attack: a request for a key that the requester does not hold', async () => {
  const { csr } = await createSigningRequest();
  const der = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  der[der.length - 5] = (der[der.length - 5] ?? 0) ^ 1;
  const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  assert.match(await refusal(forged), /^csr-invalid: .*not signed by the key/);
});

test('attack: another kind of key, and nonsense', async () => {
  const rsa = withFiles({}, (path) => {
    openssl(
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=x',
      '-keyout',
      path('key'),
      '-out',
      path('csr'),
    );
    return openssl('req', '-in', path('csr'));
  });
  assert.match(await refusal(rsa), /^csr-invalid: .*P-256/);
  assert.match(await refusal('hello'), /^csr-invalid/);
  assert.match(await refusal('x'.repeat(10_000)), /^csr-invalid: .*too long/);
});

test('an authority of the same name does not verify what another has signed', async () => {
  const twin = await createCertificateAuthority({ commonName: 'Test', now, days: 10 });
  const { csr } = await createSigningRequest();
  const leaf = new X509Certificate(await issueSigningCertificate(issuer, csr, OPTIONS));
  assert.is(leaf.verify(new X509Certificate(pair.certificate).publicKey), true);
  assert.is(leaf.verify(new X509Certificate(twin.certificate).publicKey), false);
});

test.run();
