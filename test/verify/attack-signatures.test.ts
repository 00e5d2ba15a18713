import { constants, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPublicKey } from '../../src/verify/keys.ts';
import { isSignedBy } from '../../src/verify/signature.ts';
import { boundedWork } from '../../src/verify/work.ts';
import { entry, envelope, listed, outcome, pemOfDer, signed, trusting } from './envelopes.ts';
import { type Keys, p256, trustIn } from './fixtures.ts';

const test = suite('attacks with the bytes of signatures');
const good = p256();

/** The order of P-256. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const padded = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0').slice(-64), 'hex');
const minimal = (value: bigint): Buffer => {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
};
const der = (tag: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([tag, content.length]), content]);
const pair = (r: Buffer, s: Buffer): Buffer => der(0x30, Buffer.concat([der(2, r), der(2, s)]));

const raw = signed(good, 'sha256', { dsaEncoding: 'ieee-p1363' });
const [R, S] = [number(raw.subarray(0, 32)), number(raw.subarray(32))];
const isGood = (bytes: Buffer): boolean => outcome(envelope(entry(bytes)), trustIn(good)) === 'accepted by 1';

test('attack: signatures of ECDSA whose numbers are zero, too large, or of another sign', () => {
  assert.ok(isGood(pair(minimal(R), minimal(S))) && isGood(raw));
  const numbers: readonly (readonly [bigint, bigint])[] = [
    ...([
      [0n, 0n],
      [0n, S],
      [R, 0n],
      [1n, 0n],
      [0n, 1n],
      [N, S],
      [R, N],
      [N, N],
      [R + 1n, S],
      [R, S + 1n],
    ] as const),
    ...([
      [2n ** 256n - 1n, S],
      [R, 2n ** 256n - 1n],
      [S, R],
    ] as const),
  ];
  for (const [r, s] of numbers) {
    assert.not.ok(isGood(Buffer.concat([padded(r), padded(s)])), `${r}, ${s}`);
    assert.not.ok(isGood(pair(minimal(r), minimal(s))), `${r}, ${s}`);
  }
  for (const [r, s] of [
    [R + N, S],
    [R, S + N],
  ] as const)
    assert.not.ok(isGood(pair(minimal(r), minimal(s))), 'modulo N');
  // The other half of each pair holds as well (ECDSA is malleable), so signatures say nothing about who is who.
  assert.ok(isGood(pair(minimal(R), minimal(N - S))));
  const two = envelope(entry(raw), entry(pair(minimal(R), minimal(N - S))));
  assert.match(outcome(two, trusting(2, trustIn(good), trustIn(p256()))), /^signers-missing: 1: /);
});

test('attack: signatures of ECDSA in DER that is not minimal, not whole, or has something behind it', () => {
  const [r, s] = [minimal(R), minimal(S)];
  const zero = Buffer.from([0]);
  const whole = pair(r, s);
  const body = whole.subarray(2);
  const bad: Readonly<Record<string, Buffer>> = {
    'a leading zero': pair(Buffer.concat([zero, r]), s),
    'leading zeros': pair(r, Buffer.concat([zero, zero, zero, s])),
    'a length of two bytes': Buffer.concat([Buffer.from([0x30, 0x81, body.length]), body]),
    'a length of five bytes': Buffer.concat([Buffer.from([0x30, 0x84, 0, 0, 0, body.length]), body]),
    'an indefinite length': Buffer.concat([Buffer.from([0x30, 0x80]), body, Buffer.from([0, 0])]),
    'a tail': Buffer.concat([whole, zero]),
    'a tail inside': der(0x30, Buffer.concat([body, Buffer.from([5, 0])])),
    'a third number': der(0x30, Buffer.concat([body, der(2, r)])),
    'one number': der(0x30, der(2, r)),
    'no number': der(0x30, Buffer.alloc(0)),
    'empty numbers': pair(Buffer.alloc(0), Buffer.alloc(0)),
    'a set': der(0x31, body),
    'octets for numbers': der(0x30, Buffer.concat([der(4, r), der(4, s)])),
    'a number of a thousand bytes': Buffer.concat([
      Buffer.from([0x30, 0x82, 0x04, 0x10, 0x02, 0x82, 0x03, 0xe8, 1]),
      Buffer.alloc(999),
      der(2, s),
    ]),
    'cut off': whole.subarray(0, -1),
    twice: Buffer.concat([whole, whole]),
    'numbers in the wrong order': pair(s, r),
    'the bytes of r and s with a tail': Buffer.concat([raw, zero]),
    'the bytes of r and s, cut off': raw.subarray(0, 63),
    'the text of it': Buffer.from(whole.toString('base64')),
  };
  for (const [what, bytes] of Object.entries(bad)) assert.not.ok(isGood(bytes), what);
});

test('attack: signatures of RSA of another length, or above the modulus', () => {
  const rsa: Keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '' } = rsa.publicKey.export({ format: 'jwk' });
  const modulus = number(Buffer.from(n, 'base64url'));
  const accepts = (bytes: Buffer): boolean => outcome(envelope(entry(bytes)), trustIn(rsa)) === 'accepted by 1';
  for (const how of [{}, { padding: constants.RSA_PKCS1_PSS_PADDING }]) {
    const bytes = signed(rsa, 'sha256', how);
    assert.ok(accepts(bytes));
    const large = (number(bytes) + modulus).toString(16);
    assert.not.ok(accepts(Buffer.from(large.padStart(large.length + (large.length % 2), '0'), 'hex')));
    assert.not.ok(accepts(Buffer.concat([Buffer.alloc(1), bytes])));
    assert.not.ok(accepts(Buffer.concat([bytes, Buffer.alloc(1)])));
    assert.not.ok(accepts(bytes.subarray(1)));
    assert.not.ok(accepts(Buffer.from(bytes.map((byte, at) => (at === 255 ? byte ^ 1 : byte)))));
  }
  for (const bytes of [
    Buffer.alloc(256),
    Buffer.alloc(256, 0xff),
    padded(1n),
    Buffer.concat([Buffer.alloc(255), Buffer.from([1])]),
  ]) {
    assert.not.ok(accepts(bytes));
  }
});

/** The order of the group of Ed25519. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

test('attack: signatures of Ed25519 that are another one of the same, or prehashed', () => {
  const keys: Keys = generateKeyPairSync('ed25519');
  const bytes = signed(keys, null);
  const accepts = (signature: Buffer, trust = trustIn(keys)): boolean =>
    outcome(envelope(entry(signature)), trust) === 'accepted by 1';
  assert.ok(accepts(bytes));
  const s = number(Buffer.from(bytes.subarray(32)).reverse());
  const other = Buffer.from((s + L).toString(16).padStart(64, '0'), 'hex').reverse();
  assert.not.ok(accepts(Buffer.concat([bytes.subarray(0, 32), other])));
  for (const each of [
    bytes.subarray(0, 63),
    Buffer.concat([bytes, Buffer.alloc(1)]),
    Buffer.alloc(64),
    Buffer.alloc(0),
  ]) {
    if (each.length > 0) assert.not.ok(accepts(Buffer.from(each)));
  }
  // RFC 8032, 7.3: a signature of Ed25519ph, which is over the hash and says so.
  const hex = (text: string): Buffer => Buffer.from(text, 'hex');
  const key = createPublicKey(
    pemOfDer(hex('302a300506032b6570032100ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf')),
  );
  const prehashed = hex(
    '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae4131f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406',
  );
  assert.not.ok(isSignedBy(key, Buffer.from('abc'), prehashed, boundedWork(1 << 20)));
});

test('attack: points of small order as keys, under which a signature holds for many messages', () => {
  const hex = (text: string): Buffer => Buffer.from(text, 'hex');
  const points = [
    `01${'00'.repeat(31)}`,
    `01${'00'.repeat(30)}80`,
    '00'.repeat(32),
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
    ...['ec', 'ed', 'ee'].flatMap((low) => [`${low}${'ff'.repeat(30)}7f`, `${low}${'ff'.repeat(31)}`]),
  ];
  // Over every message that its hash fits: the base point, and one.
  const signature = Buffer.concat([hex(`58${'66'.repeat(31)}`), hex(`01${'00'.repeat(31)}`)]);
  for (const point of points) {
    const pem = pemOfDer(hex(`302a300506032b6570032100${point}`));
    const reading = readPublicKey(pem);
    assert.match(reading.ok ? 'a key' : reading.message, /ed25519 on a point of small order/, point);
    assert.match(outcome(envelope(entry(signature)), listed(pem)), /^signature-invalid/, point);
  }
});

test.run();
