import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Trust } from '../../../src/api/trust.ts';
import { PREDICATE_TYPE, STATEMENT_TYPE } from '../../../src/attestation/statement.ts';
import { layerOf } from '../../verify/container/samples.ts';
import { bundleBy, bytesOf, envelopeBy, type Keys, NOW, trustIn } from '../../verify/fixtures.ts';
import { createSigstore, type Signing } from '../../verify/sigstore.ts';

/** Something to verify, and what is compared with it. */
export interface Document {
  readonly form: string;
  readonly bytes: Uint8Array;
  readonly trust: Trust;
  readonly now: Date;
  readonly payload: Uint8Array;
}

/** Signed with a key, which raw verification takes as it is. */
export interface KeyedDocument extends Document {
  readonly keys: Keys;
}

const KEYS: Readonly<Record<string, () => Keys>> = {
  'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'P-384, SHA-256': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  'RSA-2048': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

const KEYLESS: Readonly<Record<string, Signing>> = {
  'Rekor v1, SET and proof': {},
  'Rekor v1 and timestamp': { timestamp: true },
  'Rekor v2 proof and timestamp': { log: 'v2' },
};

/** A statement of about so many bytes, as wordy as those of real runs. */
export function statementOf(size: number): Uint8Array {
  const materials: object[] = [];
  const render = (): string =>
    JSON.stringify({
      _type: STATEMENT_TYPE,
      subject: [{ name: 'registry.example.com/shop/web', digest: { sha256: '0'.repeat(64) } }],
      predicateType: PREDICATE_TYPE,
      predicate: { metadata: { name: 'build-1', workflowName: 'build' }, materials },
    });
  const material = (): object => ({
    name: `component-${materials.length}.json`,
    digest: { sha256: 'ab'.repeat(32) },
    annotations: {
      'chainloop.material.name': `component-${materials.length}`,
      'chainloop.material.type': 'SBOM_CYCLONEDX_JSON',
      'chainloop.material.size': '48213',
      id: randomUUID(),
    },
  });
  const each = JSON.stringify(material()).length + 1;
  const count = Math.floor((size - render().length) / each);
  for (let n = 0; n < count; n++) materials.push(material());
  return Buffer.from(render());
}

/** Every kind of key in a bundle, and a layer of cosign v2. */
export function keyedDocuments(payload: Uint8Array): readonly KeyedDocument[] {
  const documents = Object.entries(KEYS).map(([name, make]): KeyedDocument => {
    const keys = make();
    const bytes = bundleBy(keys, { payload });
    return { form: `${name}, bundle v0.3`, bytes, trust: trustIn(keys), now: NOW, payload, keys };
  });
  const [first] = documents;
  if (first === undefined) throw new Error('no kinds of keys');
  const layer = bytesOf(layerOf(envelopeBy(first.keys, { payload }), {}));
  return [first, { ...first, form: 'P-256, layer of cosign v2', bytes: layer }, ...documents.slice(1)];
}

/** A Sigstore, and each form of keyless bundle that it makes. */
export async function keylessDocuments(payload: Uint8Array) {
  // Later than the authorities that the mock makes now, and before they end.
  const clock = new Date(Math.floor(Date.now() / 1000) * 1000 + 60_000);
  const sigstore = await createSigstore(clock);
  const documents = Object.entries(KEYLESS).map(async ([form, signing]): Promise<Document> => {
    const bytes = bytesOf(await sigstore.bundle({ ...signing, payload }));
    return { form, bytes, trust: sigstore.trust(), now: clock, payload };
  });
  return { root: sigstore.root, documents: await Promise.all(documents) };
}
