import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ARCHIVE_RECORD_HEAD, type ArchiveRecord, signedArchiveRecord } from '../../src/attestation/archive-record.ts';
import { dsseEnvelope, preAuthEncoding } from '../../src/attestation/dsse.ts';
import { signedBundle } from '../../src/attestation/sign.ts';
import { PAYLOAD_TYPE } from '../../src/attestation/statement.ts';
import { readArchiveRecord } from '../../src/verify/archive-record.ts';
import { signData } from '../../src/verify/signature.ts';
import { sampleRun } from '../archive/sample.ts';
import { installation, VERIFIER } from '../support/archive-records.ts';

const ours = installation();
const { signing, replaced } = ours;
const run = sampleRun({ name: 'a', materials: { sbom: 's' } });
const record = (more: Partial<ArchiveRecord> = {}): ArchiveRecord => ({
  ...{ verifierId: VERIFIER, time: '2026-11-01T12:00:00.000Z', outputs: ['image'], run },
  ...more,
});
const head = { apiVersion: 'proviso.dev/v1alpha1', kind: 'ArchiveRecord' };
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const envelopeOf = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()).envelope;

const test = suite('archive record');

test('what was signed is read again, byte for byte, and is told by how it begins', () => {
  const given = record();
  const bytes = signedArchiveRecord(signing, given);
  assert.equal(bytes.subarray(0, ARCHIVE_RECORD_HEAD.length), ARCHIVE_RECORD_HEAD);
  const reading = readArchiveRecord(bytes, ours);
  assert.ok(reading.ok);
  assert.is(JSON.stringify(reading.record), JSON.stringify(given));
});

test('what a key signed that was replaced since still counts', () => {
  const bytes = signedArchiveRecord(replaced, record({ time: '2026-03-01T00:00:00.000Z' }));
  assert.ok(readArchiveRecord(bytes, ours).ok);
});

const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const payload = Buffer.from(JSON.stringify(record()));
const good = envelopeOf(signedArchiveRecord(signing, record()));
const asStatement = (key: KeyObject) =>
  dsseEnvelope(payload, signData(key, preAuthEncoding(PAYLOAD_TYPE, payload)), '', good.payloadType);
const open = { ...run, status: { conditions: [] } };

const ATTACKS: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  'signed by somebody else': [signedArchiveRecord(other, record()), /no control-plane key/],
  'not signed': [bytesOf({ ...head, envelope: { ...good, signatures: [] } }), /signatures must be one/],
  'with a second signature': [
    bytesOf({ ...head, envelope: { ...good, signatures: [...good.signatures, ...good.signatures] } }),
    /signatures must be one/,
  ],
  'with the signature of another': [
    bytesOf({
      ...head,
      envelope: { ...good, payload: Buffer.from(JSON.stringify(record({ outputs: [] }))).toString('base64') },
    }),
    /no control-plane key/,
  ],
  'signed as a statement, and renamed': [bytesOf({ ...head, envelope: asStatement(signing) }), /no control-plane key/],
  'a statement of the control plane': [
    bytesOf({
      ...head,
      envelope: JSON.parse(Buffer.from(signedBundle(signing, payload, { kind: 'key', hint: '' })).toString())
        .dsseEnvelope,
    }),
    /payloadType must be/,
  ],
  'by a key after it was replaced': [signedArchiveRecord(replaced, record()), /did not count/],
  'by a key before it counts': [
    signedArchiveRecord(signing, record({ time: '2026-03-01T00:00:00.000Z' })),
    /did not count/,
  ],
  'at a time that is none': [signedArchiveRecord(signing, record({ time: 'never' })), /did not count/],
  'of another installation with the same key': [
    signedArchiveRecord(signing, record({ verifierId: 'https://proviso.dev/cluster/there' })),
    /made by the installation/,
  ],
  'of a run that is open': [signedArchiveRecord(signing, record({ run: open })), /not one that this version archives/],
  'with the record beside the envelope': [bytesOf({ ...head, record: record() }), /payloadType must be/],
  'of another kind': [bytesOf({ ...head, kind: 'Workflow', envelope: good }), /is no ArchiveRecord/],
  'with two envelopes': [
    Buffer.from(`${ARCHIVE_RECORD_HEAD}"envelope":{},"envelope":${JSON.stringify(good)}}`),
    /stands twice/,
  ],
  'cut off': [signedArchiveRecord(signing, record()).subarray(0, 900), /is no JSON/],
  'too deep': [Buffer.from(`${ARCHIVE_RECORD_HEAD}"envelope":${'['.repeat(100_000)}`), /nested/],
};

for (const [name, [bytes, why]] of Object.entries(ATTACKS)) {
  test(`attack: a record ${name}`, () => {
    const reading = readArchiveRecord(bytes, ours);
    assert.is(reading.ok, false);
    assert.match(reading.ok ? '' : reading.message, why);
  });
}

test.run();
