import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleBy } from '../fixtures.ts';
import { at, base64, DER, type Doc, edited, fixture, keys, parsed, read, refused } from './samples.ts';

const test = suite('containers: Sigstore bundles');
const V01 = at(parsed(fixture('npm-v0.1.json')), '/attestations/0/bundle') as object;
const V01_KEY = at(parsed(fixture('npm-v0.1.json')), '/attestations/1/bundle') as object;
const V02 = parsed(fixture('bundle-v0.2.json'));
const V03 = parsed(fixture('bundle-v0.3.json'));
const OURS = parsed(bundleBy(keys));
const ENTRY = '/verificationMaterial/tlogEntries/0';

test('v0.1 of npm with a chain of three and a promise', () => {
  const [content, ...others] = read(V01);
  assert.is(others.length, 0);
  assert.is(content.form, 'sigstore-bundle');
  assert.is(content.mediaType, 'application/vnd.dev.sigstore.bundle+json;version=0.1');
  assert.is(content.at, '');
  assert.match(content.payload.toString(), /^\{"_type":"https:\/\/in-toto.io\/Statement\/v0.1"/);
  const [signature, ...rest] = content.signatures;
  assert.is(rest.length, 0);
  const chain = at(V01, '/verificationMaterial/x509CertificateChain/certificates') as { rawBytes: string }[];
  assert.equal(
    [signature.certificate, ...signature.intermediates].map((der) => base64(der ?? '')),
    chain.map((one) => one.rawBytes),
  );
  const [entry] = signature.logEntries;
  assert.is(entry?.logIndex, '13420286');
  assert.is(entry?.integratedTime, '1676489612');
  assert.is(
    base64(entry?.inclusionPromise?.signedEntryTimestamp ?? ''),
    at(V01, `${ENTRY}/inclusionPromise/signedEntryTimestamp`),
  );
  assert.is(entry?.inclusionProof, undefined);
});

test('v0.1 of npm with a key: no certificate, and the hint as the key id', () => {
  const [{ signatures }] = read(V01_KEY);
  assert.is(signatures[0].certificate, undefined);
  assert.equal(signatures[0].intermediates, []);
  assert.is(signatures[0].keyid, 'SHA256:jl3bwswu80PjjokCgh0o2w5c2U4LhQAE57gj9cz1kzA');
  const unnamed = edited(V01_KEY, '/dsseEnvelope/signatures/0/keyid', '');
  assert.is(read(unnamed)[0].signatures[0].keyid, signatures[0].keyid);
});

test('v0.2 with a chain, a proof and a timestamp; v0.3 with an entry of Rekor v2', () => {
  const [second] = read(V02)[0].signatures;
  assert.is(second.certificate?.length, 824);
  assert.is(second.logEntries[0]?.kindVersion?.kind, 'intoto');
  assert.is(second.timestamps.length, 1);
  const [third] = read(V03)[0].signatures;
  assert.is(third.logEntries[0]?.inclusionProof?.hashes.length, 13);
  assert.is(third.logEntries[0]?.integratedTime, '0');
  assert.is(
    base64(third.timestamps[0] ?? ''),
    at(V03, '/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp'),
  );
});

test('null stands for absent, as in the JSON of Protobuf', () => {
  const nulls = {
    ...V03,
    messageSignature: null,
    payload: null,
    verificationMaterial: { ...(V03.verificationMaterial as object), publicKey: null, x509CertificateChain: null },
  };
  assert.equal(read(nulls), read(V03));
  for (const pointer of [
    '/dsseEnvelope',
    '/verificationMaterial',
    '/mediaType',
    `${ENTRY}/logId`,
    `${ENTRY}/kindVersion`,
  ]) {
    refused(edited(V03, pointer, null));
  }
  refused(edited(V03, '/dsseEnvelope/signatures/0', null));
  refused(edited(V03, ENTRY, null));
});

test('attack: a version without rules, two contents, two keys, two names for the key', () => {
  assert.match(
    refused(edited(V03, '/mediaType', 'application/vnd.dev.sigstore.bundle.v0.4+json')),
    /0\.1 to 0\.3 \| .*v0\.4/,
  );
  assert.match(refused(edited(V03, '/mediaType', undefined)), /0\.1 to 0\.3 \| none/);
  const messageSignature = { messageDigest: { algorithm: 'SHA2_256', digest: 'AA==' }, signature: 'AA==' };
  assert.match(refused({ ...V03, messageSignature }), /dsseEnvelope and messageSignature/);
  assert.match(refused({ ...edited(V03, '/dsseEnvelope', undefined), messageSignature }), /around another content/);
  assert.match(refused(edited(V03, '/verificationMaterial/publicKey', { hint: 'x' })), /publicKey and certificate/);
  assert.match(refused(edited(V01_KEY, '/dsseEnvelope/signatures/0/keyid', 'other')), /two different ones/);
});

test('attack: no key material, or an empty chain', () => {
  assert.match(refused(edited(V03, '/verificationMaterial/certificate', undefined)), /one of publicKey.*none of them/);
  const chain = '/verificationMaterial/x509CertificateChain';
  assert.match(refused(edited(V02, `${chain}/certificates`, [])), /at least one certificate/);
  refused(edited(V02, chain, {}));
});

test('attack: rules of one version in another', () => {
  assert.match(refused({ ...V01, mediaType: V02.mediaType }), /inclusionProof.*version 0\.2/);
  assert.match(refused({ ...V03, mediaType: (V01 as Doc).mediaType }), /inclusionPromise.*version 0\.1/);
  assert.match(refused(edited(V03, `${ENTRY}/inclusionProof/checkpoint`, null)), /checkpoint.*version 0\.3/);
  const chain = { certificates: [{ rawBytes: base64(DER[0]) }] };
  const material = { ...(V03.verificationMaterial as object), certificate: undefined, x509CertificateChain: chain };
  assert.match(refused({ ...V03, verificationMaterial: material }), /a certificate alone/);
});

test('attack: a second signature, or one that brings a certificate of its own', () => {
  const [signature] = at(V03, '/dsseEnvelope/signatures') as [object];
  assert.match(
    refused(edited(V03, '/dsseEnvelope/signatures', [signature, signature])),
    /one signature.* \| 2 \(\/dsseEnvelope\/signatures\)/,
  );
  assert.match(
    refused(edited(V03, '/dsseEnvelope/signatures/0/cert', 'x')),
    /'cert' \(\/dsseEnvelope\/signatures\/0\)/,
  );
  refused(edited(V03, '/dsseEnvelope/signatures/0/intermediates', ['x']));
});

test('attack: one member in two spellings, which readers in Go take for one', () => {
  assert.match(
    refused({ ...V03, dsse_envelope: V03.dsseEnvelope }),
    /one spelling \| 'dsseEnvelope' and 'dsse_envelope'/,
  );
  assert.match(refused(edited(V03, '/dsseEnvelope/Payload', 'e30=')), /'payload' and 'Payload' \(\/dsseEnvelope\)/);
  refused(edited(V03, '/dsseEnvelope/\u017fignatures', []));
  refused(edited(V03, '/verificationMaterial/tlog_entries', []));
  refused(edited(V03, `${ENTRY}/log_index`, '1'));
});

test('attack: certificates that are cut off, have a tail, or are none', () => {
  for (const der of [
    DER[0].subarray(0, 100),
    Buffer.concat([DER[0], DER[1]]),
    Buffer.from('MII'),
    Buffer.from([0x31, 0]),
  ]) {
    const said = refused(
      edited(V03, '/verificationMaterial/certificate', { rawBytes: base64(der) }),
      'certificate-invalid',
    );
    assert.match(said, /\(\/verificationMaterial\/certificate\/rawBytes\)/);
  }
  const certificates = DER.map((der) => ({ rawBytes: base64(der) }));
  const chain = '/verificationMaterial/x509CertificateChain/certificates';
  assert.is(read(edited(V02, chain, certificates))[0].signatures[0].intermediates.length, 2);
  refused(edited(V02, chain, [...certificates, {}]));
  refused(edited(V02, chain, [certificates[0], { rawBytes: base64('tail') }]), 'certificate-invalid');
  assert.match(refused(edited(V02, chain, Array(11).fill(certificates[0]))), /at most 10 elements \| 11/);
});

test('attack: base64 that readers decode differently', () => {
  const places = [
    '/dsseEnvelope/payload',
    '/dsseEnvelope/signatures/0/sig',
    '/verificationMaterial/certificate/rawBytes',
    `${ENTRY}/logId/keyId`,
    `${ENTRY}/canonicalizedBody`,
    `${ENTRY}/inclusionProof/rootHash`,
    `${ENTRY}/inclusionProof/hashes/0`,
    '/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp',
  ];
  for (const place of places) {
    for (const text of ['e30 =', 'e3', 'e3\n==', '-_+/', '====', 'e31=', 7, {}, null]) {
      assert.ok(refused(edited(V03, place, text)).length > 0, place);
    }
  }
});

test('attack: entries of the log that the library would take', () => {
  for (const [place, values] of Object.entries({
    logIndex: ['-1', '01', '1.5', 'x', '9223372036854775808', -1, 1.5, {}, []],
    integratedTime: ['-1', '1e3'],
    kindVersion: [{}, { kind: 'dsse' }, { kind: 1, version: '0.0.1' }, 'dsse'],
    logId: [{}, 'x', { keyId: '' }],
    canonicalizedBody: ['', undefined],
    inclusionPromise: [{}, { signedEntryTimestamp: '' }],
    inclusionProof: [{ checkpoint: { envelope: 'x' } }, { rootHash: 'AA==', treeSize: -1, checkpoint: {} }, []],
  })) {
    for (const value of values) assert.ok(refused(edited(V03, `${ENTRY}/${place}`, value)).length > 0, place);
  }
  assert.is(read(edited(V03, `${ENTRY}/logIndex`, 7))[0].signatures[0].logEntries[0]?.logIndex, '7');
});

test('attack: too many entries, timestamps and hashes', () => {
  const [entry] = at(V03, '/verificationMaterial/tlogEntries') as [object];
  const stamps = '/verificationMaterial/timestampVerificationData/rfc3161Timestamps';
  const [stamp] = at(V03, stamps) as [object];
  assert.is(
    read(edited(V03, '/verificationMaterial/tlogEntries', Array(8).fill(entry)))[0].signatures[0].logEntries.length,
    8,
  );
  assert.match(
    refused(edited(V03, '/verificationMaterial/tlogEntries', Array(9).fill(entry))),
    /at most 8 elements \| 9/,
  );
  assert.is(read(edited(V03, stamps, Array(8).fill(stamp)))[0].signatures[0].timestamps.length, 8);
  assert.match(refused(edited(V03, stamps, Array(9).fill(stamp))), /at most 8 elements \| 9/);
  assert.match(refused(edited(V03, `${ENTRY}/inclusionProof/hashes`, Array(65).fill('AA=='))), /at most 64 elements/);
  refused(edited(V03, `${stamps}/0/signedTimestamp`, base64(Buffer.concat([DER[0], DER[0]]))));
  refused(edited(V03, `${ENTRY}/inclusionProof/checkpoint/envelope`, 'x'.repeat(70_000)));
});

test('our own bundle', () => {
  const [content] = read(OURS);
  assert.is(content.mediaType, 'application/vnd.dev.sigstore.bundle.v0.3+json');
  assert.is(content.signatures[0].keyid, 'any');
});

test.run();
