import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  base64,
  COSIGN_ENTRY,
  DER,
  edited,
  envelope,
  LOGGED_BUNDLE,
  layerOf,
  PEM,
  read,
  refused,
  TIMESTAMP,
} from './samples.ts';

const test = suite('containers: layers of cosign');

const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const CHAIN = 'dev.sigstore.cosign/chain';
const LOG = 'dev.sigstore.cosign/bundle';
const STAMP = 'dev.sigstore.cosign/rfc3161timestamp';
const EVIDENCE = {
  [CERTIFICATE]: PEM[0],
  [CHAIN]: PEM[1] + PEM[2],
  [LOG]: JSON.stringify(COSIGN_ENTRY),
  [STAMP]: JSON.stringify({ SignedRFC3161Timestamp: base64(TIMESTAMP) }),
};
const LAYER = layerOf(LOGGED_BUNDLE.dsseEnvelope as object, EVIDENCE);

test('a layer with all its annotations says what the bundle of the same entry says', () => {
  const [content, ...others] = read(LAYER);
  assert.is(others.length, 0);
  assert.is(content.form, 'cosign-layer');
  assert.is(content.mediaType, LAYER.mediaType);
  const [ofBundle] = read(LOGGED_BUNDLE);
  assert.equal(content.payload, ofBundle.payload);
  const [signature] = content.signatures;
  assert.equal([signature.certificate, ...signature.intermediates], DER);
  assert.equal(signature.logEntries, ofBundle.signatures[0].logEntries);
  assert.equal(signature.timestamps, [TIMESTAMP]);
});

test('a layer signed with a key alone, with empty annotations, none, and several signatures', () => {
  for (const annotations of [{}, { [CERTIFICATE]: '', [CHAIN]: '', [LOG]: null }]) {
    const [signature] = read(layerOf(envelope, annotations))[0].signatures;
    assert.is(signature.certificate, undefined);
    assert.equal(signature.logEntries, []);
  }
  const two = { ...envelope, signatures: [...envelope.signatures, { sig: 'AAAA' }] };
  assert.is(read(layerOf(two, {}))[0].signatures.length, 2);
  assert.is(read(edited(layerOf(two, {}), '/annotations', undefined))[0].signatures.length, 2);
  assert.match(refused(layerOf(two, { [CERTIFICATE]: PEM[0] })), /evidence for one \| 2/);
  const without = read(layerOf(envelope, { [CERTIFICATE]: PEM[0], [CHAIN]: '' }))[0].signatures[0];
  assert.equal([without.certificate, ...without.intermediates], [DER[0]]);
});

test('what `cosign download attestation` prints is an envelope a line, without annotations', () => {
  const line = JSON.stringify(envelope);
  assert.equal(
    read(`${line}\n${line}\n`).map(({ form, at: where }) => [form, where]),
    [
      ['dsse', 'line 1'],
      ['dsse', 'line 2'],
    ],
  );
});

test('attack: a digest or a size of other bytes', () => {
  const other = layerOf({ ...envelope, payloadType: 'x' }, {});
  assert.match(refused({ ...LAYER, digest: other.digest }), /the digest of the data \| sha256:/);
  assert.match(refused({ ...LAYER, size: 1 }), /the size of the data \| 1 \(\/size\)/);
  assert.match(refused({ ...LAYER, data: other.data }), /the size of the data/);
  const digest = `sha512:${createHash('sha512')
    .update(Buffer.from(String(LAYER.data), 'base64'))
    .digest('hex')}`;
  assert.is(read({ ...LAYER, digest })[0].form, 'cosign-layer');
  for (const value of ['', 'sha256:', 'md5:00', String(LAYER.digest).toUpperCase(), `${LAYER.digest} `, 7, null])
    refused({ ...LAYER, digest: value });
  for (const value of [null, -1, 1.5, '', `0${LAYER.size}`, undefined]) refused({ ...LAYER, size: value });
});

test('attack: another media type, another content, a layer without its bytes', () => {
  refused({ ...LAYER, mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' });
  assert.match(refused(edited(LAYER, '/mediaType', undefined)), /dsse\.envelope.* \| none/);
  refused(edited(LAYER, '/data', undefined));
  refused(layerOf(Buffer.from('hello'), {}), 'json-malformed');
  refused(layerOf(Buffer.from('{"payload":"e30=","payload":"e30="}'), {}), 'json-duplicate-key');
  refused(layerOf(Buffer.from(`${'['.repeat(40)}${']'.repeat(40)}`), {}), 'json-too-deep');
  refused(layerOf(LOGGED_BUNDLE, {}));
  refused(layerOf([envelope], {}));
  refused(layerOf(LAYER, {}));
});

test('attack: evidence inside the envelope as well, or a signature outside of it', () => {
  const inner = { ...envelope, signatures: [{ ...envelope.signatures[0], cert: PEM[0] }] };
  assert.match(refused(layerOf(inner, EVIDENCE)), /'cert'/);
  assert.match(refused(layerOf(envelope, { 'dev.cosignproject.cosign/signature': 'AAAA' })), /has its own/);
});

test('attack: annotations that are damaged, doubled or of another kind', () => {
  const annotated = (name: string, value: unknown) => layerOf(envelope, { ...EVIDENCE, [name]: value });
  for (const value of ['x', PEM[0] + PEM[1], PEM[0].slice(0, -8), 7, {}, [PEM[0]]])
    refused(annotated(CERTIFICATE, value));
  for (const value of ['x', PEM[0].repeat(10), `${PEM[0]}x`, 7]) refused(annotated(CHAIN, value));
  assert.match(refused(annotated(CERTIFICATE, '')), /the chain alone/);
  refused(annotated(LOG, 'x'), 'json-malformed');
  refused(annotated(LOG, JSON.stringify(COSIGN_ENTRY).replace('{', '{"Payload":{},')), 'json-duplicate-key');
  refused(annotated(LOG, '[]'));
  for (const [pointer, values] of Object.entries({
    '/SignedEntryTimestamp': [undefined, '', 'a', 7],
    '/signedentrytimestamp': ['AAAA'],
    '/Payload': [undefined, null, 'x'],
    '/Payload/body': [undefined, '', { kind: 'dsse' }, base64('x'), base64('{}'), base64('{"kind":"dsse"}')],
    '/Payload/logID': [undefined, '', 'xyz', 'abc', 'AB', 7],
    '/Payload/logIndex': [undefined, -1, 1.5, '', 1e300],
    '/Payload/integratedTime': [undefined, -1, null],
  })) {
    for (const value of values) {
      const code = pointer === '/Payload/body' && value === base64('x') ? 'json-malformed' : 'attestation-malformed';
      assert.match(
        refused(annotated(LOG, JSON.stringify(edited(COSIGN_ENTRY, pointer, value))), code),
        /dev\.sigstore\.cosign~1bundle/,
      );
    }
  }
  refused(annotated(STAMP, 'x'), 'json-malformed');
  for (const stamp of [
    {},
    [],
    { SignedRFC3161Timestamp: 'AAAA' },
    { SignedRFC3161Timestamp: base64(TIMESTAMP.subarray(1)) },
  ]) {
    refused(annotated(STAMP, JSON.stringify(stamp)));
  }
  for (const annotations of [[], 'x', 7]) refused(edited(LAYER, '/annotations', annotations));
});

test('attack: annotations that every object has', () => {
  const text = JSON.stringify(layerOf(envelope, {})).replace(
    '"annotations":{',
    `"annotations":{"__proto__":${JSON.stringify(EVIDENCE)},`,
  );
  assert.is(read(text)[0].signatures[0].certificate, undefined);
});

test.run();
