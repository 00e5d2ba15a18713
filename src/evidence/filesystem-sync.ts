import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes a directory below a root, durably. */
export type MakeDirectory = (path: string) => Promise<void>;

/**
 * A directory is lost with its parent's entry for it, so the parents are synced too. Of one that is there already nobody knows
 * that they were until this process has done so: who made it may have been killed before, or have found the disk full. What
 * holds the root is another's, unless the root is made here.
 */
export function directoriesBelow(root: string): MakeDirectory {
  const top = resolve(root).length + 1;
  const durable = new Set<string>();
  return async (path) => {
    const first = await mkdir(path, { recursive: true });
    if (first === undefined && durable.has(path)) return;
    const end = Math.min(top, first?.length ?? top);
    for (let made = resolve(path); made.length >= end; made = dirname(made)) await syncDirectory(dirname(made));
    durable.add(path);
  };
}

/** Makes durable which names the directory has. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
