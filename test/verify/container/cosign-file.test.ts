import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { base64, COSIGN_ENTRY, DER, edited, envelope, LOGGED_BUNDLE, PEM, read, refused } from './samples.ts';

const test = suite('containers: files of cosign 2');

const FILE = {
  base64Signature: base64(JSON.stringify(LOGGED_BUNDLE.dsseEnvelope)),
  cert: base64(PEM[0]),
  rekorBundle: COSIGN_ENTRY,
};

test('a file says what the bundle of the same entry says', () => {
  const [content, ...others] = read(FILE);
  assert.is(others.length, 0);
  assert.is(content.form, 'cosign-file');
  const [ofBundle] = read(LOGGED_BUNDLE);
  assert.equal(content.payload, ofBundle.payload);
  assert.equal(content.signatures[0].logEntries, ofBundle.signatures[0].logEntries);
  assert.equal(content.signatures[0].certificate, DER[0]);
});

test('one that was signed with a key, logged or not', () => {
  for (const file of [
    { base64Signature: FILE.base64Signature, rekorBundle: FILE.rekorBundle },
    { base64Signature: FILE.base64Signature, cert: '', rekorBundle: null },
    { base64Signature: FILE.base64Signature },
  ]) {
    const [{ signatures }] = read(file);
    assert.is(signatures.length, 1);
    assert.is(signatures[0].certificate, undefined);
  }
});

test('attack: a signature of something else, several signatures, evidence inside as well', () => {
  refused({ ...FILE, base64Signature: base64('MEUCIQ') }, 'json-malformed');
  assert.match(refused({ ...FILE, base64Signature: base64('"MEUCIQ"') }), /an object/);
  refused(edited(FILE, '/base64Signature', undefined));
  refused({ ...FILE, base64Signature: base64(JSON.stringify(LOGGED_BUNDLE)) });
  refused({ ...FILE, base64Signature: base64(JSON.stringify(FILE)) });
  refused({ ...FILE, base64Signature: base64('{"payload":"e30=","payload":"e30="}') }, 'json-duplicate-key');
  const two = { ...envelope, signatures: [...envelope.signatures, { sig: 'AAAA' }] };
  assert.match(refused({ ...FILE, base64Signature: base64(JSON.stringify(two)) }), /evidence for one \| 2/);
  const inner = { ...envelope, signatures: [{ ...envelope.signatures[0], cert: PEM[0] }] };
  assert.match(refused({ ...FILE, base64Signature: base64(JSON.stringify(inner)) }), /'cert'/);
});

test('attack: a document that is another form as well', () => {
  assert.match(
    refused({ ...FILE, ...(LOGGED_BUNDLE as object) }),
    /can be read as both a Sigstore bundle and a bundle file/,
  );
  assert.match(refused({ ...FILE, ...envelope }), /can be read as both a DSSE envelope and a bundle file/);
  refused({ ...FILE, Base64Signature: FILE.base64Signature });
});

test('attack: a certificate or a log entry that is damaged, doubled or of another kind', () => {
  for (const cert of ['x', PEM[0], base64(PEM[0] + PEM[1]), base64(DER[0]), 7, {}]) refused({ ...FILE, cert });
  for (const rekorBundle of ['x', 7, [FILE.rekorBundle], {}, { ...FILE.rekorBundle, Payload: {} }])
    refused({ ...FILE, rekorBundle });
  refused(edited(FILE, '/rekorBundle/Payload/logIndex', -1));
});

test.run();
