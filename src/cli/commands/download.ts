import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../../api/problem.ts';
import { EXIT } from '../exit-code.ts';
import { formatBytes } from '../print/bytes.ts';
import { countBytes, createProgress } from '../print/progress.ts';
import { printResult, type Session } from '../session.ts';

export interface DownloadFlags {
  readonly file?: string;
}

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** `proviso download DIGEST`: the bytes get their final name only once their digest is known to be right. */
export async function download(session: Session, digest: string, flags: DownloadFlags): Promise<number> {
  const hex = DIGEST.exec(digest)?.[1];
  if (hex === undefined) {
    throw new Problem('usage', `'${digest}' is not a digest: sha256: and 64 hex digits`, {
      hint: 'digests are in: proviso status, and kubectl get workflowrun NAME -o yaml',
    });
  }
  const target = resolve(session.io.cwd, flags.file ?? `sha256-${hex.slice(0, 12)}`);
  const draft = `${target}.${randomUUID()}.part`;
  const answer = await session.receiver().evidence(digest);
  const size = Number(answer.headers['content-length']);
  const hash = createHash('sha256');
  answer.on('data', (chunk: Buffer) => hash.update(chunk));
  const raw = (text: string): void => void process.stderr.write(text);
  try {
    await pipeline(
      answer,
      countBytes(createProgress(session.io, raw, digest.slice(0, 19), size)),
      createWriteStream(draft),
    );
    const found = hash.digest('hex');
    if (found !== hex)
      throw new Problem('digest-mismatch', `the bytes that came have sha256:${found}; nothing was kept`);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    if (error instanceof Problem) throw error;
    throw new Problem('receiver-unreachable', 'the download ended early; nothing was kept', { cause: error });
  }
  printResult(session, { digest, file: target, size }, () => `${target}: ${formatBytes(size)}, the digest is right`);
  return EXIT.ok;
}
