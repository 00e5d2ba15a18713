import type { MaterialType } from '../../api/material-types.ts';
import type { Inspection, MaterialInput } from '../../materials/kind.ts';
import { MATERIAL_KINDS } from '../../materials/kinds.ts';
import { type WrittenProjection, writeProjection } from '../../policy/project/written.ts';
import type { ImageVerdict } from '../../verify/image.ts';
import { type ClaimsReading, readClaims } from '../intake/claims.ts';
import { type EnvelopeTask, type EnvelopeVerdict, judgeEnvelope } from './envelope.ts';
import { type ImageTask, judgeImage } from './image.ts';
import { type Judgement, type JudgementTask, judge } from './judgement.ts';
import { openTrust, type SharedTrust } from './shared-root.ts';

/** What runs in a thread of the pool: each export is a task, its answer small whatever it was about. */

/** `JudgementTask` as it is sent. */
export interface SentJudgement extends Omit<JudgementTask, 'trust' | 'bytes'> {
  readonly trust: SharedTrust;
  readonly bytes: ArrayBuffer;
}

export const judgeAttestation = ({ bytes, trust, ...task }: SentJudgement): Judgement =>
  judge({ ...task, bytes: new Uint8Array(bytes), trust: openTrust(trust) });

/** `ImageTask` as it is sent: the bytes in pieces. */
export interface SentImage extends Omit<ImageTask, 'trust' | 'bytes'> {
  readonly trust: SharedTrust;
  readonly pieces: readonly ArrayBuffer[];
}

export const judgeSignatures = ({ pieces, trust, ...task }: SentImage): ImageVerdict =>
  judgeImage({ ...task, bytes: joined(pieces), trust: openTrust(trust) });

/** `EnvelopeTask` as it is sent. */
export interface SentEnvelope extends Omit<EnvelopeTask, 'trust' | 'bytes'> {
  readonly trust: SharedTrust;
  readonly bytes: ArrayBuffer;
}

export const verifyEnvelope = ({ bytes, trust, ...task }: SentEnvelope): EnvelopeVerdict =>
  judgeEnvelope({ ...task, bytes: new Uint8Array(bytes), trust: openTrust(trust) });

export const readEnvelope = (bytes: ArrayBuffer): ClaimsReading => readClaims(new Uint8Array(bytes));

/** `MaterialInput` as it is sent: the bytes in pieces. */
export interface SentMaterial extends Omit<MaterialInput, 'bytes' | 'release'> {
  readonly type: MaterialType;
  readonly pieces: readonly ArrayBuffer[];
  /** Whether policies will judge it. */
  readonly isJudged?: boolean;
}

/** What an inspection came to, and if policies will judge it, what they get to see. */
export interface Inspected {
  readonly inspection: Inspection;
  readonly projection?: WrittenProjection;
}

export function inspectMaterial({ pieces, ...material }: SentMaterial): Inspected {
  const bytes = joined(pieces);
  return inspectBytes(bytes, material, () => giveBack(bytes.buffer));
}

export function inspectBytes(
  bytes: Uint8Array,
  { type, isJudged, ...input }: Omit<SentMaterial, 'pieces'>,
  release?: () => void,
): Inspected {
  const { inspect } = MATERIAL_KINDS[type];
  if (!isJudged) return { inspection: inspect({ ...input, bytes, ...(release === undefined ? {} : { release }) }) };
  const inspection = inspect({ ...input, bytes });
  const isTaken = inspection.ok || inspection.despite !== undefined;
  return { inspection, ...(isTaken ? { projection: writeProjection(type, bytes, input.size) } : {}) };
}

/** A material that is there already, as it is sent; the pieces are all of it, or none if it is too large to be judged. */
export interface SentContent {
  readonly type: MaterialType;
  readonly pieces: readonly ArrayBuffer[];
  readonly size: number;
}

export const projectContent = ({ type, pieces, size }: SentContent): WrittenProjection =>
  writeProjection(type, joined(pieces), size);

/** At once, where a collector of garbage would take its time. */
function giveBack(buffer: ArrayBuffer): void {
  buffer.transfer(0);
}

/** The pieces as one, in no more memory than they take: each is given back once it is copied. */
function joined(pieces: readonly ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const [first = new ArrayBuffer(0), ...others] = pieces;
  if (others.length === 0) return new Uint8Array(first);
  const bytes = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(new Uint8Array(piece), at);
    at += piece.byteLength;
    giveBack(piece);
  }
  return bytes;
}
