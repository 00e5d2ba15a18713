import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Readable, Transform } from 'node:stream';
import { Problem } from '../../api/problem.ts';

/** Content that is to be handed in: how large, which digest, the first bytes, and how to read it all. */
export interface Content {
  readonly size: number;
  /** SHA-256, raw. */
  readonly sha256: Uint8Array;
  /** The first bytes, up to what was asked for. */
  readonly head: Uint8Array;
  readonly filename?: string;
  /** The bytes themselves, or what opens a new stream of them. */
  readonly body: Uint8Array | (() => Readable);
}

/** Content that is in memory already. */
export const bytesContent = (bytes: Uint8Array, filename?: string): Content => ({
  size: bytes.length,
  sha256: createHash('sha256').update(bytes).digest(),
  head: bytes,
  body: bytes,
  ...(filename === undefined ? {} : { filename }),
});

/** Reads a file once to hash it and to keep its first `headBytes`; memory is constant in its size. */
export async function fileContent(path: string, headBytes: number): Promise<Content> {
  const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  if (info.isDirectory()) {
    throw new Problem('usage', `'${path}' is a directory`, {
      hint: `Pack it first: tar czf ${basename(path)}.tar.gz ${path}. Only an OCI layout of a CONTAINER_IMAGE is taken as a directory.`,
    });
  }
  // It is read once to hash it and once to send it, and what is in a pipe can be read once: the second read waits for ever.
  if (info.isFIFO() || info.isSocket()) {
    throw new Problem('usage', `'${path}' is a pipe, and a material is read twice`, {
      hint: 'Write it to a file first, then add that file.',
    });
  }
  const hash = createHash('sha256');
  const head: Buffer[] = [];
  let room = headBytes;
  let size = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      size += chunk.length;
      if (room > 0) head.push(chunk.subarray(0, room));
      room = Math.max(0, room - chunk.length);
    }
  } catch (error) {
    throw unreadable(path, error as NodeJS.ErrnoException);
  }
  if (size === 0) {
    throw new Problem('material-empty', `'${path}' is empty`, {
      hint: 'An empty file proves nothing; check the step that writes it.',
    });
  }
  return {
    size,
    sha256: hash.digest(),
    head: Buffer.concat(head),
    filename: basename(path).slice(0, 255),
    // Never more than was hashed: a file that grows meanwhile would break the stated length.
    body: () => ofLength(createReadStream(path, { end: size - 1 }), size, path),
  };
}

const unreadable = (path: string, error: NodeJS.ErrnoException): Problem =>
  new Problem(
    'usage',
    `'${path}' can't be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`,
    { hint: 'VALUE is the path of the file that holds the material.', cause: error },
  );

/** Fails at an end that comes early: the receiver would wait for the rest until it gives up. */
function ofLength(source: Readable, size: number, path: string): Readable {
  let rest = size;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest -= chunk.length;
      done(null, chunk);
    },
    flush: (done) => done(rest === 0 ? null : changed(path)),
  });
  return pipeline(source, counted, () => {});
}

const changed = (path: string): Problem =>
  new Problem('material-invalid', `'${path}' got shorter while it was read`, {
    hint: 'Add it once the step that writes it is done.',
  });
