import { sign } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { preAuthEncoding } from '../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE, STATEMENT_TYPE } from '../../src/attestation/statement.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { bytesOf, NOW, p256, STATEMENT, trustIn } from './fixtures.ts';

const test = suite('attacks with statements that are signed well');
const keys = p256();
const trust = trustIn(keys);

/** An envelope that is signed as it is. */
function envelope(payload: Uint8Array, payloadType = PAYLOAD_TYPE): Uint8Array {
  const sig = sign('sha256', preAuthEncoding(payloadType, payload), keys.privateKey).toString('base64');
  return bytesOf({ payload: Buffer.from(payload).toString('base64'), payloadType, signatures: [{ sig }] });
}

/** `accepted`, or why not; what is handed out is the statement that was signed. */
function outcome(payload: Uint8Array | string | object, payloadType?: string): string {
  const bytes =
    typeof payload === 'string' || payload instanceof Uint8Array ? Buffer.from(payload as string) : bytesOf(payload);
  const verdict = verifyAttestation(envelope(bytes, payloadType), trust, NOW);
  if (!verdict.verified)
    return `${verdict.refusals[0].code}: ${verdict.refusals[0].expected} | ${verdict.refusals[0].found}`;
  assert.ok(Buffer.from(verdict.payload).equals(bytes));
  return 'accepted';
}
const REFUSED = /^statement-invalid/;

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const statement = JSON.parse(String(STATEMENT)) as Record<string, unknown>;
const about = (...subject: readonly unknown[]): object => ({ ...statement, subject });
const V01 = 'https://in-toto.io/Statement/v0.1';

test('both versions of a statement, and every payload type of in-toto', () => {
  assert.is(outcome(STATEMENT), 'accepted');
  assert.is(outcome({ ...statement, _type: V01 }), 'accepted');
  assert.is(outcome(STATEMENT, 'application/vnd.in-toto.provenance+json'), 'accepted');
  assert.is(outcome(about({ digest: { sha256: A } }, { digest: { sha256: B } })), 'accepted');
});

test('attack: a payload signed for another purpose, or under a type that only looks like in-toto', () => {
  for (const type of [
    'application/json',
    'application/vnd.in-toto',
    'application/vnd.in-toto+json; charset=utf-8',
    ' application/vnd.in-toto+json',
    'application/vnd.in-toto+json ',
    'application/vnd.in-toto+json\n',
    'application/vnd.in-toto+json\u0000',
    'APPLICATION/VND.IN-TOTO+JSON',
    'application/vnd\u2024in-toto+json',
    'application/vndXin-toto+json',
    'application/vnd.in-toto.+json',
    'application/vnd.in-toto.a.b+json',
    'application/vnd.in-toto+jsonl',
    'text/application/vnd.in-toto+json',
    'https://witness.testifysec.com/policy/v0.1',
    'application/vnd.dev.cosign.simplesigning.v1+json',
  ]) {
    assert.match(outcome(STATEMENT, type), /^statement-invalid: the payload type/, JSON.stringify(type));
  }
});

test('attack: a payload type that was exchanged after signing', () => {
  for (const [from, to] of [
    [PAYLOAD_TYPE, 'application/vnd.in-toto.provenance+json'],
    ['application/vnd.in-toto.provenance+json', PAYLOAD_TYPE],
    ['application/json', PAYLOAD_TYPE],
    [`${PAYLOAD_TYPE} 5`, PAYLOAD_TYPE],
  ] as const) {
    const document = JSON.parse(Buffer.from(envelope(STATEMENT, from)).toString());
    const verdict = verifyAttestation(bytesOf({ ...document, payloadType: to }), trust, NOW);
    assert.is(!verdict.verified && verdict.refusals[0].code, 'signature-invalid', from);
  }
  // Type and payload each with their length: what moves from one to the other is signed otherwise.
  const moved = JSON.parse(Buffer.from(envelope(Buffer.from(`5 ${STATEMENT}`), PAYLOAD_TYPE)).toString());
  const payload = Buffer.from(STATEMENT).toString('base64');
  const shifted = verifyAttestation(bytesOf({ ...moved, payload, payloadType: `${PAYLOAD_TYPE} 5` }), trust, NOW);
  assert.not.ok(shifted.verified);
});

test('attack: other documents of in-toto, and statements of other versions', () => {
  for (const type of [
    'link',
    'layout',
    'https://in-toto.io/Statement/v2',
    'https://in-toto.io/Statement/v1/',
    'https://in-toto.io/Statement/V1',
    'http://in-toto.io/Statement/v1',
    `${STATEMENT_TYPE}\n`,
    '',
    null,
    1,
    [STATEMENT_TYPE],
    { toString: STATEMENT_TYPE },
  ]) {
    assert.match(outcome({ ...statement, _type: type }), REFUSED, JSON.stringify(type));
  }
  const { _type, ...untyped } = statement;
  assert.match(outcome({ ...untyped, type: _type }), REFUSED, 'the mistake of a real tool');
  for (const predicateType of ['', null, 1, ['x'], {}, undefined]) {
    assert.match(outcome({ ...statement, predicateType }), REFUSED, JSON.stringify(predicateType));
  }
});

test('attack: two subjects of one name, whichever of them a reader would take', () => {
  const [first, second] = [
    { name: 'image', digest: { sha256: A } },
    { name: 'image', digest: { sha256: B } },
  ];
  for (const subjects of [
    [first, second],
    [second, first],
    [first, first],
    [first, { name: 'other', digest: { sha256: A } }, second],
    [first, { name: 'image', digest: { sha512: 'c'.repeat(128) } }],
    [first, { name: 'image', digest: { unknown: 'x' } }],
    [first, { name: '\u0069mage', digest: { sha256: B } }],
  ]) {
    assert.match(outcome(about(...subjects)), /^statement-invalid: a name once/);
    assert.match(outcome({ ...about(...subjects), _type: V01 }), /^statement-invalid: a name once/);
  }
  // The same with the name in another spelling of JSON.
  const spelt = JSON.stringify(about(first, second)).replace('"name":"image"', '"name":"\\u0069mage"');
  assert.match(outcome(spelt), /^statement-invalid: a name once/);
  assert.match(outcome({ ...about({ digest: { sha256: A } }), _type: V01 }), /^statement-invalid: a name on every/);
});

test('attack: subjects that match nothing, or would match in one reader alone', () => {
  const digests: Readonly<Record<string, unknown>> = {
    'none at all': {},
    'in upper case': { sha256: A.toUpperCase() },
    'in mixed case': { sha256: `A${A.slice(1)}` },
    'too short': { sha256: A.slice(1) },
    'too long': { sha256: `${A}a` },
    'of another algorithm': { sha512: A },
    'with its algorithm in front': { sha256: `sha256:${A}` },
    'with a space': { sha256: `${A} ` },
    'with a line end': { sha256: `${A}\n` },
    'in base64': { sha256: Buffer.from(A, 'hex').toString('base64') },
    'no text': { sha256: 1e63 },
    'a list': { sha256: [A] },
    nothing: { sha256: null },
    'an empty text': { sha256: '' },
    'weak alone': { md5: 'a'.repeat(32), sha1: 'a'.repeat(40) },
    'unknown alone': { gce_image_id: '7', dirHash: 'h1:x' },
    'of a name in capitals': { SHA256: A },
    'of a name with a dash': { 'sha-256': A },
    'good beside one that is not': { sha256: A, sha512: 'b'.repeat(127) },
  };
  for (const [what, digest] of Object.entries(digests)) {
    assert.match(outcome(about({ name: 'a', digest })), REFUSED, what);
  }
  for (const digest of [A, [A], null, undefined, 7, true]) assert.match(outcome(about({ name: 'a', digest })), REFUSED);
  for (const subject of [
    [],
    {},
    null,
    undefined,
    'a',
    7,
    [null],
    ['a'],
    [[]],
    { 0: { digest: { sha256: A } }, length: 1 },
  ]) {
    assert.match(outcome({ ...statement, subject }), REFUSED, JSON.stringify(subject));
  }
  const many = Array.from({ length: 1025 }, (_, index) => ({ name: `a${index}`, digest: { sha256: A } }));
  assert.match(outcome(about(...many)), /^statement-invalid: at most 1024/);
  assert.is(outcome(about(...many.slice(1))), 'accepted');
});

test('attack: members that some readers take for others', () => {
  const evil = [{ name: 'evil', digest: { sha256: B } }];
  for (const name of ['Subject', 'SUBJECT', '\u017fubject', 'sub_ject', '_subject']) {
    assert.match(outcome({ ...statement, [name]: evil }), /^statement-invalid: members by their exact names/, name);
    assert.match(outcome({ [name]: evil, ...statement }), /^statement-invalid: members by their exact names/, name);
  }
  for (const [name, value] of [
    ['_Type', V01],
    ['type', V01],
    ['predicate_type', 'x'],
    ['predicatetype', 'x'],
    ['Predicate', {}],
  ]) {
    assert.match(outcome({ ...statement, [String(name)]: value }), REFUSED, String(name));
  }
  for (const name of ['Name', 'Digest', 'DIGEST', 'media_type']) {
    assert.match(outcome(about({ name: 'a', digest: { sha256: A }, [name]: { sha256: B } })), REFUSED, name);
  }
});

test('attack: a member twice, anywhere, in any spelling', () => {
  const text = String(STATEMENT);
  for (const [what, payload] of Object.entries({
    'the subject': text.replace('"subject":', '"subject":[],"subject":'),
    'the subject, with an escape': text.replace('"subject":', '"subj\\u0065ct":[],"subject":'),
    'the type of the predicate': text.replace('"predicateType":', '"predicateType":"x","predicateType":'),
    'a digest': text.replace('"sha256":', `"sha256":"${B}","sha256":`),
    'a digest, with an escape': text.replace('"sha256":', `"sha256":"${B}","\\u0073ha256":`),
    'something deep in the predicate': text.replace('"predicate":{}', '"predicate":{"a":[{"b":{"c":1,"c":2}}]}'),
    'the prototype': text.replace('"predicate":{}', '"predicate":{"__proto__":1,"__proto__":2}'),
  })) {
    assert.is.not(payload, text, what);
    assert.match(outcome(payload), /^statement-invalid: strict JSON \| the key/, what);
  }
});

test('attack: text that is no JSON to some readers, or not the same', () => {
  const text = String(STATEMENT);
  const odd: Readonly<Record<string, Uint8Array | string>> = {
    'a byte order mark': `\ufeff${text}`,
    'a tail': `${text}{}`,
    'a NUL at the end': `${text}\0`,
    'a second line': `${text}\n${text}`,
    'a comment': text.replace('{', '{/* x */'),
    'a comma too many': text.replace('}', ',}'),
    'single quotes': text.replaceAll('"', "'"),
    'UTF-16': Buffer.from(text, 'utf16le'),
    'Latin-1': Buffer.from(text.replace('"a"', '"ä"'), 'latin1'),
    'half a surrogate': Buffer.concat([
      Buffer.from(text.slice(0, -1)),
      Buffer.from(',"x":"'),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from('"}'),
    ]),
    'an overlong slash': Buffer.concat([
      Buffer.from(text.slice(0, -1)),
      Buffer.from(',"x":"'),
      Buffer.from([0xc0, 0xaf]),
      Buffer.from('"}'),
    ]),
    'not a number': text.replace('{}', 'NaN'),
    'a number with a plus': text.replace('{}', '+1'),
    'a tab in a text': text.replace('"a"', '"\t"'),
    'a list': `[${text}]`,
    'a text': JSON.stringify(text),
    nothing: 'null',
    spaces: ' \n ',
  };
  for (const [what, payload] of Object.entries(odd)) assert.match(outcome(payload), REFUSED, what);
});

test('attack: depth and size', () => {
  const nested = (depth: number, open = '[', close = ']'): string =>
    String(STATEMENT).replace('{}', open.repeat(depth) + (open === '[' ? '' : '1') + close.repeat(depth));
  assert.is(outcome(nested(99)), 'accepted');
  for (const depth of [100, 1000, 100_000, 1_000_000]) {
    assert.match(outcome(nested(depth)), /^statement-invalid: strict JSON \| objects and arrays are nested/);
  }
  assert.match(outcome(nested(100_000, '{"a":', '}')), /nested over 100 levels/);
  assert.match(outcome(nested(200_000).slice(0, 150_000)), REFUSED, 'and cut off');
  const keys = Array.from({ length: 140_000 }, (_, index) => `"${index}x":0`).join(',');
  assert.match(
    outcome(String(STATEMENT).replace('{}', `{${keys}}`)),
    /^statement-invalid: strict JSON \| an object has over/,
  );
  const long = 'n'.repeat(1 << 20);
  for (const payload of [about({ name: long, digest: { [long]: long } }), { ...statement, _type: long }]) {
    assert.ok(outcome(payload).length < 600, 'what is said stays short');
  }
});

test('attack: keys with escapes, after documents by which the parser could take them for others', () => {
  const spelt = String(STATEMENT)
    .replace('"subject"', '"subj\\u0065ct"')
    .replace('"predicate":{}', '"predic\\u0061te":{"k":1}');
  const poison = { _type: '', 'subj\\u0': [], predicateType: '', 'predic\\u': {} };
  for (const document of [poison, { _type: '', 'subj\\u0': [] }]) outcome(document);
  JSON.parse(JSON.stringify(poison));
  const verdict = verifyAttestation(envelope(Buffer.from(spelt)), trust, NOW);
  if (!verdict.verified) throw new Error(JSON.stringify(verdict.refusals));
  assert.equal(verdict.statement, { ...statement, predicate: { k: 1 } });
});

test('attack: members of the prototype are members like others', () => {
  const payload = String(STATEMENT).replace(
    '"predicate":{}',
    '"predicate":{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}',
  );
  assert.is(outcome(payload), 'accepted');
  assert.is(({} as { isAdmin?: unknown }).isAdmin, undefined);
  assert.match(outcome(`{"__proto__":${STATEMENT}}`), REFUSED);
  assert.match(
    outcome(
      String(STATEMENT)
        .replace('"digest":{', '"digest":{"__proto__":{"sha256":"x"},')
        .replace('"sha256":"0', '"sha1":"0'),
    ),
    REFUSED,
  );
});

test.run();
