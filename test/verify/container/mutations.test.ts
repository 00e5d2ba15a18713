// deadline: 240
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SignedContent } from '../../../src/verify/container/content.ts';
import { LIMITS } from '../../../src/verify/container/limits.ts';
import { readContainer } from '../../../src/verify/container/read.ts';
import { bytesOf, STATEMENT } from '../fixtures.ts';
import { mutation } from '../mutation.ts';
import { base64, type Doc, envelope, fixture, layerOf, PEM, parsed, read, TIMESTAMP } from './samples.ts';

const test = suite('containers survive mutations');
const SEED = 20261125;

const witness = {
  certificate: base64(PEM[0]),
  intermediates: [base64(PEM[1])],
  timestamps: [{ type: 'tsp', data: base64(TIMESTAMP) }],
};
const LAYER = layerOf(envelope, {
  'dev.sigstore.cosign/certificate': PEM[0],
  'dev.sigstore.cosign/chain': PEM[1],
  'dev.sigstore.cosign/rfc3161timestamp': JSON.stringify({ SignedRFC3161Timestamp: base64(TIMESTAMP) }),
  'dev.sigstore.cosign/bundle': JSON.stringify({
    SignedEntryTimestamp: 'AAAA',
    Payload: { body: base64('{"kind":"dsse","apiVersion":"0.0.1"}'), integratedTime: 1, logIndex: 2, logID: 'ab' },
  }),
});
const FILE = {
  base64Signature: base64(JSON.stringify(envelope)),
  cert: base64(PEM[0]),
  rekorBundle: {
    SignedEntryTimestamp: 'AAAA',
    Payload: { body: base64('{"kind":"dsse","apiVersion":"0.0.1"}'), integratedTime: 1, logIndex: 2, logID: 'ab' },
  },
};
const RUN = {
  metadata: {
    annotations: {
      'chains.tekton.dev/payload-x': base64(STATEMENT),
      'chains.tekton.dev/signature-x': base64(JSON.stringify(envelope)),
      'chains.tekton.dev/cert-x': base64(PEM[0]),
      'chains.tekton.dev/chain-x': base64(PEM[1]),
    },
  },
};
const LAYER_NAME = 'a layer of cosign';
const CONTAINERS: Readonly<Record<string, Uint8Array>> = {
  'bundle v0.1, in an answer of npm': fixture('npm-v0.1.json'),
  'bundle v0.2': fixture('bundle-v0.2.json'),
  'bundle v0.3': fixture('bundle-v0.3.json'),
  'a bare envelope': bytesOf(envelope),
  'an envelope of the generator': fixture('generator.jsonl'),
  'an envelope of Witness': bytesOf({ ...envelope, signatures: [{ ...envelope.signatures[0], ...witness }] }),
  [LAYER_NAME]: bytesOf(LAYER),
  'a file of cosign 2': bytesOf(FILE),
  'annotations of Chains': bytesOf(RUN),
  'JSON lines': Buffer.from(`${JSON.stringify(envelope)}\n\n${JSON.stringify(parsed(fixture('bundle-v0.2.json')))}\n`),
};

/** Whether it keeps to what the type promises and to the bounds. */
const isSound = ({ payload, payloadType, signatures }: SignedContent): boolean =>
  payload.length > 0 &&
  payloadType !== '' &&
  signatures.length > 0 &&
  signatures.length <= LIMITS.signatures &&
  signatures.every(
    ({ bytes, certificate, intermediates, logEntries, timestamps }) =>
      bytes.length > 0 &&
      (certificate !== undefined || intermediates.length === 0) &&
      intermediates.length < LIMITS.certificates &&
      logEntries.length <= LIMITS.logEntries &&
      timestamps.length <= LIMITS.timestamps,
  );

/** Refused with words, or read and sound. */
function survives(bytes: Uint8Array): boolean {
  const reading = readContainer(bytes);
  if (reading.ok) return reading.contents.length <= LIMITS.contents && reading.contents.every(isSound);
  return reading.refusal.expected !== '' && reading.refusal.step === 'container';
}

for (const [name, bytes] of Object.entries(CONTAINERS)) {
  if (name === LAYER_NAME) continue; // below, with more to say
  test(`${name}: changed bytes are refused or read, and never thrown out`, () => {
    fc.assert(fc.property(mutation(bytes), survives), { numRuns: 10_000, seed: SEED });
  });
}

/** What a member may turn into. */
const ODD: readonly unknown[] = [null, true, 0, -1, 1e300, '', 'x', 'AAAA', '\u0000', [], {}, [null], { a: [] }];

/** The document with one member, anywhere, replaced by something odd. */
function oddAt(value: unknown, at: number, odd: unknown): unknown {
  let count = 0;
  const walk = (one: unknown): unknown => {
    if (count++ === at) return odd;
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, walk(inner)]));
  };
  return walk(value);
}

test('every member of every container, replaced by each odd value', () => {
  for (const [name, bytes] of Object.entries(CONTAINERS)) {
    if (name === 'JSON lines') continue;
    const document = parsed(bytes);
    const size = JSON.stringify(document).split(/[,{[]/).length;
    for (let at = 0; at < size; at++) {
      for (const odd of ODD) assert.ok(survives(bytesOf(oddAt(document, at, odd) as Doc)), `${name} ${at}`);
    }
  }
});

test('a changed layer is refused, or holds the bytes that its digest is of', () => {
  const [{ payload }] = read(LAYER);
  fc.assert(
    fc.property(mutation(bytesOf(LAYER)), (mutated) => {
      const reading = readContainer(mutated);
      return survives(mutated) && (!reading.ok || reading.contents.every((content) => content.payload.equals(payload)));
    }),
    { numRuns: 10_000, seed: SEED },
  );
});

test('random bytes, random JSON and random lines', () => {
  fc.assert(fc.property(fc.uint8Array(), survives), { seed: SEED });
  fc.assert(
    fc.property(fc.json(), (text) => survives(Buffer.from(text))),
    { seed: SEED },
  );
  fc.assert(
    fc.property(fc.array(fc.json()), (texts) => survives(Buffer.from(texts.join('\n')))),
    { seed: SEED },
  );
});

test.run();
