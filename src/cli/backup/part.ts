import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { Problem } from '../../api/problem.ts';
import { readLines } from './lines.ts';

/** What the manifest says of a part, so that one that was cut or changed is found before anything is done with it. */
export interface PartFacts {
  /** Of the file, hex. */
  readonly sha256: string;
  /** Of the file. */
  readonly bytes: number;
  readonly lines: number;
}

/** A part on its way to the disk: lines, gzipped. */
export interface PartWriter {
  /** Resolves when there is room for the next. */
  write(line: string | Uint8Array): Promise<void>;
  /** Resolves when all of it is on the disk. */
  end(): Promise<PartFacts>;
}

/** Only who made it may read it: records say who works on what, and one part has keys. */
const MODE = 0o600;
const NEWLINE = Buffer.from('\n');

export function createPart(path: string): PartWriter {
  const gzip = createGzip();
  const hash = createHash('sha256');
  let bytes = 0;
  let lines = 0;
  const written = pipeline(
    gzip,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(path, { flags: 'wx', mode: MODE, flush: true }),
  );
  // Told by whoever writes next, or by the end.
  written.catch(() => {});
  return {
    async write(line) {
      if (gzip.destroyed) return written;
      lines += 1;
      if (!gzip.write(Buffer.concat([Buffer.from(line), NEWLINE]))) await Promise.race([once(gzip, 'drain'), written]);
    },
    async end() {
      gzip.end();
      await written;
      return { sha256: hash.digest('hex'), bytes, lines };
    },
  };
}

/** Throws `backup-invalid` unless the file is the one that the manifest was written for. */
export async function assertWhole(path: string, name: string, facts: PartFacts): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (cause) {
    throw new Problem('backup-invalid', `the part ${name} can't be read`, { cause });
  }
  if (bytes !== facts.bytes) {
    throw new Problem('backup-invalid', `the part ${name} has ${bytes} bytes, and the manifest says ${facts.bytes}`);
  }
  const sha256 = hash.digest('hex');
  if (sha256 !== facts.sha256) {
    throw new Problem(
      'backup-invalid',
      `the part ${name} has the SHA-256 ${sha256}, and the manifest says ${facts.sha256}`,
    );
  }
}

/** The lines of a part. Throws `backup-invalid` for one that isn't as it was written. */
export async function* partLines(path: string, name: string): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip();
  const source = createReadStream(path);
  const read = pipeline(source, gunzip);
  read.catch(() => {});
  try {
    yield* readLines(gunzip);
  } catch (cause) {
    throw new Problem('backup-invalid', `the part ${name} can't be read`, { cause });
  } finally {
    source.destroy();
  }
}
