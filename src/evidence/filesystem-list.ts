import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { saying, unlessMissing } from './filesystem-problem.ts';
import { BLOBS, digestAt } from './layout.ts';
import type { EvidenceInfo } from './store.ts';

/** The objects below a root, one directory after the other and each as it is read, however many there are. */
export async function* listBlobs(root: string): AsyncGenerator<EvidenceInfo> {
  for await (const folder of namesIn(join(root, BLOBS))) {
    for await (const name of namesIn(join(root, BLOBS, folder))) {
      const digest = digestAt(`${folder}/${name}`);
      if (digest === undefined) continue;
      const found = await saying(() => stat(join(root, BLOBS, folder, name))).catch(unlessMissing);
      if (found !== undefined) yield { digest, size: found.size };
    }
  }
}

async function* namesIn(path: string): AsyncGenerator<string> {
  const directory = await saying(() => opendir(path)).catch(unlessMissing);
  if (directory === undefined) return;
  try {
    for (;;) {
      const entry = await saying(() => directory.read());
      if (entry === null) return;
      yield entry.name;
    }
  } finally {
    await directory.close();
  }
}
