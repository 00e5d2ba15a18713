import { verify } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { preAuthEncoding } from '../../../src/attestation/dsse.ts';
import { PAYLOAD_TYPE } from '../../../src/attestation/statement.ts';
import { verifyAttestation } from '../../../src/verify/attestation.ts';
import type { Figure } from '../figures.ts';
import { type Document, type KeyedDocument, keyedDocuments, keylessDocuments, statementOf } from './documents.ts';

export interface RateOptions {
  /** Of one measurement. */
  readonly sliceMs: number;
  /** Of which the median counts; what is compared takes turns. */
  readonly rounds: number;
}

/** What the design asks for, as a share of the peer's rate: of a plain key at 2 KB, and of a keyless bundle. */
const PLAIN_BUDGET = 0.8;
const KEYLESS_BUDGET = 2;

/** How often a second each form of attestation is verified, beside raw verification and the library. */
export async function verificationRates(sizes: readonly number[], options: RateOptions): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const size of sizes) {
    const payload = statementOf(size);
    const phase = size < 1 << 20 ? `${size >> 10} KB` : `${size >> 20} MB`;
    for (const document of keyedDocuments(payload)) {
      const [own = 0, raw = 0] = rates([verifying(document), verifyingRaw(document)], options);
      const name = `${document.form}${isBudgeted(document, size) ? ` (budget ${PLAIN_BUDGET})` : ''}`;
      figures.push({ phase, name, value: own, unit: '/s', ratio: { of: 'raw', value: own / raw } });
    }
    const { root, documents } = await keylessDocuments(payload);
    for (const document of documents) {
      const [own = 0, library = 0] = rates([verifying(document), verifyingByLibrary(document, root)], options);
      const name = `${document.form} (budget ${KEYLESS_BUDGET})`;
      figures.push({ phase, name, value: own, unit: '/s', ratio: { of: 'the library', value: own / library } });
    }
  }
  return figures;
}

const isBudgeted = ({ form }: Document, size: number): boolean => form.startsWith('P-256, bundle') && size <= 2048;

function verifying({ bytes, trust, now }: Document): () => boolean {
  return () => verifyAttestation(bytes, trust, now).verified;
}

/** The signature over bytes that lie ready, by a key that was read before. */
function verifyingRaw({ payload, keys, bytes }: KeyedDocument): () => boolean {
  const data = preAuthEncoding(PAYLOAD_TYPE, payload);
  const document = JSON.parse(Buffer.from(bytes).toString()) as Partial<
    Record<'data', string> & Record<'dsseEnvelope', Envelope>
  >;
  const envelope =
    document.dsseEnvelope ?? (JSON.parse(Buffer.from(document.data ?? '', 'base64').toString()) as Envelope);
  const signature = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64');
  const hash = keys.publicKey.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return () => verify(hash, data, keys.publicKey, signature);
}

interface Envelope {
  readonly signatures: readonly { readonly sig: string }[];
}

/** From the text, as ours; the trusted root was read before. */
function verifyingByLibrary({ bytes }: Document, root: object): () => boolean {
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(root)), {
    tlogThreshold: 1,
    ctlogThreshold: 1,
    timestampThreshold: 1,
  });
  return () => {
    verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(Buffer.from(bytes).toString()))));
    return true;
  };
}

/** Calls a second of each: the median of the rounds. */
function rates(works: readonly (() => boolean)[], { sliceMs, rounds }: RateOptions): readonly number[] {
  for (const work of works) if (!work()) throw new Error('what is measured does not verify');
  const measured = works.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, work] of works.entries()) measured[index]?.push(rateOf(work, sliceMs));
  }
  return measured.map((values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0);
}

/** By the time of the processor and not of the clock, as others may want it too. */
function rateOf(work: () => boolean, sliceMs: number): number {
  const before = process.threadCpuUsage();
  const used = (): number => {
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };
  let count = 0;
  do {
    for (let n = 0; n < 8; n++) if (!work()) throw new Error('what is measured does not verify any more');
    count += 8;
  } while (used() < sliceMs);
  return (count / used()) * 1000;
}
