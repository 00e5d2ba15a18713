import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Trust } from '../../src/api/trust.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { bytesOf } from './fixtures.ts';
import { createSigstore, ISSUER, type KeylessBundle, MINUTE, SIGNED_AT, type Signing, WORKFLOW } from './sigstore.ts';

const test = suite('verify keyless');
const sigstore = await createSigstore();
const other = await createSigstore();

const YEARS_LATER = new Date(SIGNED_AT.getTime() + 3 * 365 * 24 * 60 * MINUTE);

function accepted(bundle: object, trust: Trust = sigstore.trust(), now = SIGNED_AT) {
  const verdict = verifyAttestation(bytesOf(bundle), trust, now);
  if (!verdict.verified) throw new Error(JSON.stringify(verdict.refusals));
  const [signer] = verdict.signers;
  if (signer.kind !== 'certificate') throw new Error('a key');
  return signer;
}

function refused(bundle: object, code: string, trust: Trust = sigstore.trust(), now = SIGNED_AT): string {
  const verdict = verifyAttestation(bytesOf(bundle), trust, now);
  if (verdict.verified) throw new Error(`it was accepted: ${JSON.stringify(verdict.signers)}`);
  assert.is(verdict.refusals[0].code, code, JSON.stringify(verdict.refusals));
  return verdict.refusals.map(({ step, expected, found }) => `${step}: ${expected} | ${found}`).join('\n');
}

const FORMS: Readonly<Record<string, Signing>> = {
  'rekor v1, dsse': {},
  'rekor v1, hashedrekord': { entry: 'hashedrekord' },
  'rekor v1, intoto': { entry: 'intoto' },
  'rekor v1 and a timestamp': { timestamp: true },
  'rekor v2 and a timestamp': { log: 'v2' },
};

test('every form, also years after the certificate has ended', async () => {
  for (const [name, signing] of Object.entries(FORMS)) {
    const signer = accepted(await sigstore.bundle(signing), sigstore.trust(), YEARS_LATER);
    assert.is(signer.identity, WORKFLOW, name);
    assert.is(signer.issuer, ISSUER, name);
    assert.is(signer.time, SIGNED_AT.toISOString(), name);
    assert.is(signer.timeSource, name.includes('timestamp') ? 'timestamp' : 'log', name);
    assert.is(signer.claims.sourceRepositoryURI, 'https://github.com/o/r', name);
  }
});

test('a root without logs: a timestamp alone, or the time of receipt alone', async () => {
  const noLogs = (root: typeof sigstore.root) => ({ ...root, tlogs: [] });
  const bare = await sigstore.bundle({ log: 'none', timestamp: true });
  assert.is(accepted(bare, sigstore.trust({}, noLogs), YEARS_LATER).timeSource, 'timestamp');
  const nothing = (root: typeof sigstore.root) => ({ ...root, tlogs: [], timestampAuthorities: [] });
  const untimed = await sigstore.bundle({ log: 'none' });
  assert.is(accepted(untimed, sigstore.trust({}, nothing)).timeSource, 'receipt');
  assert.match(refused(untimed, 'certificate-invalid', sigstore.trust({}, nothing), YEARS_LATER), /valid at/);
  assert.is(accepted(untimed, sigstore.trust({}, undefined, { logEntries: 0, timestamps: 0 })).timeSource, 'receipt');
});

test('attack: subjects and issuers that resemble the allowed ones', async () => {
  for (const subject of [
    `${WORKFLOW}-evil`,
    WORKFLOW.slice(0, -1),
    WORKFLOW.replace('.github', 'xgithub'),
    `${WORKFLOW}\n`,
  ]) {
    refused(await sigstore.bundle({ subject }), 'signer-not-allowed');
  }
  const bundle = await sigstore.bundle();
  for (const exact of ['', '.', '.*', WORKFLOW.slice(0, 20), '*', 'https://github.com/*']) {
    assert.match(refused(bundle, 'signer-not-allowed', sigstore.trust({ subject: { exact } })), /the identity/);
  }
  for (const issuer of [`${ISSUER}/`, ISSUER.slice(0, -1), '', 'https://accounts.google.com']) {
    assert.match(refused(bundle, 'signer-not-allowed', sigstore.trust({ issuer })), /issuer/);
  }
  refused(await sigstore.bundle({ issuer: 'https://evil.example' }), 'signer-not-allowed');
});

test('attack: a pattern means what it says and nothing else', async () => {
  const bundle = await sigstore.bundle();
  const of = (glob: string): Trust => sigstore.trust({ subject: { glob } });
  accepted(bundle, of('https://github.com/o/r/.github/workflows/rel.yml@refs/heads/*'));
  accepted(bundle, of('https://github.com/*/rel.yml@*main'));
  for (const glob of [
    '',
    'https://github.com/o/r',
    'https://github.com/./*',
    'https://github.com/o/r/*@refs/tags/*',
    '*evil',
  ]) {
    refused(bundle, 'signer-not-allowed', of(glob));
  }
  // Start and end may not overlap: two halves that share characters aren't the whole.
  refused(await sigstore.bundle({ subject: 'https://a/b' }), 'signer-not-allowed', of('https://a/b*/b'));
});

test('attack: claims that the certificate does not state', async () => {
  const bundle = await sigstore.bundle();
  const of = (name: string, value: string): Trust => sigstore.trust({ claims: [{ name, value }] });
  accepted(bundle, of('sourceRepositoryURI', 'https://github.com/o/r'));
  assert.match(
    refused(bundle, 'signer-not-allowed', of('sourceRepositoryURI', 'https://github.com/o')),
    /sourceRepositoryURI/,
  );
  refused(bundle, 'signer-not-allowed', of('sourceRepositoryRef', 'refs/heads/'));
  refused(bundle, 'signer-not-allowed', of('runInvocationURI', 'x'));
  refused(bundle, 'signer-not-allowed', of('constructor', 'x'));
  refused(
    await sigstore.bundle({ repository: 'https://github.com/o/r-evil' }),
    'signer-not-allowed',
    of('sourceRepositoryURI', 'https://github.com/o/r'),
  );
});

test('attack: the same names by another authority', async () => {
  assert.match(refused(await other.bundle(), 'certificate-invalid'), /authority of the trusted root/);
  // And with the other's proofs, which its own root would take.
  const mixed = (root: typeof sigstore.root) => ({ ...root, tlogs: other.root.tlogs, ctlogs: other.root.ctlogs });
  refused(await other.bundle(), 'certificate-invalid', sigstore.trust({}, mixed));
});

type Change = (bundle: KeylessBundle) => void;
const changed = async (change: Change, signing: Signing = {}): Promise<KeylessBundle> => {
  const bundle = await sigstore.bundle(signing);
  change(bundle);
  return bundle;
};

test('attack: log entries that are stripped, doubled, or of something else', async () => {
  refused(await changed(({ verificationMaterial }) => verificationMaterial.tlogEntries.splice(0)), 'timestamp-invalid');
  refused(
    await changed(({ verificationMaterial }) => verificationMaterial.tlogEntries.splice(0), { timestamp: true }),
    'log-entry-invalid',
  );
  const twice: Change = ({ verificationMaterial: { tlogEntries } }) => tlogEntries.push(...tlogEntries);
  const two = sigstore.trust({}, undefined, { logEntries: 2 });
  assert.ok(refused(await changed(twice), 'timestamp-invalid', two));
  refused(await changed(twice, { log: 'v2' }), 'log-entry-invalid', two);
  const theirs = await sigstore.bundle({ payload: Buffer.from('{"other":true}') });
  const lend: Change = ({ verificationMaterial }) => {
    verificationMaterial.tlogEntries = theirs.verificationMaterial.tlogEntries;
  };
  assert.match(refused(await changed(lend), 'log-entry-invalid'), /mismatch/);
  const foreign = await other.bundle();
  const unknownLog: Change = ({ verificationMaterial }) => {
    verificationMaterial.tlogEntries = foreign.verificationMaterial.tlogEntries;
  };
  refused(await changed(unknownLog), 'log-entry-invalid');
});

test('attack: a promise or a proof that was altered', async () => {
  const entry = (change: (entry: Record<string, unknown>) => void, signing: Signing = {}) =>
    changed(({ verificationMaterial: { tlogEntries } }) => tlogEntries.forEach(change), signing);
  const later = (each: Record<string, unknown>) => {
    each.integratedTime = String(Number(each.integratedTime) + 60);
  };
  assert.match(refused(await entry(later), 'log-entry-invalid'), /promise/);
  const noPromise = (each: Record<string, unknown>) => {
    each.inclusionPromise = undefined;
  };
  // Its time is the sender's word then.
  refused(await entry(noPromise), 'timestamp-invalid');
  const wrongRoot = (each: Record<string, unknown>) => {
    const proof = each.inclusionProof as { treeSize: string; checkpoint: { envelope: string } };
    proof.treeSize = '2';
    proof.checkpoint.envelope = proof.checkpoint.envelope.replace(/\n1\n/, '\n2\n');
  };
  refused(await entry(wrongRoot), 'log-entry-invalid');
  refused(await entry(wrongRoot, { log: 'v2' }), 'log-entry-invalid');
});

test("attack: an entry for another certificate's signature", async () => {
  const { verificationMaterial: theirs } = await sigstore.bundle();
  const mine = await changed(({ verificationMaterial }) => {
    verificationMaterial.certificate = theirs.certificate;
  });
  refused(mine, 'signature-invalid');
});

test('attack: timestamps of an unknown authority, over another signature, doubled, or cut', async () => {
  const bundle = await sigstore.bundle({ log: 'v2' });
  const stamps = bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps;
  const signature = Buffer.from(bundle.dsseEnvelope.signatures[0]?.sig ?? '', 'base64');
  const good = stamps[0]?.signedTimestamp ?? '';
  const using = (...tokens: readonly string[]) => {
    stamps.splice(0, stamps.length, ...tokens.map((signedTimestamp) => ({ signedTimestamp })));
    return bundle;
  };
  accepted(using(good));
  refused(using(await other.timestampOf(signature)), 'timestamp-invalid');
  refused(using(await sigstore.timestampOf(Buffer.from('another'))), 'timestamp-invalid');
  refused(using(good, good), 'timestamp-invalid');
  refused(using(good, await other.timestampOf(signature)), 'timestamp-invalid');
  refused(using(Buffer.from(good, 'base64').subarray(0, 100).toString('base64')), 'attestation-malformed');
  // A response that is granted and holds no token: a matter of time as well, and not of the certificate.
  refused(using(Buffer.from('30053003020100', 'hex').toString('base64')), 'timestamp-invalid');
  refused(using(), 'timestamp-invalid');
});

test('attack: a time at which the certificate did not hold, or an authority did no longer', async () => {
  const late = await createSigstore(new Date(SIGNED_AT.getTime() + 20 * MINUTE));
  const bundle = await sigstore.bundle({ log: 'none' });
  const signature = Buffer.from(bundle.dsseEnvelope.signatures[0]?.sig ?? '', 'base64');
  bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps.push({
    signedTimestamp: await late.timestampOf(signature),
  });
  const root = (mine: typeof sigstore.root) => ({
    ...mine,
    tlogs: [],
    timestampAuthorities: late.root.timestampAuthorities,
  });
  assert.match(refused(bundle, 'certificate-invalid', sigstore.trust({}, root)), /valid at/);
  const ended = { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' };
  const closed = <T extends object>(list: readonly T[]) => list.map((each) => ({ ...each, validFor: ended }));
  const good = await sigstore.bundle({ timestamp: true });
  refused(
    good,
    'certificate-invalid',
    sigstore.trust({}, (mine) => ({ ...mine, certificateAuthorities: closed(mine.certificateAuthorities) })),
  );
  refused(
    good,
    'timestamp-invalid',
    sigstore.trust({}, (mine) => ({ ...mine, timestampAuthorities: closed(mine.timestampAuthorities) })),
  );
  const deadLog = (mine: typeof sigstore.root) => ({
    ...mine,
    tlogs: mine.tlogs.map((each) => ({ ...each, publicKey: { ...each.publicKey, validFor: ended } })),
  });
  refused(good, 'log-entry-invalid', sigstore.trust({}, deadLog));
});

test('attack: a certificate that no log has promised to publish', async () => {
  const good = await sigstore.bundle();
  const elsewhere = (root: typeof sigstore.root) => ({ ...root, ctlogs: other.root.ctlogs });
  assert.match(refused(good, 'certificate-invalid', sigstore.trust({}, elsewhere)), /signed certificate timestamp/);
  refused(good, 'certificate-invalid', sigstore.trust({}, undefined, { ctEntries: 2 }));
  accepted(good, sigstore.trust({}, elsewhere, { ctEntries: 0 }));
});

test('attack: the signature is over other bytes, or the envelope was changed afterwards', async () => {
  refused(await sigstore.bundle({ signed: Buffer.from('{}'), entry: 'dsse' }), 'signature-invalid');
  const payload = Buffer.from(JSON.stringify({ _type: 'x' })).toString('base64');
  for (const log of ['v1', 'none'] as const) {
    const trust = sigstore.trust({}, undefined, log === 'none' ? { logEntries: 0 } : undefined);
    const code = log === 'none' ? 'signature-invalid' : 'log-entry-invalid';
    const signing = { log, timestamp: true };
    refused(await changed(({ dsseEnvelope }) => (dsseEnvelope.payload = payload), signing), code, trust);
    refused(
      await changed(({ dsseEnvelope }) => (dsseEnvelope.payloadType = 'text/plain'), signing),
      'signature-invalid',
      trust,
    );
  }
});

test('a root that can not be read refuses everything, and nobody else', async () => {
  const bundle = await sigstore.bundle();
  const broken = sigstore.trust({}, () => ({ nonsense: true }));
  assert.match(refused(bundle, 'certificate-invalid', broken), /trusted root/);
  const good = sigstore.trust();
  const otherDigest = { ...good, roots: { test: { ...broken.roots.test, digest: 'sha256:00' } } } as Trust;
  refused(bundle, 'certificate-invalid', otherDigest);
  assert.ok(verifyAttestation(bytesOf(bundle), good, SIGNED_AT).verified);
});

test.run();
