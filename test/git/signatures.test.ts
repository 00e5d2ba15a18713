// deadline: 120
import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CommitFacts, readCommit } from '../../src/git/commit.ts';
import { isCommitOf } from '../../src/git/object-hash.ts';
import { type CommitSignature, describeSignature } from '../../src/git/signature.ts';
import { createRepository, type Repository, writeProgram } from '../support/git.ts';

const test = suite('signatures of real commits');
let repository: Repository;
let home: string;
const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { env: repository.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test.before.each(() => {
  repository = createRepository();
  home = repository.env.HOME ?? '';
});
test.after.each(() => repository.remove());

function factsOf(object: Buffer, sha: string): CommitFacts {
  assert.ok(isCommitOf(sha, object));
  const reading = readCommit(object, sha.length === 64 ? 64 : 40);
  if (!reading.ok) throw new Error(`${reading.finding.at} ${reading.finding.message}`);
  return reading.facts;
}
function describe(object: Buffer, sha: string): CommitSignature {
  const { signature } = factsOf(object, sha);
  if (signature === undefined) throw new Error('there is no signature');
  return describeSignature(signature);
}

/** What is read of the commit that git makes and signs with these settings. */
function signed(...settings: readonly string[]): CommitSignature {
  const flags = settings.flatMap((setting) => ['-c', setting]);
  repository.git(...flags, 'commit', '--quiet', '--allow-empty', '--gpg-sign', '-m', 'signed\n\nand more');
  const sha = repository.git('rev-parse', 'HEAD');
  assert.is(factsOf(repository.commitObject(), sha).message, 'signed\n\nand more');
  return describe(repository.commitObject(), sha);
}

function makePgpKey(...algorithm: readonly string[]): string {
  run('gpg', '--batch', '--quiet', '--passphrase', '', '--quick-generate-key', 'A <a@example.com>', ...algorithm);
  const [, fingerprint = ''] = /^fpr:+([0-9A-F]+):/m.exec(run('gpg', '--list-secret-keys', '--with-colons')) ?? [];
  return fingerprint;
}

test('gpg: fingerprint and key id are those that gpg itself names', () => {
  const fingerprint = makePgpKey('ed25519', 'sign', 'never');
  const described = signed(`user.signingKey=${fingerprint}`);
  assert.equal(described, { format: 'PGP', fingerprint, keyId: fingerprint.slice(-16) });
  assert.is(repository.git('log', '-1', '--format=%GF %GK'), `${described.fingerprint} ${described.keyId}`);
});

test('gpg: with RSA, and with the user id in the signature', () => {
  const fingerprint = makePgpKey('rsa2048', 'sign', 'never');
  const gpg = writeProgram(repository, 'gpg-sender', '#!/bin/sh\nexec gpg --sender a@example.com "$@"\n');
  const described = signed(`user.signingKey=${fingerprint}`, `gpg.program=${gpg}`);
  assert.equal(described, { format: 'PGP', fingerprint, keyId: fingerprint.slice(-16), signer: 'a@example.com' });
});

test('gpg: a signature by a subkey names the subkey, as gpg does', () => {
  const main = makePgpKey('ed25519', 'cert', 'never');
  run('gpg', '--batch', '--quiet', '--passphrase', '', '--quick-add-key', main, 'ed25519', 'sign', 'never');
  const described = signed(`user.signingKey=${main}`);
  assert.is.not(described.fingerprint, main);
  assert.is(repository.git('log', '-1', '--format=%GF %GP'), `${described.fingerprint} ${main}`);
});

const SSH_KEYS = [
  ['ed25519', '-t', 'ed25519'],
  ['ecdsa-256', '-t', 'ecdsa', '-b', '256'],
  ['ecdsa-384', '-t', 'ecdsa', '-b', '384'],
  ['ecdsa-521', '-t', 'ecdsa', '-b', '521'],
  ['rsa', '-t', 'rsa', '-b', '2048'],
] as const;

function makeSshKey(...flags: readonly string[]): string {
  const key = join(home, `key-${flags.join('')}`);
  run('ssh-keygen', '-q', ...flags, '-N', '', '-f', key);
  writeFileSync(join(home, 'allowed'), `* ${readFileSync(`${key}.pub`, 'utf8')}`, { flag: 'a' });
  return key;
}

/** Whether git itself, to which the keys made here are good for everybody, takes a commit for signed. */
function isVerified(sha: string): boolean {
  const { directory, env } = repository;
  const flags = ['-c', `gpg.ssh.allowedSignersFile=${join(home, 'allowed')}`];
  return spawnSync('git', [...flags, 'verify-commit', sha], { cwd: directory, env }).status === 0;
}

for (const [kind, ...flags] of SSH_KEYS) {
  test(`ssh: the fingerprint of an ${kind} key is the one that ssh-keygen prints, and it has signed`, () => {
    const key = makeSshKey(...flags);
    const described = signed('gpg.format=ssh', `user.signingKey=${key}.pub`);
    const fingerprint = run('ssh-keygen', '-lf', key).split(' ')[1];
    assert.equal(described, { format: 'SSH', fingerprint, keyProven: true });
    assert.is(isVerified('HEAD'), true);
  });

  test(`attack: an ${kind} signature in another commit than the one that it was made over`, () => {
    signed('gpg.format=ssh', `user.signingKey=${makeSshKey(...flags)}.pub`);
    const object = repository.commitObject().toString();
    const forgeries = [
      object.replace('author Ä. Person', 'author Eve'),
      object.replace('\n\nsigned', '\n\ninfected'),
      object.replace('\ncommitter', `\ncommitter`).replace(/\n$/, ' \n'),
      object.replace('\ngpgsig ', '\nextra header\ngpgsig '),
    ];
    for (const forged of forgeries) {
      const sha = repository.writeObject('commit', Buffer.from(forged));
      assert.is(describe(Buffer.from(forged), sha).keyProven, false, forged);
      assert.is(isVerified(sha), false);
    }
  });
}

test('ssh: where the signature stands, and one over the other form beside it, change nothing', () => {
  signed('gpg.format=ssh', `user.signingKey=${makeSshKey('-t', 'ed25519')}.pub`);
  const object = repository.commitObject().toString();
  const other = 'gpgsig-sha256 -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n';
  for (const form of [
    object.replace('gpgsig ', `${other}gpgsig `),
    object.replace('\n\nsigned', `\n${other}\nsigned`),
  ]) {
    const sha = repository.writeObject('commit', Buffer.from(form));
    assert.is(isVerified(sha), true);
    assert.is(describe(Buffer.from(form), sha).keyProven, true);
  }
});

test('attack: the key of somebody else in an SSH signature', () => {
  const [mine, other] = [makeSshKey('-t', 'ed25519'), makeSshKey('-t', 'ed25519', '-C', 'x')];
  const described = signed('gpg.format=ssh', `user.signingKey=${mine}.pub`);
  assert.is(described.keyProven, true);
  const blobOf = (key: string): Buffer => Buffer.from(readFileSync(`${key}.pub`, 'utf8').split(' ')[1] ?? '', 'base64');
  const object = repository.commitObject().toString();
  const [, body = ''] = /BEGIN SSH SIGNATURE-----\n(.*?) -----END/s.exec(object) ?? [];
  const bytes = Buffer.from(body, 'base64');
  blobOf(other).copy(bytes, bytes.indexOf(blobOf(mine)));
  const forged = object.replace(body, ` ${bytes.toString('base64')}\n`);
  const sha = repository.writeObject('commit', Buffer.from(forged));
  const fingerprint = run('ssh-keygen', '-lf', other).split(' ')[1];
  assert.equal(describe(Buffer.from(forged), sha), { format: 'SSH', fingerprint, keyProven: false });
  assert.is(isVerified(sha), false);
});

/** The signature of the commit that is checked out: how many bytes it has, and what is read of it after a change to them. */
function signatureToChange() {
  const { signature } = factsOf(repository.commitObject(), repository.git('rev-parse', 'HEAD'));
  const parts = /^(-----BEGIN [^\n]*\n\n?)(.*?)((?:=....\n)?-----END .*)$/s.exec(signature?.armored ?? '');
  const [, begin = '', body = '', end = ''] = parts ?? [];
  const { length } = Buffer.from(body, 'base64');
  const described = (change: (bytes: Buffer) => void): CommitSignature => {
    const bytes = Buffer.from(body, 'base64');
    change(bytes);
    const armored = `${begin}${bytes.toString('base64')}\n${end}`;
    return describeSignature({ armored, signed: signature?.signed ?? Buffer.of() });
  };
  return { length, described };
}
const asItIs = (): void => {};

test('attack: no byte of an SSH signature can be another one', () => {
  const whole = signed('gpg.format=ssh', `user.signingKey=${makeSshKey('-t', 'ed25519')}.pub`);
  const { length, described } = signatureToChange();
  assert.equal(described(asItIs), whole);
  assert.ok(length > 150);
  for (let at = 0; at < length; at++) {
    for (const flip of [1, 0x80, 0xff]) {
      const { keyProven } = described((bytes) => bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at));
      assert.is.not(keyProven, true, `${at}: ${flip}`);
    }
  }
});

test('whatever becomes of the bytes of a signature, it is described and nothing is thrown', () => {
  const key = makePgpKey('ed25519', 'sign', 'never');
  makeCertificate('/CN=sigstore', 'subjectAltName=email:jane@example.com');
  const program = writeProgram(repository, 'cms', CMS_PROGRAM(''));
  for (const settings of [[`user.signingKey=${key}`], ['gpg.format=x509', `gpg.x509.program=${program}`]]) {
    const whole = signed(...settings);
    const { length, described } = signatureToChange();
    assert.equal(described(asItIs), whole);
    const edit = fc.tuple(fc.nat(length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
        const { format } = described((bytes) => {
          for (const [at, value] of edits) bytes[at] = value;
        });
        assert.is(format, whole.format);
      }),
      { numRuns: 500 },
    );
  }
});

test('ssh: of a key that is too short, what it is is said, and not that it has signed', () => {
  const described = signed('gpg.format=ssh', `user.signingKey=${makeSshKey('-t', 'rsa', '-b', '1024')}.pub`);
  assert.equal(Object.keys(described), ['format', 'fingerprint']);
});

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
    const described = signed('gpg.format=x509', `gpg.x509.program=${program}`);
    const expected = { format: 'X509', fingerprint: fingerprintOf(certificate), signer: 'jane@example.com' };
    assert.equal(described, expected, flags);
  }
});

test('x509: without an alternative name the subject, without a certificate nothing', () => {
  const certificate = makeCertificate('/O=Shop/CN=Jane', 'basicConstraints=CA:FALSE');
  const described = signed('gpg.format=x509', `gpg.x509.program=${writeProgram(repository, 'cms', CMS_PROGRAM(''))}`);
  assert.equal(described, { format: 'X509', fingerprint: fingerprintOf(certificate), signer: 'O=Shop, CN=Jane' });
  const bare = writeProgram(repository, 'bare', CMS_PROGRAM('-nocerts'));
  assert.equal(signed('gpg.format=x509', `gpg.x509.program=${bare}`), { format: 'X509' });
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
  const asks = '--batch --pinentry-mode loopback --passphrase-fd 3';
  const text = `#!/bin/sh\nexec gpgsm --disable-crl-checks --include-certs 1 ${asks} "$@" 3<<X\nsecret\nX\n`;
  const program = writeProgram(repository, 'gpgsm-alone', text);
  run(program, '--import', packed);
  const described = signed('gpg.format=x509', `gpg.x509.program=${program}`, `user.signingKey=${sha1}`);
  assert.equal(described, { format: 'X509', fingerprint: fingerprintOf(certificate), signer: 'jane@example.com' });
});

test('a commit by SHA-256 has its signature under another name', () => {
  repository.remove();
  repository = createRepository('sha256');
  home = repository.env.HOME ?? '';
  const fingerprint = makePgpKey('ed25519', 'sign', 'never');
  assert.is(signed(`user.signingKey=${fingerprint}`).fingerprint, fingerprint);
  assert.match(repository.commitObject().toString(), /^gpgsig-sha256 -----BEGIN/m);
});

test.run();
