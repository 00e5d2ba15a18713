import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCommit } from '../../src/git/commit.ts';
import { isCommitOf } from '../../src/git/object-hash.ts';
import { type CommitSignature, describeSignature } from '../../src/git/signature.ts';
import { createRepository, type Repository, writeProgram } from '../support/git.ts';

const test = suite('signatures of real commits');
let repository: Repository;
let home: string;
/** Programs that ask for a password get this one. */
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { env: repository.env, encoding: 'utf8', stdio: 'pipe', input: 'secret\n' });

test.before.each(() => {
  repository = createRepository();
  home = repository.env.HOME ?? '';
});
test.after.each(() => repository.remove());

/** What is read of the commit that git makes and signs with these settings, and that git too takes for signed. */
function signed(...settings: readonly string[]): { readonly described: CommitSignature; readonly armored: string } {
  const flags = settings.flatMap((setting) => ['-c', setting]);
  repository.git(...flags, 'commit', '--quiet', '--allow-empty', '--gpg-sign', '-m', 'signed\n\nand more');
  const object = repository.commitObject();
  const sha = repository.git('rev-parse', 'HEAD');
  assert.ok(isCommitOf(sha, object));
  const reading = readCommit(object, sha.length === 64 ? 64 : 40);
  if (!reading.ok) throw new Error(`${reading.finding.at} ${reading.finding.message}`);
  assert.is(reading.facts.message, 'signed\n\nand more');
  const armored = reading.facts.signature ?? '';
  return { described: describeSignature(armored), armored };
}

function makePgpKey(...algorithm: readonly string[]): string {
  run('gpg', '--batch', '--quiet', '--passphrase', '', '--quick-generate-key', 'A <a@example.com>', ...algorithm);
  const [, fingerprint = ''] = /^fpr:+([0-9A-F]+):/m.exec(run('gpg', '--list-secret-keys', '--with-colons')) ?? [];
  return fingerprint;
}

test('gpg: fingerprint and key id are those that gpg itself names', () => {
  const fingerprint = makePgpKey('ed25519', 'sign', 'never');
  const { described } = signed(`user.signingKey=${fingerprint}`);
  assert.equal(described, { format: 'PGP', fingerprint, keyId: fingerprint.slice(-16) });
  assert.is(repository.git('log', '-1', '--format=%GF %GK'), `${described.fingerprint} ${described.keyId}`);
});

test('gpg: with RSA, and with the user id in the signature', () => {
  const fingerprint = makePgpKey('rsa2048', 'sign', 'never');
  const gpg = writeProgram(repository, 'gpg-sender', '#!/bin/sh\nexec gpg --sender a@example.com "$@"\n');
  const { described } = signed(`user.signingKey=${fingerprint}`, `gpg.program=${gpg}`);
  assert.equal(described, { format: 'PGP', fingerprint, keyId: fingerprint.slice(-16), signer: 'a@example.com' });
});

test('gpg: a signature by a subkey names the subkey, as gpg does', () => {
  const main = makePgpKey('ed25519', 'cert', 'never');
  run('gpg', '--batch', '--quiet', '--passphrase', '', '--quick-add-key', main, 'ed25519', 'sign', 'never');
  const { described } = signed(`user.signingKey=${main}`);
  assert.is.not(described.fingerprint, main);
  assert.is(repository.git('log', '-1', '--format=%GF %GP'), `${described.fingerprint} ${main}`);
});

for (const [kind, ...flags] of [
  ['ed25519', '-t', 'ed25519'],
  ['ecdsa', '-t', 'ecdsa', '-b', '384'],
  ['rsa', '-t', 'rsa', '-b', '2048'],
] as const) {
  test(`ssh: the fingerprint of an ${kind} key is the one that ssh-keygen prints`, () => {
    const key = join(home, 'key');
    run('ssh-keygen', '-q', ...flags, '-N', '', '-f', key);
    const { described } = signed('gpg.format=ssh', `user.signingKey=${key}.pub`);
    assert.equal(described, { format: 'SSH', fingerprint: run('ssh-keygen', '-lf', key).split(' ')[1] });
  });
}

/** Git asks the program to sign by `-bsau KEY`, and for `SIG_CREATED` on the descriptor of the status. */
const CMS_PROGRAM = (flags: string) => `#!/bin/sh
cd "$HOME" && cat > payload
openssl cms -sign -binary -md sha256 -signer leaf.pem -inkey leaf.key ${flags} -outform PEM -in payload \\
  | sed 's/ CMS-----/ SIGNED MESSAGE-----/'
echo '[GNUPG:] SIG_CREATED ' >&2
`;

function makeCertificate(subject: string, extension: string, ...newKey: readonly string[]): X509Certificate {
  const [key, certificate] = [join(home, 'leaf.key'), join(home, 'leaf.pem')];
  run(
    'openssl',
    ...['req', '-x509', '-nodes', '-keyout', key, '-newkey'],
    ...(newKey.length > 0 ? newKey : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']),
    ...['-out', certificate, '-subj', subject, '-addext', extension],
  );
  return new X509Certificate(readFileSync(certificate));
}

const fingerprintOf = ({ fingerprint256 }: X509Certificate): string => fingerprint256.replaceAll(':', '').toLowerCase();

test('x509: certificate and alternative name, as gitsign has them, found by issuer or by key id', () => {
  const certificate = makeCertificate('/CN=sigstore', 'subjectAltName=critical,email:jane@example.com');
  for (const flags of ['', '-keyid', '-nodetach', '-noattr']) {
    const program = writeProgram(repository, 'cms', CMS_PROGRAM(flags));
    const { described } = signed('gpg.format=x509', `gpg.x509.program=${program}`);
    const expected = { format: 'X509', fingerprint: fingerprintOf(certificate), signer: 'jane@example.com' };
    assert.equal(described, expected, flags);
  }
});

test('x509: without an alternative name the subject, without a certificate nothing', () => {
  const certificate = makeCertificate('/O=Shop/CN=Jane', 'basicConstraints=CA:FALSE');
  const { described } = signed(
    'gpg.format=x509',
    `gpg.x509.program=${writeProgram(repository, 'cms', CMS_PROGRAM(''))}`,
  );
  assert.equal(described, { format: 'X509', fingerprint: fingerprintOf(certificate), signer: 'O=Shop, CN=Jane' });
  const bare = writeProgram(repository, 'bare', CMS_PROGRAM('-nocerts'));
  assert.equal(signed('gpg.format=x509', `gpg.x509.program=${bare}`).described, { format: 'X509' });
});

test('x509: gpgsm, whose lengths are indefinite', () => {
  const certificate = makeCertificate('/CN=Jane', 'subjectAltName=email:jane@example.com', 'rsa:2048');
  const file = (name: string): string => join(home, name);
  const packed = file('leaf.p12');
  const sha1 = certificate.fingerprint.replaceAll(':', '');
  writeFileSync(join(home, 'trustlist.txt'), `${sha1} S relax\n`);
  run(
    'openssl',
    'pkcs12',
    '-export',
    '-legacy',
    '-in',
    file('leaf.pem'),
    '-inkey',
    file('leaf.key'),
    '-out',
    packed,
    '-passout',
    'pass:secret',
  );
  run('gpgsm', '--batch', '--pinentry-mode', 'loopback', '--passphrase-fd', '0', '--import', packed);
  const asks = '--batch --pinentry-mode loopback --passphrase-fd 3';
  const text = `#!/bin/sh\nexec gpgsm --disable-crl-checks --include-certs 1 ${asks} "$@" 3<<X\nsecret\nX\n`;
  const program = writeProgram(repository, 'gpgsm-alone', text);
  const { described } = signed('gpg.format=x509', `gpg.x509.program=${program}`, `user.signingKey=${sha1}`);
  assert.equal(described, { format: 'X509', fingerprint: fingerprintOf(certificate), signer: 'jane@example.com' });
});

test('a commit by SHA-256 has its signature under another name', () => {
  repository.remove();
  repository = createRepository('sha256');
  home = repository.env.HOME ?? '';
  const fingerprint = makePgpKey('ed25519', 'sign', 'never');
  assert.is(signed(`user.signingKey=${fingerprint}`).described.fingerprint, fingerprint);
  assert.match(repository.commitObject().toString(), /^gpgsig-sha256 -----BEGIN/m);
});

test.run();
