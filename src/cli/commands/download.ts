import { resolve } from 'node:path';
import { Problem } from '../../api/problem.ts';
import { PROVENANCE_TYPE } from '../../attestation/provenance.ts';
import { VSA_TYPE } from '../../attestation/vsa.ts';
import { fetchEvidence } from '../client/evidence.ts';
import { EXIT } from '../exit-code.ts';
import { openPartial, type PartialFile } from '../partial-file.ts';
import { formatBytes } from '../print/bytes.ts';
import { createProgress, type Progress } from '../print/progress.ts';
import { currentRun, printResult, runRef, type Session } from '../session.ts';

export interface DownloadFlags {
  readonly file?: string;
  /** A statement of a run instead of bytes by their digest. */
  readonly statement?: string;
  /** Where the store itself gives the bytes out, instead of the bytes. */
  readonly link?: boolean;
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
  if (flags.link) return printLink(session, digest, flags);
  const target = resolve(session.io.cwd, flags.file ?? `sha256-${hex.slice(0, 12)}`);
  const file = await openPartial(target, hex);
  try {
    const { size, resumedAt } = await fetchRight(session, digest, hex, file);
    await file.finish();
    printResult(session, { digest, file: target, size, resumedAt }, () => {
      const earlier = resumedAt === 0 ? '' : `, ${formatBytes(resumedAt)} of them from before`;
      return `${target}: ${formatBytes(size)}${earlier}, the digest is right`;
    });
    return EXIT.ok;
  } finally {
    await file.close();
  }
}

/** The URL alone goes to stdout, for the program that gets the bytes. */
async function printLink(session: Session, digest: string, { file }: DownloadFlags): Promise<number> {
  if (file !== undefined) throw new Problem('usage', '--link gets no bytes, so --file says nothing here');
  const link = await session.receiver().evidenceLink(digest);
  printResult(session, link, () => link.url);
  if (session.flags.output === 'table') {
    session.io.err(
      `whoever has this URL can read these ${formatBytes(link.size)} until ${link.expirationTime}; check what comes against ${digest}`,
    );
  }
  return EXIT.ok;
}

interface Fetched {
  readonly size: number;
  /** How many bytes an earlier try had left. */
  readonly resumedAt: number;
}

/** Throws `digest-mismatch`, and keeps nothing, if what came isn't what the digest is of. */
async function fetchRight(session: Session, digest: string, hex: string, file: PartialFile): Promise<Fetched> {
  const isRight = (): boolean => file.sha256() === hex;
  const resumedAt = file.size;
  if (resumedAt > 0 && isRight()) return { size: resumedAt, resumedAt };
  const first = await fetchAll(session, digest, file);
  if (isRight()) return first;
  if (first.resumedAt > 0) {
    session.io.err('what an earlier download left is not of this digest: all of it is fetched again');
    await file.restart();
    const second = await fetchAll(session, digest, file);
    if (isRight()) return second;
  }
  const found = file.sha256();
  await file.discard();
  throw new Problem('digest-mismatch', `the bytes that came have sha256:${found}; nothing was kept`);
}

async function fetchAll({ io, receiver }: Session, digest: string, file: PartialFile): Promise<Fetched> {
  const raw = (text: string): void => void process.stderr.write(text);
  let progress: Progress | undefined;
  let resumedAt = file.size;
  const size = await fetchEvidence(receiver(), digest, file, {
    starts(from, all) {
      if (from === 0) resumedAt = 0;
      if (progress === undefined && from > 0) io.err(`going on after ${formatBytes(from)} of ${formatBytes(all)}`);
      if (progress !== undefined && from > 0) return;
      progress = createProgress(io, raw, digest.slice(0, 19), all);
      progress.advance(from);
    },
    advances: (bytes) => progress?.advance(bytes),
    breaks: (delay) =>
      io.err(`the connection broke after ${formatBytes(file.size)}; going on in ${(delay / 1000).toFixed(1)} s`),
  });
  return { size, resumedAt };
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
