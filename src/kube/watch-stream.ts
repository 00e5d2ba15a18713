import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../api/object.ts';

/** One line of a watch. */
export type WatchEvent<T extends KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; readonly object: T }
  | { readonly type: 'ERROR'; readonly object: { readonly code?: number; readonly message?: string } };

/** An event of a single object is far smaller. */
const MAX_LINE_BYTES = 16 << 20;

/** A watch on which nothing came for too long. */
export class IdleError extends Error {}

/**
 * The events of an open watch until it ends. Throws an `IdleError` when no byte came for `idleMs`, since bookmarks come
 * each minute: the connection is then dead without anybody having said so.
 */
export async function* watchEvents<T extends KubeObject>(
  stream: IncomingMessage,
  idleMs: number,
): AsyncGenerator<WatchEvent<T>, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  const guard = setTimeout(() => stream.destroy(new IdleError(`no byte of the watch for ${idleMs} ms`)), idleMs);
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      guard.refresh();
      let from = 0;
      let buffer: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, from)) {
        if (end > from) yield JSON.parse(buffer.toString('utf8', from, end)) as WatchEvent<T>;
        from = end + 1;
      }
      buffer = buffer.subarray(from);
      if (buffer.length > MAX_LINE_BYTES) throw new Error('an event of the watch is too large');
      rest = buffer;
    }
  } finally {
    clearTimeout(guard);
    stream.destroy();
  }
}
