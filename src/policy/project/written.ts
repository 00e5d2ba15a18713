import { excerpt } from '../../api/excerpt.ts';
import type { MaterialType } from '../../api/material-types.ts';
import { shared } from '../written-json.ts';
import { projectMaterial, showsContent } from './material.ts';

/** What policies get to see of a material, written out in memory that threads share, or why they see nothing. */
export type WrittenProjection =
  | { readonly ok: true; readonly json: Uint8Array<SharedArrayBuffer> }
  | { readonly ok: false; readonly message: string };

const MAX_MESSAGE = 300;

/** For a thread: what is JSON already is read once, to see that it is. `bytes` of a content of `size` may be only the first ones. */
export function writeProjection(type: MaterialType, bytes: Uint8Array, size: number): WrittenProjection {
  if (bytes.length < size && showsContent(type)) {
    return { ok: false, message: `it has ${size} bytes, which is more than policies judge of type ${type}` };
  }
  const projection = projectMaterial(type, bytes);
  if (!projection.ok) {
    const { at, message } = projection.finding;
    return { ok: false, message: excerpt(at === undefined ? message : `${at}: ${message}`, MAX_MESSAGE) };
  }
  return {
    ok: true,
    json: projection.isContent ? shared(bytes) : shared(Buffer.from(JSON.stringify(projection.value))),
  };
}
