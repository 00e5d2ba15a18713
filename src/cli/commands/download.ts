import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Problem } from '../../api/problem.ts';
import { PROVENANCE_TYPE } from '../../attestation/provenance.ts';
import { VSA_TYPE } from '../../attestation/vsa.ts';
import { EXIT } from '../exit-code.ts';
import { formatBytes } from '../print/bytes.ts';
import { countBytes, createProgress } from '../print/progress.ts';
import { currentRun, printResult, runRef, type Session } from '../session.ts';

export interface DownloadFlags {
  readonly file?: string;
  /** A statement of a run instead of bytes by their digest. */
  readonly statement?: string;
}

const STATEMENTS: Readonly<Record<string, string>> = { vsa: VSA_TYPE, provenance: PROVENANCE_TYPE };

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** `proviso download DIGEST`: the bytes get their final name only once their digest is known to be right. */
export async function download(session: Session, what: string | undefined, flags: DownloadFlags): Promise<number> {
  const digest = flags.statement === undefined ? (what ?? '') : await digestOfStatement(session, what, flags.statement);
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

/** The digest of what the control plane signed about a run. */
async function digestOfStatement(session: Session, run: string | undefined, name: string): Promise<string> {
  const wanted = STATEMENTS[name];
  if (wanted === undefined) {
    throw new Problem('usage', `--statement '${name}' is neither of ${Object.keys(STATEMENTS).join(', ')}`);
  }
  const { reason, statements = [] } = await session
    .receiver()
    .state(run === undefined ? currentRun(session) : runRef(session, run));
  const found = statements.find(({ predicateType }) => predicateType === wanted);
  if (found !== undefined) return found.digest;
  const why =
    statements.length === 0
      ? `it is ${reason}, and accepted runs have one`
      : 'it was not opened by a pod of its namespace';
  throw new Problem('evidence-not-found', `the run has no ${name}: ${why}`);
}
