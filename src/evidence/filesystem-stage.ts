import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf } from './digest.ts';
import { saying, sayingAll } from './filesystem-problem.ts';
import { type MakeDirectory, syncDirectory } from './filesystem-sync.ts';
import { takeBack } from './filesystem-withdraw.ts';
import type { Digest, EvidenceInfo, Stage } from './store.ts';

/** Where a store has its files. */
export interface StagePlaces {
  readonly staging: string;
  readonly pathOf: (digest: Digest) => string;
  readonly makeDirectory: MakeDirectory;
}

/** Opens a file in `staging` that becomes the object at `pathOf(digest)`. */
export async function openStage({ staging, pathOf, makeDirectory }: StagePlaces): Promise<Stage> {
  await makeDirectory(staging);
  const temporary = join(staging, randomUUID());
  const file = await open(temporary, 'wx', 0o640);
  const hash = createHash('sha256');
  let size = 0;
  let ended = false;
  let created: string | undefined;
  const info = (): EvidenceInfo => ({ digest: digestOf(hash.copy()), size });
  async function withdraw(): Promise<void> {
    if (created === undefined) return;
    await takeBack(temporary, created, staging).catch(() => {});
    created = undefined;
  }
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
        if (await place(temporary, path)) created = path;
        // A name that may not last isn't shown.
        await syncDirectory(dirname(path)).catch(async (error: unknown) => {
          await withdraw();
          throw error;
        });
        return result;
      }),
    withdraw,
    async discard() {
      if (!ended) {
        ended = true;
        await file.close().catch(() => {});
      }
      await rm(temporary, { force: true }).catch(() => {});
    },
  };
}

/**
 * Gives the finished file its final name; returns whether the name is new. It keeps its first name until the discard,
 * which is how a withdrawal knows it again.
 */
async function place(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
    return true;
  } catch {
    // It is there already, or this filesystem knows no links. Renaming over an object of the same digest changes no bytes,
    // mends it if it has rotted, and tells whoever made it that somebody else relies on it too.
    await rename(temporary, path);
    return false;
  }
}

async function writeFully(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let from = 0; from < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, from);
    from += bytesWritten;
  }
}
