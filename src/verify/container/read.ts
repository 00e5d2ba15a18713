import { excerpt } from '../../api/excerpt.ts';
import { asRecord, type UnknownRecord } from '../../api/record.ts';
import { readBundle } from './bundle.ts';
import type { ContainerReading, SignedContent } from './content.ts';
import { readCosignFile } from './cosign-file.ts';
import { parseDocument } from './document.ts';
import { readDsse } from './dsse.ts';
import { ContainerFault, fault } from './fault.ts';
import { isSet } from './fields.ts';
import { readLayer } from './layer.ts';
import { LIMITS } from './limits.ts';
import { splitLines } from './lines.ts';
import { readRegistryAnswer } from './registry.ts';
import { hasChainsAnnotations, readTekton } from './tekton.ts';

/** A form, how it is told from the others, and its reader. */
interface Form {
  readonly name: string;
  readonly isMarked: (record: UnknownRecord) => boolean;
  readonly read: (record: UnknownRecord, at: string) => readonly SignedContent[];
}

const hasAny =
  (...names: readonly string[]) =>
  (record: UnknownRecord): boolean =>
    names.some((name) => isSet(record[name]));

const isLayer = hasAny('data', 'digest', 'annotations');
const hasBundleMember = hasAny('dsseEnvelope', 'messageSignature', 'verificationMaterial');

const FORMS: readonly Form[] = [
  {
    name: 'a Sigstore bundle',
    isMarked: (record) => hasBundleMember(record) || (isSet(record.mediaType) && !isLayer(record)),
    read: (record, at) => [readBundle(record, at)],
  },
  {
    name: 'a DSSE envelope',
    isMarked: hasAny('payload', 'payloadType', 'signatures'),
    read: (record, at) => [readDsse(record, at)],
  },
  { name: 'a layer of cosign', isMarked: isLayer, read: (record, at) => [readLayer(record, at)] },
  {
    name: 'a bundle file of cosign 2',
    isMarked: hasAny('base64Signature', 'rekorBundle'),
    read: (record, at) => [readCosignFile(record, at)],
  },
  { name: 'annotations of Tekton Chains', isMarked: hasChainsAnnotations, read: readTekton },
  { name: 'an answer of a registry', isMarked: hasAny('attestations'), read: readRegistryAnswer },
];

const EXPECTED =
  'a Sigstore bundle or a DSSE envelope, JSON lines of them, a layer or a file of cosign, annotations of Tekton Chains, or an answer of the npm registry';

/**
 * Brings any container down to what was signed and by whom it is said to be; nothing is verified. A document that could
 * be read in two ways, or that holds more than any tool puts there, is refused. Never throws.
 */
export function readContainer(bytes: Uint8Array): ContainerReading {
  try {
    const [first, ...rest] = readAll(bytes);
    if (first === undefined) return fault('', EXPECTED);
    if (rest.length >= LIMITS.contents) fault('', `at most ${LIMITS.contents} attestations`, String(rest.length + 1));
    const count = [first, ...rest].reduce((sum, { signatures }) => sum + signatures.length, 0);
    if (count > LIMITS.allSignatures) fault('', `at most ${LIMITS.allSignatures} signatures`, String(count));
    return { ok: true, contents: [first, ...rest] };
  } catch (error) {
    if (error instanceof ContainerFault) return { ok: false, refusal: error.refusal };
    const found = excerpt(error instanceof Error ? error.message : String(error));
    const expected = 'a readable attestation';
    return { ok: false, refusal: { code: 'attestation-malformed', step: 'container', expected, found } };
  }
}

function readAll(bytes: Uint8Array): readonly SignedContent[] {
  if (bytes.length > LIMITS.bytes) fault('', `at most ${LIMITS.bytes} bytes`, String(bytes.length));
  const lines = splitLines(bytes);
  if (lines === undefined) {
    const document = parseDocument(bytes, '');
    return readOne(document, '') ?? fault('', EXPECTED, outlineOf(document));
  }
  // A line of a form that comes later may stand among the others; one that can't be read at all may not.
  return lines.flatMap((line) => readOne(parseDocument(line.bytes, line.at), line.at) ?? []);
}

/** Undefined when it is of no form that is known. */
function readOne(value: unknown, at: string): readonly SignedContent[] | undefined {
  const record = asRecord(value);
  if (record === undefined) return undefined;
  const [form, ...others] = FORMS.filter(({ isMarked }) => isMarked(record));
  if (others.length > 0) {
    const names = [form, ...others].map((one) => one?.name).join(' and ');
    fault(at, 'a document of one form', `an object that can be read as both ${names}`);
  }
  return form?.read(record, at);
}

/** What is said of a document of no known form: enough to see which tool wrote it. */
function outlineOf(value: unknown): string {
  const record = asRecord(value);
  if (record === undefined) return 'no object';
  const names = Object.keys(record);
  return names.length === 0 ? 'an empty object' : `an object with ${names.slice(0, 5).join(', ')}`;
}
