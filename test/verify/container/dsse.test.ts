import { RFC3161Timestamp } from '@sigstore/core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PAYLOAD_TYPE } from '../../../src/attestation/statement.ts';
import { STATEMENT } from '../fixtures.ts';
import {
  at,
  base64,
  DER,
  type Doc,
  edited,
  envelope,
  fixture,
  PEM,
  parsed,
  read,
  refused,
  TIMESTAMP,
} from './samples.ts';

const test = suite('containers: bare envelopes');
const SIGNATURE: Doc = { ...envelope.signatures[0] };
const withSignature = (members: object): object => ({ ...envelope, signatures: [{ ...SIGNATURE, ...members }] });

test('Google: raw r‖s and a key id that is a path; the bytes stay as they are', () => {
  const [content, ...others] = read(fixture('google-vsa.jsonl'));
  assert.is(others.length, 0);
  assert.is(content.form, 'dsse');
  assert.is(content.mediaType, 'application/vnd.dsse.envelope.v1+json');
  assert.is(content.payloadType, PAYLOAD_TYPE);
  assert.is(content.signatures[0].keyid, 'keystore://76574:prod:vsa_signing_public_key');
  assert.is(content.signatures[0].bytes.length, 64);
});

test('both alphabets, with and without padding, and several signatures', () => {
  const urlSafe = (text: unknown) => String(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const payload = Buffer.from('{"a":"\u00ff\u00fe~~~???"}');
  const standard = { ...envelope, payload: base64(payload) };
  const other = {
    payloadType: envelope.payloadType,
    payload: urlSafe(standard.payload),
    signatures: [{ sig: urlSafe(SIGNATURE.sig) }],
  };
  assert.equal(read(other)[0].payload, payload);
  assert.equal(read(other)[0].signatures[0].bytes, read(standard)[0].signatures[0].bytes);
  const several = read({ ...envelope, signatures: [SIGNATURE, { sig: 'AAAA', keyid: 'x', extra: 1 }] });
  assert.is(several.length, 1);
  assert.equal(
    several[0].signatures.map(({ keyid }) => keyid),
    ['', 'x'],
  );
  assert.equal(several[0].payload, STATEMENT);
});

test('slsa-github-generator: the certificate in the signature', () => {
  const [content, ...others] = read(fixture('generator.jsonl'));
  assert.is(others.length, 0);
  assert.is(content.form, 'slsa-generator');
  const pem = String(at(parsed(fixture('generator.jsonl')), '/signatures/0/cert'));
  assert.is(base64(content.signatures[0].certificate ?? ''), pem.replaceAll(/-----.*?-----|\s/g, ''));
  const two = read(withSignature({ cert: `${PEM[0]}\r\n${PEM[1]}` }))[0].signatures[0];
  assert.equal([two.certificate, ...two.intermediates], [DER[0], DER[1]]);
  assert.is(read(withSignature({ cert: '' }))[0].form, 'dsse');
});

test('Witness: certificate, intermediates and the token of a timestamp, which becomes a response again', () => {
  const token = readToken(TIMESTAMP);
  const witness = withSignature({
    certificate: base64(PEM[0]),
    intermediates: [base64(PEM[1]), base64(PEM[2])],
    timestamps: [
      { type: 'tsp', data: base64(token) },
      { type: 'tsp', data: base64(TIMESTAMP) },
    ],
  });
  const [content] = read(witness);
  assert.is(content.form, 'witness');
  const [signature] = content.signatures;
  assert.equal([signature.certificate, ...signature.intermediates], DER);
  assert.equal(signature.timestamps, [TIMESTAMP, TIMESTAMP]);
  assert.is(RFC3161Timestamp.parse(Buffer.from(signature.timestamps[0] ?? [])).status, 0n);
});

/** Behind `30 82 xx xx` and the status, which Go's parser takes away before Witness keeps the rest. */
const readToken = (response: Buffer): Buffer => response.subarray(4 + 5);

test('Witness: a certificate on one of two signatures', () => {
  const both = { ...envelope, signatures: [SIGNATURE, { ...SIGNATURE, certificate: base64(PEM[0]) }] };
  const [content] = read(both);
  assert.equal(
    content.signatures.map(({ certificate }) => certificate),
    [undefined, DER[0]],
  );
});

test('attack: the evidence of two tools in one envelope', () => {
  const certificate = base64(PEM[0]);
  assert.match(refused(withSignature({ cert: PEM[0], certificate })), /one form \| 'cert' and those of Witness/);
  refused({
    ...envelope,
    signatures: [
      { ...SIGNATURE, cert: PEM[0] },
      { ...SIGNATURE, certificate },
    ],
  });
});

test('attack: PEM with something around it, between, inside, or too much of it', () => {
  const [first, second] = PEM;
  const one = first.trim();
  const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
  for (const [cert, said] of [
    [`x${first}`, /a PEM block .* \| x-----BEGIN/],
    [` ${first}`, /a PEM block/],
    [`\ufeff${first}`, /a PEM block/],
    [`${first}x`, /nothing else \| x/],
    [`${first}\u00a0`, /nothing else/],
    [`${one} `, /a PEM block/],
    [`${one}${second}`, /a PEM block/],
    [`${first}subject=/CN=x\n${second}`, /nothing else \| subject=/],
    [first + key, /nothing else \| -----BEGIN PRIVATE/],
    [key, /a PEM block/],
    [one.slice(0, -5), /a PEM block/],
    [one.replace('\n-----END', '-----END'), /a PEM block/],
    [one.replace('\n', '\nProc-Type: 4,ENCRYPTED\n'), /a PEM block/],
    [one.replace('MII', 'MI='), /not base64/],
    [one.replace('\n-----END', 'A\n-----END'), /not base64|DER/],
    [first.repeat(11), /at most 10 certificates/],
    [' \n', /a PEM block/],
    [DER[0].toString('base64'), /a PEM block/],
  ] as const) {
    assert.match(refused(withSignature({ cert })), said);
  }
  refused(withSignature({ cert: one.replace(/\n[^\n]+\n-----END/, '\n-----END') }), 'certificate-invalid');
  for (const cert of [7, {}, true]) refused(withSignature({ cert }));
  refused(withSignature({ certificate: base64(first + second) }));
  refused(withSignature({ certificate: first }));
  refused(withSignature({ certificate: base64(DER[0]) }));
  refused(withSignature({ certificate: base64(first), intermediates: [base64(first + second)] }));
});

test('attack: intermediates without a certificate, too many of them, timestamps of another kind', () => {
  const certificate = base64(PEM[0]);
  assert.match(refused(withSignature({ intermediates: [base64(PEM[1])] })), /the chain alone/);
  assert.match(refused(withSignature({ certificate, intermediates: Array(10).fill(certificate) })), /at most 9/);
  const data = base64(TIMESTAMP);
  assert.match(refused(withSignature({ timestamps: [{ type: 'roughtime', data }] })), /'tsp'.*'roughtime'/);
  refused(withSignature({ timestamps: [{ data }] }));
  refused(withSignature({ timestamps: [null] }));
  refused(withSignature({ timestamps: { type: 'tsp', data } }));
  refused(withSignature({ timestamps: [{ type: 'tsp', data: base64(TIMESTAMP.subarray(0, -1)) }] }));
  refused(withSignature({ timestamps: [{ type: 'tsp', data: base64(Buffer.concat([TIMESTAMP, TIMESTAMP])) }] }));
  assert.match(refused(withSignature({ timestamps: Array(9).fill({ type: 'tsp', data }) })), /at most 8/);
});

test('attack: members that are none, empty, of another kind, or too large', () => {
  for (const [pointer, values] of Object.entries({
    '/payload': [undefined, null, '', 'e3', 'e30 ', 7, {}, []],
    '/payloadType': [undefined, null, '', 7, {}, 'x'.repeat(3000)],
    '/signatures': [undefined, null, [], {}, 'x', [null], [[]], ['x'], [{}]],
    '/signatures/0/sig': [undefined, null, '', 'a', 7, base64(Buffer.alloc(9000))],
    '/signatures/0/keyid': [7, {}, 'x'.repeat(3000)],
  })) {
    for (const value of values) assert.ok(refused(edited(envelope, pointer, value)).length > 0, pointer);
  }
  assert.is(read({ ...envelope, signatures: Array(16).fill(SIGNATURE) })[0].signatures.length, 16);
  assert.match(
    refused({ ...envelope, signatures: Array(17).fill(SIGNATURE) }),
    /at most 16 elements \| 17 \(\/signatures\)/,
  );
});

test('attack: members in two spellings', () => {
  for (const [pointer, value] of [
    ['/Payload', 'e30='],
    ['/PAYLOADTYPE', 'x'],
    ['/payload_type', 'x'],
    ['/signatures/0/Sig', 'AAAA'],
  ] as const) {
    assert.match(refused(edited(envelope, pointer, value)), /one spelling/);
  }
});

test.run();
