import type { ContainerForm, EnvelopeSignature, SignedContent } from './content.ts';
import { DSSE_MEDIA_TYPE, type EnvelopeEntry, GENERATOR_MEMBERS, readEnvelope, WITNESS_MEMBERS } from './envelope.ts';
import { type Evidence, leafFirst, signatureWith } from './evidence.ts';
import { fault } from './fault.ts';
import { isGiven, readBytes, readList, readObject, readText } from './fields.ts';
import { LIMITS } from './limits.ts';
import { readPem } from './pem.ts';
import { readTimestampToken } from './timestamp.ts';

type BareForm = Extract<ContainerForm, 'dsse' | 'slsa-generator' | 'witness'>;

/**
 * A bare envelope, as Archivista takes it too: plain DSSE, with the PEM of slsa-github-generator in `cert`, or with
 * Witness' certificates and timestamps in each signature.
 */
export function readDsse(value: unknown, at: string): SignedContent {
  const { payload, payloadType, entries } = readEnvelope(value, at);
  const form = formOf(entries, at);
  const read = (entry: EnvelopeEntry): EnvelopeSignature => signatureWith(entry, EVIDENCE[form](entry));
  const [first, ...rest] = entries;
  const signatures = [read(first), ...rest.map(read)] as const;
  return { form, mediaType: DSSE_MEDIA_TYPE, payload, payloadType, signatures, at };
}

function formOf(entries: readonly EnvelopeEntry[], at: string): BareForm {
  const hasAny = (names: readonly string[]) =>
    entries.some(({ members }) => names.some((name) => isGiven(members[name])));
  const isGenerator = hasAny(GENERATOR_MEMBERS);
  const isWitness = hasAny(WITNESS_MEMBERS);
  if (isGenerator && isWitness) fault(`${at}/signatures`, 'certificates of one form', "'cert' and those of Witness");
  return isGenerator ? 'slsa-generator' : isWitness ? 'witness' : 'dsse';
}

const EVIDENCE: Readonly<Record<BareForm, (entry: EnvelopeEntry) => Evidence>> = {
  dsse: () => ({}),
  'slsa-generator': ({ members, at }) => ({
    certificates: isGiven(members.cert) ? readPem(members.cert, `${at}/cert`, LIMITS.certificates) : [],
  }),
  witness: ({ members, at }) => {
    const leaf = isGiven(members.certificate) ? pemInBase64(members.certificate, `${at}/certificate`) : [];
    const chain = readList(members.intermediates, `${at}/intermediates`, LIMITS.certificates - 1);
    const timestamps = readList(members.timestamps, `${at}/timestamps`, LIMITS.timestamps);
    return {
      certificates: leafFirst(
        leaf,
        chain.flatMap((one, index) => pemInBase64(one, `${at}/intermediates/${index}`)),
        at,
      ),
      timestamps: timestamps.map((one, index) => readWitnessTimestamp(one, `${at}/timestamps/${index}`)),
    };
  },
};

/** Go writes bytes in base64, and these bytes are PEM. */
const pemInBase64 = (value: unknown, at: string): readonly Buffer[] =>
  readPem(readBytes(value, at).toString('latin1'), at, 1);

function readWitnessTimestamp(value: unknown, at: string): Buffer {
  const timestamp = readObject(value, at);
  const type = readText(timestamp.type, `${at}/type`);
  if (type !== 'tsp') fault(`${at}/type`, "'tsp', the type of RFC 3161", `'${type}'`);
  return readTimestampToken(timestamp.data, `${at}/data`);
}
