import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { initializeTSA } from '@sigstore/mock';
import * as assert from 'uvu/assert';
import { createCertificateAuthority } from '../../../src/pki/authority.ts';
import type { SignedContent } from '../../../src/verify/container/content.ts';
import { readContainer } from '../../../src/verify/container/read.ts';
import { bytesOf, envelopeBy, NOW, p256 } from '../fixtures.ts';

/** A JSON document that a test takes apart. */
export interface Doc {
  [name: string]: unknown;
}

const FILES = ['npm-v0.1.json', 'bundle-v0.2.json', 'bundle-v0.3.json', 'generator.jsonl', 'google-vsa.jsonl'] as const;

/** The bytes of a document that a real tool made; `fixtures/README.md` says which. */
export const fixture = (name: (typeof FILES)[number]): Buffer =>
  readFileSync(new URL(`fixtures/${name}`, import.meta.url));

export const parsed = (bytes: Uint8Array): Doc => JSON.parse(Buffer.from(bytes).toString()) as Doc;

/** A copy with the value at the pointer replaced; `undefined` takes the member away. */
export function edited(doc: object, pointer: string, value: unknown): Doc {
  const copy = structuredClone(doc) as Doc;
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/'));
  const last = steps.pop() ?? '';
  let holder = copy;
  for (const step of steps) holder = holder[step] as Doc;
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

export function at(doc: object, pointer: string): unknown {
  let value: unknown = doc;
  for (const step of pointer.split('/').slice(1)) value = (value as Doc)[step.replaceAll('~1', '/')];
  return value;
}

const asBytes = (document: object | Uint8Array | string): Uint8Array => {
  if (typeof document === 'string') return Buffer.from(document);
  return document instanceof Uint8Array ? document : bytesOf(document);
};

/** What the container comes down to. Fails when it is refused. */
export function read(document: object | Uint8Array | string): readonly [SignedContent, ...SignedContent[]] {
  const reading = readContainer(asBytes(document));
  if (!reading.ok) throw new Error(`refused: ${JSON.stringify(reading.refusal)}`);
  return reading.contents;
}

/** Why it is refused: `<expected> | <found>`. Fails when it is read. */
export function refused(document: object | Uint8Array | string, code = 'attestation-malformed'): string {
  const reading = readContainer(asBytes(document));
  if (reading.ok) throw new Error(`it was read as ${reading.contents.map(({ form }) => form).join(', ')}`);
  const { step, expected, found, code: actual } = reading.refusal;
  assert.is(actual, code, `${expected} | ${found}`);
  assert.is(step, 'container');
  assert.ok(found.length < 600, 'what was found is shown in part');
  return `${expected} | ${found}`;
}

export const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');

const authorities = await Promise.all(
  ['leaf', 'intermediate', 'root'].map((commonName) => createCertificateAuthority({ commonName, now: NOW, days: 1 })),
);
/** Three certificates, PEM and DER; no container cares whether they chain. */
export const PEM = authorities.map(({ certificate }) => `${certificate.trim()}\n`) as [string, string, string];
export const DER = PEM.map((pem) => new X509Certificate(pem).raw) as [Buffer, Buffer, Buffer];

export const keys = p256();
export const envelope = envelopeBy(keys);

/** An RFC 3161 response over the signature, and the token in it, which is what Witness keeps. */
const authority = await initializeTSA(p256(), NOW);
const response = await authority.timestamp({
  artifactHash: createHash('sha256').update('signature').digest(),
  hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
  nonce: 1,
  policyOID: '1.2.3.4',
});
export const TIMESTAMP = Buffer.from(response.buffer, response.byteOffset, response.byteLength);

/** The descriptor of a layer with the layer in it, as OCI's `data` allows. */
export function layerOf(content: object | Buffer, annotations: Readonly<Record<string, unknown>>): Doc {
  const data = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return {
    mediaType: 'application/vnd.dsse.envelope.v1+json',
    digest: `sha256:${createHash('sha256').update(data).digest('hex')}`,
    size: data.length,
    annotations: {
      'dev.cosignproject.cosign/signature': '',
      predicateType: 'https://slsa.dev/provenance/v0.2',
      ...annotations,
    },
    data: base64(data),
  };
}

/** A real bundle with an entry of Rekor. */
export const LOGGED_BUNDLE = at(parsed(fixture('npm-v0.1.json')), '/attestations/0/bundle') as Doc;
const ENTRY = at(LOGGED_BUNDLE, '/verificationMaterial/tlogEntries/0') as Doc;
/** The same entry in the form in which cosign has it. */
export const COSIGN_ENTRY = {
  SignedEntryTimestamp: at(ENTRY, '/inclusionPromise/signedEntryTimestamp'),
  Payload: {
    body: ENTRY.canonicalizedBody,
    integratedTime: Number(ENTRY.integratedTime),
    logIndex: Number(ENTRY.logIndex),
    logID: Buffer.from(String(at(ENTRY, '/logId/keyId')), 'base64').toString('hex'),
  },
};
