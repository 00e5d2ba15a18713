import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The bytes of one digest on their way into a file; what an earlier try left is gone on with. */
export interface PartialFile {
  /** How many bytes are there. */
  readonly size: number;
  append(chunk: Uint8Array): Promise<void>;
  /** Throws away what is there. */
  restart(): Promise<void>;
  /** The SHA-256 of what is there, hex. */
  sha256(): string;
  /** Gives the bytes their final name, once they are on the disk. */
  finish(): Promise<void>;
  /** Ends without that. What is there is kept for the next try, unless it is nothing. */
  close(): Promise<void>;
  /** Ends, and keeps nothing. */
  discard(): Promise<void>;
}

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/**
 * Opens the partial file of this digest beside the target. Its name says the digest and the process that writes it: one of a
 * process that is over is taken over, one of a process that goes on is left to it.
 */
export async function openPartial(target: string, sha256: string): Promise<PartialFile> {
  const prefix = `${basename(target)}.${sha256}.`;
  const path = join(dirname(target), `${prefix}${process.pid}.part`);
  const file = (await takeOver(dirname(target), prefix, path)) ?? (await begin(path));
  return partialFile(file, path, target);
}

/** What another process left, under this one's name; `undefined` if there is none. */
async function takeOver(dir: string, prefix: string, path: string): Promise<FileHandle | undefined> {
  for (const name of await readdir(dir)) {
    const pid = /^(\d+)\.part$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '')?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const file = await openOwn(join(dir, name));
    if (file === undefined) continue;
    try {
      await rename(join(dir, name), path);
      return file;
    } catch {
      // Another download was faster, and has it now.
      await file.close();
    }
  }
  return undefined;
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Whoever else could write to it would do so after the digest was found right: in a folder of many, only one's own file counts. */
async function openOwn(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, O_RDWR | O_NOFOLLOW).catch(() => undefined);
  const found = await file?.stat();
  if (found?.isFile() && found.nlink === 1 && (process.getuid === undefined || found.uid === process.getuid())) {
    return file;
  }
  await file?.close();
  return undefined;
}

async function begin(path: string): Promise<FileHandle> {
  await rm(path, { force: true });
  return open(path, O_RDWR | O_CREAT | O_EXCL, 0o666);
}

async function partialFile(file: FileHandle, path: string, target: string): Promise<PartialFile> {
  let { hash, size } = await read(file);
  return {
    get size() {
      return size;
    },
    async append(chunk) {
      for (let written = 0; written < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, written, chunk.length - written, size);
        hash.update(chunk.subarray(written, written + bytesWritten));
        written += bytesWritten;
        size += bytesWritten;
      }
    },
    async restart() {
      await file.truncate(0);
      hash = createHash('sha256');
      size = 0;
    },
    sha256: () => hash.copy().digest('hex'),
    async finish() {
      await file.sync();
      await file.close();
      await rename(path, target);
    },
    async close() {
      await file.close();
      if (size === 0) await rm(path, { force: true });
    },
    async discard() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

async function read(file: FileHandle): Promise<{ hash: Hash; size: number }> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(1 << 20);
  let size = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, size);
    if (bytesRead === 0) return { hash, size };
    hash.update(chunk.subarray(0, bytesRead));
    size += bytesRead;
  }
}
