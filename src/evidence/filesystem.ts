import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../api/problem.ts';
import { checkingStream, digestOf, isDigest } from './digest.ts';
import type { Digest, EvidenceBytes, EvidenceInfo, Stage } from './store.ts';

/** A stage older than this belongs to a process that was killed. */
const ABANDONED_MS = 24 * 3600_000;

/**
 * A store in a directory: `blobs/sha256/ab/abcd…`, and `staging/` on the same filesystem, from where a finished object is
 * renamed into place. File and directory are synced before a commit returns.
 */
export function filesystemStore(root: string): EvidenceBytes {
  const staging = join(root, 'staging');
  const pathOf = (digest: Digest): string => {
    if (!isDigest(digest)) throw new Problem('evidence-not-found', `'${String(digest).slice(0, 100)}' is not a digest`);
    const hex = digest.slice('sha256:'.length);
    return join(root, 'blobs/sha256', hex.slice(0, 2), hex);
  };
  return {
    stage: () => sayingAll(() => openStage(staging, pathOf)),
    async get(digest, range) {
      const path = pathOf(digest);
      const handle = await saying(() => open(path)).catch(unlessMissing);
      if (handle === undefined) return undefined;
      const stream = handle.createReadStream(range === undefined ? {} : { start: range.start, end: range.end });
      if (range !== undefined) return stream;
      const checked = checkingStream(digest);
      stream.on('error', (error) => checked.destroy(error));
      checked.on('close', () => stream.destroy());
      return stream.pipe(checked);
    },
    async stat(digest) {
      const found = await saying(async () => stat(pathOf(digest))).catch(unlessMissing);
      return found === undefined ? undefined : { digest, size: found.size };
    },
    remove: (digest) => saying(async () => rm(pathOf(digest), { force: true })),
  };
}

async function openStage(staging: string, pathOf: (digest: Digest) => string): Promise<Stage> {
  await makeDirectory(staging);
  const temporary = join(staging, randomUUID());
  const file = await open(temporary, 'wx', 0o640);
  const hash = createHash('sha256');
  let size = 0;
  let ended = false;
  const info = (): EvidenceInfo => ({ digest: digestOf(hash.copy()), size });
  return {
    async write(chunk) {
      await saying(() => writeFully(file, chunk));
      hash.update(chunk);
      size += chunk.length;
    },
    info,
    commit: () =>
      sayingAll(async () => {
        const result = info();
        const path = pathOf(result.digest);
        await file.sync();
        await file.close();
        ended = true;
        await makeDirectory(dirname(path));
        // Renaming over an object of the same digest changes nothing: the bytes are the same.
        await rename(temporary, path);
        await syncDirectory(dirname(path));
        return result;
      }),
    async discard() {
      if (!ended) {
        ended = true;
        await file.close().catch(() => {});
      }
      await rm(temporary, { force: true }).catch(() => {});
    },
  };
}

async function writeFully(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let from = 0; from < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, from);
    from += bytesWritten;
  }
}

/** Makes the directory and those above it durable too: one that is new is lost with its parent's entry for it. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Removes what killed processes left in the staging directory; what is being written now stays. */
export async function sweepStaging(root: string, now: number): Promise<number> {
  const staging = join(root, 'staging');
  const names = await readdir(staging).catch(() => []);
  let removed = 0;
  for (const name of names) {
    const found = await stat(join(staging, name)).catch(() => undefined);
    if (found === undefined || now - found.mtimeMs < ABANDONED_MS) continue;
    await rm(join(staging, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}

/** Turns an error of the filesystem into a refusal with its own words, but for a file that isn't there. */
const saying = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? error : storeProblem(error);
  });

/** The same where a file has to be there. */
const sayingAll = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error: unknown) => {
    throw storeProblem(error);
  });

function storeProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  return new Problem('store-unavailable', `the filesystem store failed: ${words}`, { cause, retryAfter: 5 });
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
