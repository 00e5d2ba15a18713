import type { RecordedMaterial, WorkflowRun } from '../../api/types.gen.ts';
import type { Digest } from '../../evidence/store.ts';
import { HEAD_BYTES } from '../../materials/kind.ts';
import { isMaterialType, MATERIAL_KINDS } from '../../materials/kinds.ts';
import { showsContent } from '../../policy/project/material.ts';
import type { WrittenProjection } from '../../policy/project/written.ts';
import type { Reserve } from '../body.ts';
import type { Asker } from '../checks/checks.ts';
import { createPieces } from '../checks/pieces.ts';
import type { ReceiverContext } from '../context.ts';

/** What it is done for, and on whose account. */
export interface ReadingOptions {
  readonly reserve: Reserve;
  readonly asker: Asker;
}

/** What policies get to see of a material that was recorded earlier: as much as they did when it was added. */
export async function storedContent(
  { stores, checks }: Pick<ReceiverContext, 'stores' | 'checks'>,
  run: WorkflowRun,
  { type, digest, size, value, stored, storeName }: RecordedMaterial,
  { reserve, asker }: ReadingOptions,
): Promise<WrittenProjection> {
  if (!isMaterialType(type)) return nothing(`'${type}' is no type of materials`);
  const project = (pieces: readonly ArrayBuffer[]) => checks.project({ type, pieces, size }, asker);
  if (!showsContent(type)) return project([]);
  if (value !== undefined) return project([new Uint8Array(Buffer.from(value)).buffer]);
  const { content, maxBytes } = MATERIAL_KINDS[type];
  const most = content === 'whole' ? maxBytes : HEAD_BYTES;
  if (!stored) return nothing('its bytes were not kept, so they can be judged only when it is added');
  if (size > most) return project([]);
  const store = await stores.get(storeName ?? run.spec.evidenceStoreName);
  reserve(size);
  const stream = await store.bytes.get(digest as Digest);
  if (stream === undefined) return nothing(`the store '${store.name}' has lost it`);
  const pieces = createPieces(size);
  for await (const chunk of stream as AsyncIterable<Buffer>) pieces.add(chunk);
  return project(pieces.take());
}

const nothing = (message: string): WrittenProjection => ({ ok: false, message });
