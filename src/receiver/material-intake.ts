import type { Request } from 'express';
import type { MaterialType } from '../api/material-types.ts';
import { type Finding, Problem } from '../api/problem.ts';
import type { Digest, Stage } from '../evidence/store.ts';
import { HEAD_BYTES, leniently, type MaterialFacts, type MaterialKind } from '../materials/kind.ts';
import { MATERIAL_KINDS } from '../materials/kinds.ts';
import type { WrittenProjection } from '../policy/project/written.ts';
import { bodyChunks, keptChunks, type Reserve } from './body.ts';
import { createPieces } from './checks/pieces.ts';
import type { Inspected, SentMaterial } from './checks/worker.ts';
import { assertDigest, statedDigest } from './content-digest.ts';

/** What came in, hashed and found to be of its type. */
export interface Intake {
  readonly facts: MaterialFacts;
  readonly digest: Digest;
  readonly size: number;
  /** What is wrong with it and was let through. */
  readonly tolerated: readonly Finding[];
  /** What policies get to see of it, if they are to judge it. */
  readonly projection?: WrittenProjection;
}

export interface IntakeOptions {
  readonly type: MaterialType;
  readonly name: string;
  readonly filename: string | undefined;
  readonly isReference: boolean;
  /** Whether the schema of its format counts. */
  readonly isStrict: boolean;
  /** Whether policies will judge it. */
  readonly isJudged?: boolean;
  readonly maxBlobSize: number;
  /** For what is read whole. */
  readonly reserve: Reserve;
  readonly inspect: (material: SentMaterial) => Promise<Inspected>;
}

/** Where the bytes of a material come from. */
export interface MaterialBody {
  /** The digest that the sender states. */
  readonly stated: Digest | undefined;
  /** As it is announced; absent where it isn't. */
  readonly length: number | undefined;
  /** At most `limit` bytes; with `reserve`, where all of them are kept in memory. */
  chunks(limit: number, reserve?: Reserve): AsyncIterable<Uint8Array>;
}

export const requestBody = (request: Request): MaterialBody => ({
  stated: statedDigest(request.headers['content-digest']),
  length: request.headers['content-length'] === undefined ? undefined : Number(request.headers['content-length']),
  chunks: (limit, reserve) =>
    reserve === undefined ? bodyChunks(request, limit) : keptChunks(request, limit, reserve),
});

/** Of bytes that are here. */
export const bytesBody = (bytes: Uint8Array): MaterialBody => ({
  stated: undefined,
  length: bytes.length,
  async *chunks() {
    yield bytes;
  },
});

/**
 * Takes a body into a stage: writes it while it is hashed, keeps as much of it in memory as its type has to look at, and
 * inspects that. Throws before anything is visible; the caller commits or discards the stage.
 */
export async function takeMaterial(body: MaterialBody, stage: Stage, options: IntakeOptions): Promise<Intake> {
  const kind = MATERIAL_KINDS[options.type];
  const most = kind.content === 'whole' ? kind.maxBytes : HEAD_BYTES;
  const pieces = createPieces(announced(body, most));
  let room = most;
  for await (const chunk of chunksFor(kind, body, options)) {
    if (kind.content === 'whole' && chunk.length > room) throw tooLarge(kind);
    if (room > 0) pieces.add(chunk.subarray(0, room));
    room = Math.max(0, room - chunk.length);
    await stage.write(chunk);
  }
  const { digest, size } = stage.info();
  if (size === 0) {
    throw new Problem('material-empty', `the material '${options.name}' has no bytes`, {
      hint: 'an empty file proves nothing; check the step that writes it',
    });
  }
  assertDigest(body.stated, digest);
  const { filename, isReference, isStrict, isJudged = false } = options;
  const { inspection: found, projection } = await options.inspect({
    type: kind.type,
    pieces: pieces.take(),
    size,
    digest,
    isReference,
    isJudged,
    ...(filename === undefined ? {} : { filename }),
  });
  const inspection = isStrict ? found : leniently(found);
  if (inspection.ok) {
    const { facts, tolerated = [] } = inspection;
    return { facts, digest, size, tolerated, ...(projection === undefined ? {} : { projection }) };
  }
  const [first] = inspection.findings;
  const where = first.at === undefined ? '' : ` at ${first.at}`;
  throw new Problem('material-invalid', `'${options.name}' is not a valid ${kind.type}${where}: ${first.message}`, {
    errors: inspection.findings,
  });
}

/** How much of the body will be kept, if its length is announced. */
const announced = ({ length }: MaterialBody, most: number): number | undefined =>
  length !== undefined && length > 0 ? Math.min(length, most) : undefined;

function chunksFor(kind: MaterialKind, body: MaterialBody, { maxBlobSize, reserve }: IntakeOptions) {
  if (kind.content === 'head') return body.chunks(maxBlobSize);
  if (body.length !== undefined && body.length > kind.maxBytes) throw tooLarge(kind);
  return body.chunks(maxBlobSize, reserve);
}

const tooLarge = ({ type, maxBytes }: MaterialKind): Problem =>
  new Problem('material-too-large', `a ${type} has at most ${maxBytes} bytes`, {
    hint: 'hand in what is larger as ARTIFACT or EVIDENCE',
  });
