import { asRecord, type UnknownRecord } from '../../api/record.ts';
import type { SignedContent } from './content.ts';
import { parseDocument } from './document.ts';
import { DSSE_MEDIA_TYPE, readEnvelope, refuseInnerEvidence, soleEntry } from './envelope.ts';
import { leafFirst, signatureWith } from './evidence.ts';
import { fault } from './fault.ts';
import { isGiven, readBytes, step } from './fields.ts';
import { LIMITS } from './limits.ts';
import { readPem } from './pem.ts';

const PREFIX = 'chains.tekton.dev/';
const SIGNATURE = `${PREFIX}signature-`;

/** Whether Chains has left signatures here: on a run with its metadata, or on what are annotations themselves. */
export const hasChainsAnnotations = (record: UnknownRecord): boolean =>
  [record, annotationsOf(record)].some((annotations) => signatureKeys(annotations).length > 0);

/**
 * What Tekton Chains keeps in the annotations of a TaskRun or PipelineRun: for each id the envelope (`signature-<id>`),
 * once more the payload, and the certificate and chain of the one signature, all of them in base64. Of an image it keeps
 * a bare signature there; that is no attestation, and is left out when there is one beside it.
 */
export function readTekton(record: UnknownRecord, at: string): readonly SignedContent[] {
  const annotations = annotationsOf(record);
  const isRun = annotations !== record;
  if (isRun && signatureKeys(record).length > 0) fault(at, 'a run, or its annotations', 'an object that can be both');
  const inside = isRun ? `${at}/metadata/annotations` : at;
  const keys = signatureKeys(annotations);
  if (keys.length > LIMITS.contents) fault(inside, `at most ${LIMITS.contents} signatures`, String(keys.length));
  const contents = keys.flatMap((key) => readOne(annotations, key.slice(SIGNATURE.length), inside) ?? []);
  if (contents.length === 0) fault(inside, `a DSSE envelope in ${SIGNATURE}<id>`, 'bare signatures');
  return contents;
}

function annotationsOf(record: UnknownRecord): UnknownRecord {
  const metadata = asRecord(record.metadata);
  return metadata === undefined ? record : (asRecord(metadata.annotations) ?? {});
}

const signatureKeys = (annotations: UnknownRecord): readonly string[] =>
  Object.keys(annotations).filter((key) => key.startsWith(SIGNATURE));

function readOne(annotations: UnknownRecord, id: string, inside: string): SignedContent | undefined {
  const at = inside + step(`${SIGNATURE}${id}`);
  const bytes = readBytes(annotations[`${SIGNATURE}${id}`], at);
  if (!bytes.toString('latin1').trimStart().startsWith('{')) return undefined;
  const envelope = readEnvelope(parseDocument(bytes, at), at);
  refuseInnerEvidence(envelope);
  const entry = soleEntry(envelope, at);
  const { payload, payloadType } = envelope;
  /** What is kept beside it under the same id; Chains writes an empty text for what there isn't. */
  const beside = (name: string): { readonly bytes: Buffer; readonly at: string } | undefined => {
    const key = `${PREFIX}${name}-${id}`;
    const where = inside + step(key);
    return isGiven(annotations[key]) ? { bytes: readBytes(annotations[key], where), at: where } : undefined;
  };
  const copy = beside('payload');
  if (copy !== undefined && !copy.bytes.equals(payload)) fault(copy.at, 'the payload of the envelope', 'another one');
  const pem = (name: string, max: number): readonly Buffer[] => {
    const found = beside(name);
    return found === undefined ? [] : readPem(found.bytes.toString('latin1'), found.at, max);
  };
  const certificates = leafFirst(pem('cert', 1), pem('chain', LIMITS.certificates - 1), at);
  return {
    form: 'tekton-chains',
    mediaType: DSSE_MEDIA_TYPE,
    payload,
    payloadType,
    signatures: [signatureWith(entry, { certificates })],
    at,
  };
}
