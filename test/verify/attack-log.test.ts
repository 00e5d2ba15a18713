import { generateKeyPairSync, sign } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/api/canonical.ts';
import type { Trust } from '../../src/api/trust.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { base64, layerOf } from './container/samples.ts';
import { bytesOf } from './fixtures.ts';
import { noteOf, proofOf, rootOf, type SigningLog, signatureLine } from './merkle-log.ts';
import { createSigstore, type KeylessBundle, SIGNED_AT } from './sigstore.ts';

const test = suite('attacks on the entries of transparency logs');
const sigstore = await createSigstore();
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
type Root = typeof sigstore.root;

/** `accepted`, or why it isn't. */
function outcome(document: object, trust: Trust = sigstore.trust()): string {
  const verdict = verifyAttestation(bytesOf(document), trust, SIGNED_AT);
  return verdict.verified ? 'accepted' : `${verdict.refusals[0].code}: ${verdict.refusals[0].found}`;
}
const REFUSED = /^log-entry-invalid/;

type Entry = Record<string, unknown>;
const entriesOf = ({ verificationMaterial }: KeylessBundle): Entry[] => verificationMaterial.tlogEntries;
const withEntries = (bundle: KeylessBundle, ...tlogEntries: Entry[]): KeylessBundle => ({
  ...bundle,
  verificationMaterial: { ...bundle.verificationMaterial, tlogEntries },
});
/** The bundle with its one entry changed. */
function changed(bundle: KeylessBundle, change: object): KeylessBundle {
  const [entry = {}] = entriesOf(bundle);
  return withEntries(bundle, { ...entry, ...change });
}

const [KNOWN] = sigstore.root.tlogs;
if (KNOWN === undefined) throw new Error('no log');
const log: SigningLog = { key: sigstore.logKey, id: Buffer.from(KNOWN.logId.keyId, 'base64') };

const v1 = await sigstore.bundle();
const v2 = await sigstore.bundle({ log: 'v2' });
const bodyOf = (bundle: KeylessBundle): Buffer =>
  Buffer.from(String(entriesOf(bundle)[0]?.canonicalizedBody), 'base64');

const proven = (bundle: KeylessBundle, inclusionProof: object): KeylessBundle => changed(bundle, { inclusionProof });
/** Entries of others around the one of the bundle. */
const treeWith = (bundle: KeylessBundle, size: number, index: number): readonly Buffer[] =>
  Array.from({ length: size }, (_, at) => (at === index ? bodyOf(bundle) : Buffer.from(`entry ${at}`)));

test('a proof in a tree of any size, at any place of it', () => {
  for (const size of [1, 2, 3, 4, 5, 7, 8, 13]) {
    for (let index = 0; index < size; index++) {
      const proof = proofOf(log, treeWith(v2, size, index), index);
      assert.is(outcome(proven(v2, proof)), 'accepted', `${index} of ${size}`);
    }
  }
  assert.is(outcome(proven(v1, proofOf(log, treeWith(v1, 6, 2), 2))), 'accepted');
});

test('attack: a proof for another place, with hashes dropped, doubled, turned around or exchanged', () => {
  const proof = proofOf(log, treeWith(v2, 7, 3), 3);
  const [first = '', ...rest] = proof.hashes;
  for (const logIndex of ['0', '1', '2', '4', '6', '7', '8', '9223372036854775807']) {
    assert.match(outcome(proven(v2, { ...proof, logIndex })), REFUSED, logIndex);
  }
  for (const hashes of [
    [],
    rest,
    [first, ...proof.hashes],
    proof.hashes.toReversed(),
    [...proof.hashes, first],
    [base64(Buffer.alloc(32)), ...rest],
    [base64(Buffer.alloc(31)), ...rest],
  ]) {
    assert.match(outcome(proven(v2, { ...proof, hashes })), REFUSED, String(hashes.length));
  }
  // An inner node in place of a leaf: its two hashes as a body would have the same root without the prefix.
  assert.match(outcome(changed(v2, { inclusionProof: proofOf(log, treeWith(v2, 7, 3), 2) })), REFUSED);
});

/** The proof, with a checkpoint that the log has signed and that says something else. */
const restated = (size: string, root: Buffer, hashes: readonly string[] = []): object => {
  const note = noteOf(size, root);
  const checkpoint = { envelope: `${note}\n${signatureLine(log, note)}` };
  return { logIndex: '0', treeSize: size, rootHash: root.toString('base64'), hashes, checkpoint };
};

test('attack: a checkpoint of another tree, of a tree without entries, or of a size that is none', () => {
  const leaves = treeWith(v2, 1, 0);
  const root = rootOf(leaves);
  assert.is(outcome(proven(v2, restated('1', root))), 'accepted');
  assert.match(outcome(proven(v2, restated('1', rootOf([Buffer.from('another')])))), REFUSED);
  assert.match(outcome(proven(v2, restated('0', rootOf([])))), REFUSED);
  assert.match(outcome(proven(v2, restated('0', root))), REFUSED);
  for (const size of ['2', '4294967297', '9223372036854775807'])
    assert.match(outcome(proven(v2, restated(size, root))), REFUSED);
  for (const size of ['-1', '1.0', '0x1', '', ' 1', '+1', '01', '1e0', 'one']) {
    assert.is.not(outcome(proven(v2, restated(size, root))), 'accepted', size);
    assert.is.not(outcome(proven(v2, { ...restated(size, root), treeSize: '1' })), 'accepted', size);
  }
  // The same entry, when the tree was another.
  const grown = proofOf(log, treeWith(v2, 5, 0), 0);
  assert.match(
    outcome(proven(v2, { ...grown, checkpoint: proofOf(log, leaves, 0).checkpoint })),
    /^attestation-malformed/,
  );
});

test('attack: a root or a size beside the checkpoint that is another one, which other readers go by', () => {
  const proof = proofOf(log, treeWith(v2, 5, 1), 1);
  for (const change of [{ rootHash: base64(Buffer.alloc(32)) }, { treeSize: '6' }, { treeSize: undefined }]) {
    for (const bundle of [v1, v2]) {
      const said = outcome(proven(bundle, { ...proofOf(log, treeWith(bundle, 5, 1), 1), ...change }));
      assert.match(said, /^attestation-malformed: others .*inclusionProof/);
    }
  }
  assert.is(outcome(proven(v2, proof)), 'accepted');
});

test('attack: a checkpoint that the log has not signed', () => {
  const leaves = treeWith(v2, 3, 1);
  const proof = proofOf(log, leaves, 1);
  const note = noteOf('3', rootOf(leaves));
  const by = (...lines: readonly string[]): string =>
    outcome(proven(v2, { ...proof, checkpoint: { envelope: `${note}\n${lines.join('')}` } }));
  const good = signatureLine(log, note);
  const forged = signatureLine({ ...log, key: stranger.privateKey }, note);
  assert.match(by(forged), REFUSED, 'under the id of the log');
  assert.match(by(signatureLine({ key: stranger.privateKey, id: Buffer.alloc(32, 7) }, note)), REFUSED);
  assert.match(by(signatureLine(log, note, 'rekor.example.org')), REFUSED, 'under another name');
  assert.match(by(signatureLine(log, noteOf('4', rootOf(leaves)))), REFUSED, 'over another note');
  assert.match(by(signatureLine(log, `${note}\n`)), REFUSED, 'over another end of the note');
  assert.match(by(''), REFUSED);
  assert.match(by('nothing that is a signature\n'), REFUSED);
  assert.match(by(good.replace('\u2014', '-')), REFUSED);
  // Witnesses sign too, and of what they sign nothing is known here.
  assert.is(by(forged, signatureLine({ ...log, id: Buffer.alloc(32, 7) }, note), good), 'accepted');
  const longer = `${note}evil\n`;
  assert.match(outcome(proven(v2, { ...proof, checkpoint: { envelope: `${longer}\n${good}` } })), REFUSED);
  assert.match(outcome(proven(v2, { ...proof, checkpoint: { envelope: `\n\n${note}\n${good}` } })), /^(log|attest)/);
});

test('attack: one log that the root knows by two ids, which are two logs to whoever counts ids', () => {
  const other: SigningLog = { ...log, id: Buffer.concat([log.id.subarray(0, 4), Buffer.alloc(28, 9)]) };
  const second: SigningLog = { key: stranger.privateKey, id: Buffer.alloc(32, 3) };
  const keyId = (one: SigningLog) => ({ logId: { keyId: one.id.toString('base64') } });
  const publicKey = {
    ...KNOWN.publicKey,
    rawBytes: stranger.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
  };
  const root = (mine: Root): object => ({
    ...mine,
    tlogs: [KNOWN, { ...KNOWN, ...keyId(other) }, { ...KNOWN, ...keyId(second), publicKey }],
  });
  const two = sigstore.trust({}, root, { logEntries: 2 });
  const entry = (of: SigningLog): Entry => ({
    ...entriesOf(v2)[0],
    ...keyId(of),
    inclusionProof: proofOf(of, treeWith(v2, 1, 0), 0),
  });
  assert.is(outcome(withEntries(v2, entry(log), entry(second)), two), 'accepted');
  assert.match(outcome(withEntries(v2, entry(log), entry(other)), two), /^log-entry-invalid: those of 1/);
  assert.match(outcome(withEntries(v2, entry(log), entry(log)), two), REFUSED);
  assert.match(outcome(withEntries(v2, entry(log)), two), REFUSED);
});

/** What a log of version 1 promises. */
interface Promised {
  readonly body: string;
  readonly integratedTime: number;
  readonly logIndex: number;
  readonly logID: string;
}
const promisedOf = (bundle: KeylessBundle): Promised => {
  const [{ canonicalizedBody, integratedTime, logIndex } = {}] = entriesOf(bundle);
  return {
    body: String(canonicalizedBody),
    integratedTime: Number(integratedTime),
    logIndex: Number(logIndex),
    logID: log.id.toString('hex'),
  };
};
const promiseBy = (key: typeof sigstore.logKey, promised: object): string =>
  sign('sha256', Buffer.from(canonicalJson(promised)), key).toString('base64');

test('attack: a promise over another entry, another place, another time or another log, or by another key', async () => {
  const { inclusionProof: _, ...bare } = entriesOf(v1)[0] ?? {};
  // Version 0.1 rests on the promise alone.
  const old = { ...v1, mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1' };
  const promised = promisedOf(v1);
  const by = (signedEntryTimestamp: string, change: object = {}): string =>
    outcome(withEntries(old, { ...bare, inclusionPromise: { signedEntryTimestamp }, ...change }));
  const good = promiseBy(log.key, promised);
  assert.is(by(good), 'accepted');
  assert.match(by(promiseBy(stranger.privateKey, promised)), REFUSED);
  const another = promisedOf(await sigstore.bundle());
  for (const change of [
    { body: another.body },
    { logIndex: promised.logIndex + 1 },
    { integratedTime: promised.integratedTime + 1 },
    { logID: '00'.repeat(32) },
    { extra: 1 },
  ]) {
    assert.match(by(promiseBy(log.key, { ...promised, ...change })), REFUSED, JSON.stringify(change).slice(0, 40));
  }
  assert.match(by(good, { logIndex: String(promised.logIndex + 1) }), REFUSED);
  assert.match(by(good, { integratedTime: String(promised.integratedTime + 1) }), REFUSED);
  assert.match(by(good, { integratedTime: '0' }), /^timestamp-invalid|^log-entry/);
  assert.match(by(good, { logId: { keyId: base64(Buffer.alloc(32)) } }), REFUSED);
  assert.match(by(good, { canonicalizedBody: another.body }), REFUSED);
  assert.match(by(base64(Buffer.alloc(64))), REFUSED);
  // A good promise does not make up for a proof that is wrong, nor the other way round.
  const proof = proofOf(log, treeWith(v1, 3, 1), 1);
  assert.is(
    outcome(withEntries(v1, { ...bare, inclusionPromise: { signedEntryTimestamp: good }, inclusionProof: proof })),
    'accepted',
  );
  const inclusionProof = { ...proof, logIndex: '0' };
  assert.match(
    outcome(withEntries(v1, { ...bare, inclusionPromise: { signedEntryTimestamp: good }, inclusionProof })),
    REFUSED,
  );
  assert.match(by(promiseBy(stranger.privateKey, promised), { inclusionProof: proof }), REFUSED);
});

test('attack: the same on a layer of cosign 2, which has the promise alone', async () => {
  const { dsseEnvelope, verificationMaterial } = v1;
  const PEM = `-----BEGIN CERTIFICATE-----\n${verificationMaterial.certificate.rawBytes}\n-----END CERTIFICATE-----\n`;
  const promised = promisedOf(v1);
  const by = (Payload: object, SignedEntryTimestamp: string): string =>
    outcome(
      layerOf(dsseEnvelope, {
        'dev.sigstore.cosign/certificate': PEM,
        'dev.sigstore.cosign/bundle': JSON.stringify({ SignedEntryTimestamp, Payload }),
      }),
    );
  const good = promiseBy(log.key, promised);
  assert.is(by(promised, good), 'accepted');
  const another = promisedOf(await sigstore.bundle());
  assert.match(
    by(another, promiseBy(log.key, another)),
    /^log-entry-invalid: .*signature mismatch/,
    'of another signature',
  );
  assert.match(by(promised, promiseBy(log.key, another)), REFUSED);
  assert.match(by(promised, promiseBy(stranger.privateKey, promised)), REFUSED);
  for (const change of [{ logIndex: 7 }, { integratedTime: promised.integratedTime - 1 }, { logID: '00'.repeat(32) }]) {
    assert.match(by({ ...promised, ...change }, good), REFUSED, JSON.stringify(change));
  }
});

const other = await sigstore.bundle({ payload: Buffer.from('{"other":true}') });

test('attack: a good entry twice, or beside one that is not', async () => {
  const [entry = {}] = entriesOf(v2);
  const [foreign = {}] = entriesOf(other);
  assert.match(outcome(withEntries(v2, entry, entry)), REFUSED);
  assert.match(outcome(withEntries(v2, entry, foreign)), REFUSED);
  assert.match(outcome(withEntries(v2, entry, { ...entry, canonicalizedBody: base64('{}') })), REFUSED);
  assert.is.not(outcome(withEntries(v1, ...entriesOf(v1), ...entriesOf(v1))), 'accepted');
  // The entry of another certificate for the same identity.
  assert.match(outcome(withEntries(v2, ...entriesOf(await sigstore.bundle({ log: 'v2' })))), REFUSED);
});

test.run();
