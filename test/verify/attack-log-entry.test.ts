import { generateKeyPairSync, sign } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { base64 } from './container/samples.ts';
import { bytesOf } from './fixtures.ts';
import { createSigstore, type KeylessBundle, type LogBody, SIGNED_AT, type Signing } from './sigstore.ts';

const test = suite('attacks with entries that a log has taken');
const sigstore = await createSigstore();
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const REFUSED = /^log-entry-invalid/;

/** `accepted`, or why it isn't. */
function outcome(document: object): string {
  const verdict = verifyAttestation(bytesOf(document), sigstore.trust(), SIGNED_AT);
  return verdict.verified ? 'accepted' : `${verdict.refusals[0].code}: ${verdict.refusals[0].found}`;
}

/** The bundle with its one entry under the name of another kind or version. */
const called = (bundle: KeylessBundle, kind: string, version: string): KeylessBundle => ({
  ...bundle,
  verificationMaterial: {
    ...bundle.verificationMaterial,
    tlogEntries: bundle.verificationMaterial.tlogEntries.map((each) => ({ ...each, kindVersion: { kind, version } })),
  },
});

/** A change at the end of a path of members. */
function at(value: unknown, path: readonly string[], change: (value: unknown) => unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return change(value);
  if (Array.isArray(value)) return value.map((each, index) => (String(index) === name ? at(each, rest, change) : each));
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [name]: at(record[name], rest, change) };
}
const other = await sigstore.bundle({ payload: Buffer.from('{"other":true}') });
const pem = (der: string): string => `-----BEGIN CERTIFICATE-----\n${der}\n-----END CERTIFICATE-----\n`;
const otherPem = base64(pem(other.verificationMaterial.certificate.rawBytes));
const keyPem = base64(stranger.publicKey.export({ type: 'spki', format: 'pem' }).toString());
const otherHash = sha256Hex('other');
const otherSignature = base64(sign('sha256', Buffer.from('other'), stranger.privateKey));

/** By kind of entry, where something else is logged than what was signed, and what. */
const LIES: Readonly<Record<NonNullable<Signing['entry']>, readonly (readonly [string, unknown])[]>> = {
  dsse: [
    ['payloadHash.value', otherHash],
    ['payloadHash.value', ''],
    ['payloadHash', undefined],
    ['signatures.0.signature', otherSignature],
    ['signatures.0.verifier', otherPem],
    ['signatures.0.verifier', keyPem],
    ['signatures.0.verifier', ''],
    ['signatures', []],
    ['signatures', undefined],
  ],
  hashedrekord: [
    ['data.hash.value', otherHash],
    ['data.hash', undefined],
    ['signature.content', otherSignature],
    ['signature.publicKey.content', otherPem],
    ['signature.publicKey.content', keyPem],
    ['signature.publicKey', undefined],
  ],
  intoto: [
    ['content.payloadHash.value', otherHash],
    ['content.envelope.signatures.0.sig', base64(otherSignature)],
    ['content.envelope.signatures.0.publicKey', otherPem],
    ['content.envelope.signatures.0.publicKey', keyPem],
    ['content.envelope.signatures', []],
  ],
};

test('attack: an entry that names another payload, signature, certificate or none', async () => {
  for (const [entry, lies] of Object.entries(LIES) as [NonNullable<Signing['entry']>, (typeof LIES)['dsse']][]) {
    for (const [path, lie] of lies) {
      const logged = (body: LogBody) => at(body, ['spec', ...path.split('.')], () => lie) as LogBody;
      const said = outcome(await sigstore.bundle({ entry, logged }));
      assert.is.not(said, 'accepted', `${entry} ${path}`);
      assert.not.match(said, /^certificate-invalid|^signature-invalid/, `${entry} ${path}`);
    }
    const twice = (body: LogBody): LogBody => {
      const list = entry === 'dsse' ? ['spec', 'signatures'] : ['spec', 'content', 'envelope', 'signatures'];
      return at(body, list, (signatures) => [...(signatures as unknown[]), ...(signatures as unknown[])]) as LogBody;
    };
    if (entry !== 'hashedrekord') assert.match(outcome(await sigstore.bundle({ entry, logged: twice })), REFUSED);
  }
});

test('attack: an entry of another kind or version than is said, or of one that nobody knows', async () => {
  const v1 = await sigstore.bundle();
  for (const [kind, version] of [
    ['hashedrekord', '0.0.1'],
    ['dsse', '0.0.2'],
    ['intoto', '0.0.2'],
    ['rpm', '0.0.1'],
    ['constructor', '0.0.1'],
  ] as const) {
    assert.match(outcome(called(v1, kind, version)), REFUSED, kind);
  }
  for (const [kind, apiVersion] of [
    ['intoto', '0.0.1'],
    ['dsse', '0.0.3'],
    ['dsse', '0.0.2'],
    ['rekord', '0.0.1'],
  ] as const) {
    const bundle = await sigstore.bundle({ logged: (body) => ({ ...body, kind, apiVersion }) });
    assert.is.not(outcome(called(bundle, kind, apiVersion)), 'accepted', kind);
  }
});

test('attack: an entry for another certificate, which has ours where an entry of the other version would have it', async () => {
  for (const [entry, path] of [
    ['dsse', ['spec', 'signatures', '0', 'verifier']],
    ['hashedrekord', ['spec', 'signature', 'publicKey', 'content']],
  ] as const) {
    // Only the certificate of the bundle itself can tell, so it is taken from the entry that is logged.
    const logged = (body: LogBody): LogBody => {
      const own = Buffer.from(
        String(path.reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>>)[name], body)),
        'base64',
      );
      const rawBytes = own.toString().replaceAll(/-----[^-]+-----|\n/g, '');
      const signature = { content: '', verifier: { x509Certificate: { rawBytes } } };
      const theirs = at(body, path, () => otherPem) as LogBody;
      return {
        ...theirs,
        spec: { ...theirs.spec, hashedRekordV002: { signature }, dsseV002: { signatures: [signature] } },
      };
    };
    assert.match(outcome(await sigstore.bundle({ entry, logged })), REFUSED, entry);
    const same = (body: LogBody): LogBody => ({ ...body, spec: { ...body.spec, hashedRekordV002: null } });
    assert.is(outcome(await sigstore.bundle({ entry, logged: same })), 'accepted');
  }
});

test.run();
