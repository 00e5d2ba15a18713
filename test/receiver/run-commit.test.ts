import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CommitMessage } from '../../src/api/messages.ts';
import { commitOf } from '../../src/receiver/run-commit.ts';
import { outcomeOf } from '../support/outcome.ts';

const test = suite('the commit of a run');
const TREE = `tree ${'a'.repeat(40)}`;
const PEOPLE = 'author A <a@example.com> 1700000000 +0000\ncommitter C <c@example.com> 1700000000 +0000';
const text = `${TREE}\n${PEOPLE}\n\nmessage\n`;

const hashOf = (object: Buffer, algorithm = 'sha1'): string =>
  createHash(algorithm).update(`commit ${object.length}\0`).update(object).digest('hex');
/** What is sent of an object, with its hash. */
function sent(object: string | Buffer, algorithm = 'sha1'): CommitMessage {
  const bytes = Buffer.from(object);
  return { sha: hashOf(bytes, algorithm), object: bytes.toString('base64') };
}
const signed = (armored: string): string =>
  `${TREE}\n${PEOPLE}\ngpgsig ${armored.trim().replaceAll('\n', '\n ')}\n\nmessage\n`;
const armor = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{1,70}/g, '$&\n')}-----END ${label}-----\n`;

test('what is claimed beside an object counts for nothing, the remotes but for their secrets do', () => {
  const claims = { author: 'Eve', authorEmail: 'eve@example.com', message: 'mine', date: '2001-01-01T00:00:00Z' };
  const remotes = [{ name: 'origin', url: 'https://me:secret@example.com/r' }];
  assert.equal(commitOf({ ...claims, ...sent(text), remotes }), {
    sha: hashOf(Buffer.from(text)),
    author: 'A',
    authorEmail: 'a@example.com',
    date: '2023-11-14T22:13:20.000Z',
    message: 'message',
    proven: true,
    remotes: [{ name: 'origin', url: 'https://example.com/r' }],
  });
});

test('without an object the claims are kept, as claims', () => {
  const claimed = { sha: 'c'.repeat(40), author: 'A' };
  assert.equal(commitOf(claimed), { ...claimed, proven: false });
});

test('attack: an object of another commit, in every way to get it wrong', () => {
  const right = sent(text);
  const { sha } = sent(text.replace('author A', 'author Eve'));
  assert.is(
    outcomeOf(() => commitOf({ ...right, sha })),
    'digest-mismatch',
  );
  // Hashed as something else, by another algorithm, or with the header that git takes off.
  const blob = createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex');
  assert.is(
    outcomeOf(() => commitOf({ ...right, sha: blob })),
    'digest-mismatch',
  );
  const bare = createHash('sha1').update(text).digest('hex');
  assert.is(
    outcomeOf(() => commitOf({ ...right, sha: bare })),
    'digest-mismatch',
  );
  const other = hashOf(Buffer.from(text), 'sha256');
  assert.is(
    outcomeOf(() => commitOf({ ...right, sha: other.slice(0, 40) })),
    'digest-mismatch',
  );
  const framed = Buffer.from(`commit ${text.length}\0${text}`).toString('base64');
  assert.is(
    outcomeOf(() => commitOf({ ...right, object: framed })),
    'digest-mismatch',
  );
  assert.is(
    outcomeOf(() => commitOf({ ...right, object: '' })),
    'digest-mismatch',
  );
  for (const object of ['%', `${right.object} `, `${right.object}=`, right.object?.replace(/.=*$/, '')]) {
    assert.is.not(
      outcomeOf(() => commitOf({ ...right, object: object ?? '' })),
      'fine',
      object,
    );
  }
});

test('attack: a commit of SHA-256 whose tree is of SHA-1, and one that readers would differ on', () => {
  assert.is(
    outcomeOf(() => commitOf(sent(text, 'sha256'))),
    'commit-invalid',
  );
  assert.is(
    outcomeOf(() => commitOf(sent(text.replace(TREE, TREE + 'b'.repeat(24)), 'sha256'))),
    'fine',
  );
  assert.is(
    outcomeOf(() => commitOf(sent(text.replace('author', 'author B <b> 1 +0000\nauthor')))),
    'commit-invalid',
  );
});

const uint32 = (value: number): Buffer => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
const string = (value: string): Buffer => Buffer.concat([uint32(value.length), Buffer.from(value, 'latin1')]);
/** In the wire form, by what its fields are. */
const fields = (...texts: readonly string[]): string => Buffer.concat(texts.map(string)).toString('latin1');
/** Of a kind that nobody here checks signatures with. */
const KEY = fields('sk-ssh-ed25519@openssh.com', 'x'.repeat(32), 'ssh:');
const ssh = (namespace: string, tail = '', key = KEY, hash = 'sha512'): Buffer =>
  Buffer.concat([
    ...[Buffer.from('SSHSIG'), uint32(1), string(key), string(namespace), string(''), string(hash)],
    ...[string(fields('ssh-ed25519', 'x'.repeat(64))), Buffer.from(tail)],
  ]);
const sshWith = (key: string): string => armor('SSH SIGNATURE', ssh('git', '', key));
const ON_NO_CURVE = `\x04${'x'.repeat(64)}`;
const area = (...subpackets: readonly Buffer[]): Buffer => {
  const bytes = Buffer.concat(subpackets.map((each) => Buffer.concat([Buffer.of(each.length), each])));
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length), bytes]);
};
const pgp = (hashed: Buffer, unhashed: Buffer, version = 4): Buffer => {
  const body = Buffer.concat([Buffer.of(version, 0, 22, 8), hashed, unhashed, Buffer.of(1, 2, 0, 1, 1)]);
  return Buffer.concat([Buffer.of(0x88, body.length), body]);
};
const issuer = (byte: number): Buffer => Buffer.concat([Buffer.of(33, 4), Buffer.alloc(20, byte)]);
const keyId = (byte: number): Buffer => Buffer.concat([Buffer.of(16), Buffer.alloc(8, byte)]);
const good = pgp(area(issuer(1)), area(keyId(1)));

test('a signature is described, and kept as it stands there', () => {
  const armored = armor('PGP SIGNATURE', good);
  assert.equal(commitOf(sent(signed(armored))).signature, {
    format: 'PGP',
    fingerprint: '01'.repeat(20),
    keyId: '01'.repeat(8),
    armored,
  });
  assert.match(
    commitOf(sent(signed(armor('SSH SIGNATURE', ssh('git'))))).signature?.fingerprint ?? '',
    /^SHA256:.{43}$/,
  );
});

/** By what is tried: what is in the commit, and its format, of which nothing else may be said. */
const HOSTILE: Readonly<Record<string, readonly [string, string]>> = {
  'an SSH signature for files': [armor('SSH SIGNATURE', ssh('file')), 'SSH'],
  'an SSH signature with a tail': [armor('SSH SIGNATURE', ssh('git', 'x')), 'SSH'],
  'an SSH signature that is cut off': [armor('SSH SIGNATURE', ssh('git').subarray(0, -1)), 'SSH'],
  'an SSH signature by a weak hash': [armor('SSH SIGNATURE', ssh('git', '', KEY, 'sha1')), 'SSH'],
  'an SSH key that is cut off': [sshWith(fields('ssh-ed25519').slice(0, -1)), 'SSH'],
  'an SSH key that is too short': [sshWith(fields('ssh-ed25519', 'x'.repeat(31))), 'SSH'],
  'an SSH key with a tail': [sshWith(`${fields('ssh-ed25519', 'x'.repeat(32))}x`), 'SSH'],
  'a point on no curve': [sshWith(fields('ecdsa-sha2-nistp256', 'nistp256', ON_NO_CURVE)), 'SSH'],
  'a key of one curve called another': [sshWith(fields('ecdsa-sha2-nistp256', 'nistp384', ON_NO_CURVE)), 'SSH'],
  'a negative modulus': [sshWith(fields('ssh-rsa', '\x01\x00\x01', `\xff${'x'.repeat(255)}`)), 'SSH'],
  'a length of four gigabytes': [
    armor('SSH SIGNATURE', Buffer.from('SSHSIG\0\0\0\x01\xff\xff\xff\xff', 'latin1')),
    'SSH',
  ],
  'a fingerprint and the key id of another': [armor('PGP SIGNATURE', pgp(area(issuer(1)), area(keyId(2)))), 'PGP'],
  'two fingerprints': [armor('PGP SIGNATURE', pgp(area(issuer(1)), area(issuer(2)))), 'PGP'],
  'two signature packets': [armor('PGP SIGNATURE', Buffer.concat([good, good])), 'PGP'],
  'another packet': [armor('PGP SIGNATURE', Buffer.concat([Buffer.of(0xb4), good.subarray(1)])), 'PGP'],
  'a version of the future': [armor('PGP SIGNATURE', pgp(area(issuer(1)), area(), 7)), 'PGP'],
  'a subpacket that reaches too far': [armor('PGP SIGNATURE', pgp(Buffer.of(0, 2, 200, 33), area())), 'PGP'],
  'a subpacket of no bytes': [armor('PGP SIGNATURE', pgp(Buffer.of(0, 1, 0), area())), 'PGP'],
  'two blocks': [armor('PGP SIGNATURE', good).repeat(2), 'PGP'],
  'text before the block': [`x\n${armor('PGP SIGNATURE', good)}`, 'UNKNOWN'],
  'text behind the block': [`${armor('PGP SIGNATURE', good)}x`, 'PGP'],
  'another end than beginning': [armor('PGP SIGNATURE', good).replace('END PGP', 'END SSH'), 'PGP'],
  'SSH in the armor of PGP': [armor('PGP SIGNATURE', ssh('git')), 'PGP'],
  'no base64': ['-----BEGIN PGP SIGNATURE-----\n\n%%\n-----END PGP SIGNATURE-----', 'PGP'],
  'an X.509 signature that is none': [armor('SIGNED MESSAGE', good), 'X509'],
  'ASN.1 nested without end': [armor('SIGNED MESSAGE', Buffer.alloc(40_000, '3080', 'hex')), 'X509'],
  'no armor at all': ['trust me', 'UNKNOWN'],
};

for (const [what, [armored, format]] of Object.entries(HOSTILE)) {
  test(`attack: of ${what} no key is named`, () => {
    const { armored: _, ...described } = commitOf(sent(signed(armored))).signature ?? { format: 'none' };
    assert.equal(described, { format });
  });
}

test('of an SSH key of a kind that is not known, whatever it is called, the fingerprint is said and nothing else', () => {
  for (const key of [KEY, fields('constructor'), fields('__proto__'), fields('ssh-dss', 'x')]) {
    const { armored: _, ...described } = commitOf(sent(signed(sshWith(key)))).signature ?? { format: 'none' };
    const digest = createHash('sha256').update(Buffer.from(key, 'latin1')).digest('base64').replace(/=+$/, '');
    assert.equal(described, { format: 'SSH', fingerprint: `SHA256:${digest}` });
  }
});

test('a signature that is too long to be kept is described all the same', () => {
  const padding = Buffer.concat([Buffer.of(255), uint32(8001), Buffer.alloc(8001, 20)]);
  const hashed = Buffer.concat([Buffer.of(padding.length >> 8, padding.length), padding]);
  const body = Buffer.concat([Buffer.of(4, 0, 22, 8), hashed, area(keyId(7)), Buffer.of(1, 2)]);
  const packet = Buffer.concat([Buffer.of(0xc2, 0xff), uint32(body.length), body]);
  assert.equal(commitOf(sent(signed(armor('PGP SIGNATURE', packet)))).signature, {
    format: 'PGP',
    keyId: '07'.repeat(8),
  });
});

test.run();
