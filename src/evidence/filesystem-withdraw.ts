import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { syncDirectory } from './filesystem-sync.ts';

/** The name of an object that is being taken back, with its digest. */
export const TAKEN = /^taken-([0-9a-f]{64})-/;

/**
 * Removes the object at `path` if it still is the file that `own` names too, and nobody else's. There is no way to do that
 * in one step, so it is moved aside first and then looked at: if somebody has committed the same bytes in between, it is put
 * back. A crash in that moment loses nothing either, since the next start puts back what lies aside.
 */
export async function takeBack(own: string, path: string, staging: string): Promise<void> {
  if (!(await isOwn(own, path))) return;
  const aside = join(staging, `taken-${basename(path)}-${randomUUID()}`);
  await rename(path, aside);
  if (!(await isOwn(own, aside))) {
    await putBack(aside, path);
    return;
  }
  await rm(aside);
  await syncDirectory(dirname(path));
}

/**
 * Gives an object its name again, also if another has it by now, whose bytes are the same: the other may be taken back by
 * who made it, and then this one, which is relied on, would be gone with it.
 */
export async function putBack(aside: string, path: string): Promise<void> {
  await rename(aside, path);
  await syncDirectory(dirname(path));
  // Two names of one file are both left as they are by a rename.
  await rm(aside, { force: true });
}

/**
 * Whether both are names of one file that has no third. The first name keeps its number from being given to another file;
 * the count of names, asked of a file that is opened anew, is what a network filesystem doesn't answer from its memory.
 */
async function isOwn(own: string, other: string): Promise<boolean> {
  const handle = await open(own);
  try {
    const [mine, found] = await Promise.all([handle.stat({ bigint: true }), stat(other, { bigint: true })]);
    return mine.ino === found.ino && mine.dev === found.dev && mine.nlink === 2n;
  } finally {
    await handle.close();
  }
}
