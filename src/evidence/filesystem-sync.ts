import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the directory and those above it durable too: one that is new is lost with its parent's entry for it. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncDirectory(dirname(made));
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
