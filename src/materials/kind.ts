import { excerpt } from '../api/excerpt.ts';
import type { MaterialType } from '../api/material-types.ts';
import type { Finding } from '../api/problem.ts';

/** What was handed in, as far as it has to be looked at. */
export interface MaterialInput {
  /** All bytes when the kind needs the whole content, else the first ones. */
  readonly bytes: Uint8Array;
  /** Bytes altogether. */
  readonly size: number;
  /** SHA-256 of all bytes, `sha256:` and hex. */
  readonly digest: string;
  readonly filename?: string;
  /** Gives back the memory of the bytes, for a kind that has read them; absent where somebody else still needs them. */
  readonly release?: () => void;
  /** The bytes are a reference to something elsewhere (an image), not the thing itself. */
  readonly isReference?: boolean;
}

/** What the content says, once it is known to be of its type. */
export interface MaterialFacts {
  /** Annotations under the names of the attestation format, `chainloop.material.…`. */
  readonly annotations: Readonly<Record<string, string>>;
  /** What the digest of the material is, where that isn't the digest of the bytes. */
  readonly digest?: string;
  /** The text of a STRING. */
  readonly value?: string;
  /** The image reference. */
  readonly reference?: string;
  readonly mediaType?: string;
}

export type Inspection =
  | {
      readonly ok: true;
      readonly facts: MaterialFacts;
      /** What is wrong with it and let through; absent: nothing. */
      readonly tolerated?: readonly Finding[];
    }
  | {
      readonly ok: false;
      readonly findings: readonly [Finding, ...Finding[]];
      /** Of what is of its kind without doubt, and only not as the schema of its format wants it. */
      readonly despite?: MaterialFacts;
    };

/** What the documentation says of a kind. */
export interface KindNotes {
  /** What is accepted, in one sentence. */
  readonly accepts: string;
  /** Versions of the format or the tool, where the document says which it is. */
  readonly versions?: readonly string[];
  /** Annotations it may get, without the `chainloop.material.` in front. */
  readonly facts: readonly string[];
}

/** How one type of material is taken. */
export interface MaterialKind {
  readonly type: MaterialType;
  /** Whether `inspect` needs all bytes, or can do with the first `HEAD_BYTES`. */
  readonly content: 'whole' | 'head';
  /** The largest content of a kind that is read whole, in bytes. */
  readonly maxBytes: number;
  /** Whether the bytes go into the evidence store; what is small enough stands in the run itself. */
  readonly keepsBytes: boolean;
  readonly notes: KindNotes;
  inspect(input: MaterialInput): Inspection;
}

/** What a `head` kind gets to see. */
export const HEAD_BYTES = 64 << 10;
/** The limit of documents; larger ones are no SBOM or report that a tool wrote for a person or a scanner. */
export const MAX_DOCUMENT_BYTES = 64 << 20;
/** What kinds have in common that are documents: they are read whole, and kept. */
export const WHOLE_DOCUMENT = { content: 'whole', maxBytes: MAX_DOCUMENT_BYTES, keepsBytes: true } as const;
/** More findings than this help nobody. */
export const MAX_FINDINGS = 20;

export const accepted = (facts: MaterialFacts, tolerated: readonly Finding[] = []): Inspection =>
  tolerated.length === 0 ? { ok: true, facts } : { ok: true, facts, tolerated: someOf(tolerated) };

/** A refusal whose size doesn't depend on the content: names in it can have megabytes. */
export const refused = (...findings: readonly Finding[]): Inspection => ({ ok: false, findings: shortList(findings) });

function shortList(findings: readonly Finding[]): readonly [Finding, ...Finding[]] {
  const [first = { message: 'the content is not valid' }, ...rest] = findings
    .slice(0, MAX_FINDINGS)
    .map((each) => shortened(each, MAX_AT, MAX_MESSAGE));
  return [first, ...rest];
}

/** A refusal for what its schema says, with the facts for who doesn't want it to count. */
export const deviating = (findings: readonly Finding[], despite: MaterialFacts): Inspection => ({
  ok: false,
  findings: shortList(findings),
  despite,
});

/** What an inspection comes to where `strict: false` stands in the contract. */
export const leniently = (inspection: Inspection): Inspection =>
  inspection.ok || inspection.despite === undefined ? inspection : accepted(inspection.despite, inspection.findings);

/** The first of what is tolerated, as it is written on the run. */
function someOf(findings: readonly Finding[]): readonly Finding[] {
  const rest = findings.length - MAX_TOLERATED;
  const first = findings.slice(0, MAX_TOLERATED).map((each) => shortened(each, MAX_NOTE, MAX_NOTE));
  return rest > 0 ? [...first, { message: `and ${rest} more` }] : first;
}

const MAX_TOLERATED = 5;
const MAX_NOTE = 200;
const MAX_AT = 300;
const MAX_MESSAGE = 500;

const shortened = ({ at, message }: Finding, maxAt: number, maxMessage: number): Finding => ({
  ...(at === undefined ? {} : { at: excerpt(at, maxAt) }),
  message: excerpt(message, maxMessage),
});

/** The finding for JSON that can't be read, in the form of the others. */
export const unreadable = (at: string, message: string): Inspection => refused({ at, message });
