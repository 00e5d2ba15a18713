import { open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkingStream } from './digest.ts';
import { listBlobs } from './filesystem-list.ts';
import { saying, sayingAll, unlessMissing } from './filesystem-problem.ts';
import { openStage } from './filesystem-stage.ts';
import { directoriesBelow } from './filesystem-sync.ts';
import { putBack, TAKEN } from './filesystem-withdraw.ts';
import { blobPath, STAGING } from './layout.ts';
import { ABANDONED_MS, type Digest, type EvidenceBytes } from './store.ts';

/**
 * A store in a directory: `blobs/sha256/ab/abcd…`, and `staging/` on the same filesystem, from where a finished object is
 * renamed into place. File and directory are synced before a commit returns.
 */
export function filesystemStore(root: string): EvidenceBytes {
  const staging = join(root, STAGING);
  const pathOf = (digest: Digest): string => join(root, blobPath(digest));
  const places = { staging, pathOf, makeDirectory: directoriesBelow(root) };
  return {
    stage: () => sayingAll(() => openStage(places)),
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
    async remove(digest) {
      await saying(async () => rm(pathOf(digest), { force: true }));
      return true;
    },
    list: () => listBlobs(root),
    sweep: (now) => sayingAll(() => sweepStaging(root, now)),
  };
}

/**
 * Removes what killed processes left in the staging directory; what is being written now stays. An object that was being
 * taken back is put back, whoever it belongs to: at worst it takes room.
 */
export async function sweepStaging(root: string, now: number): Promise<number> {
  const staging = join(root, STAGING);
  const names = await readdir(staging).catch(() => []);
  let removed = 0;
  for (const name of names) {
    const hex = TAKEN.exec(name)?.[1];
    if (hex !== undefined) {
      await putBack(join(staging, name), join(root, blobPath(`sha256:${hex}`)));
      continue;
    }
    const found = await stat(join(staging, name)).catch(() => undefined);
    if (found === undefined || now - found.mtimeMs < ABANDONED_MS) continue;
    await rm(join(staging, name), { recursive: true, force: true });
    removed += 1;
  }
  return removed;
}
