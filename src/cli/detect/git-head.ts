import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CommitMessage } from '../../api/messages.ts';
import { MAX_COMMIT_BYTES, readCommit } from '../../git/commit.ts';
import { isCommitOf } from '../../git/object-hash.ts';
import { parseRemotes } from './git-remotes.ts';

const run = promisify(execFile);
/** Of one remote after another; more than a hundred times what sixteen of them take. */
const MAX_CONFIG = 4 << 20;

/**
 * The head of the repository around `cwd`; `undefined` without git, a repository, or a commit: not every run has one. The
 * repository may be anybody's, so only plumbing reads it: no program that its configuration names is started.
 */
export async function readGitHead(
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<CommitMessage | undefined> {
  const options = { cwd, env: { ...env, ...GIT_ENVIRONMENT }, timeout: 10_000, encoding: 'buffer' } as const;
  const git = async (limit: number, ...args: readonly string[]): Promise<Buffer> =>
    (await run('git', [...TRUSTING, ...args], { ...options, maxBuffer: limit })).stdout;
  try {
    const sha = (await git(1024, 'rev-parse', '--verify', 'HEAD^{commit}')).toString('latin1').trim();
    const object = await git(MAX_COMMIT_BYTES + 1, 'cat-file', 'commit', sha).catch(whatCame);
    const remotes = await git(MAX_CONFIG, 'config', '-z', '--get-regexp', '^remote\\..*\\.url$').catch(() =>
      Buffer.of(),
    );
    return describeHead(sha, object, parseRemotes(remotes.toString('utf8')));
  } catch {
    return undefined;
  }
}

/**
 * A repository that another user of a pod has cloned is read as well: git refuses that since its configuration may start
 * programs, and none of those is started here.
 */
const TRUSTING = ['-c', 'safe.directory=*'];

/**
 * Commits as they are, whatever refs/replace puts in their place; no lock; and where an object is missing, nothing is
 * fetched, for which the configuration names the program (older versions of git know only the protocols).
 */
const GIT_ENVIRONMENT = {
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: 'none',
};

/** The beginning of what was more than there is room for. */
function whatCame(error: unknown): Buffer {
  const { code, stdout } = error as { readonly code?: unknown; readonly stdout?: unknown };
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER' && Buffer.isBuffer(stdout)) return stdout;
  throw error;
}

/**
 * What is said of a commit: its object, from which the receiver reads the rest. Of one that is too long, author, date and
 * message are claims; of one that the receiver would refuse, nothing is said but the hash.
 */
export function describeHead(
  sha: string,
  object: Buffer,
  remotes: NonNullable<CommitMessage['remotes']>,
): CommitMessage | undefined {
  const digits = sha.length;
  if ((digits !== 40 && digits !== 64) || !/^[0-9a-f]+$/.test(sha)) return undefined;
  const isWhole = object.length <= MAX_COMMIT_BYTES && isCommitOf(sha, object);
  const reading = readCommit(beginning(object), digits);
  if (!reading.ok) return { sha, remotes };
  const { signature: _, ...claims } = reading.facts;
  return isWhole ? { sha, object: object.toString('base64'), remotes } : { sha, ...claims, remotes };
}

/** As much as the receiver would read, and no half of a UTF-8 character at the end. */
function beginning(object: Buffer): Buffer {
  let end = Math.min(object.length, MAX_COMMIT_BYTES);
  while (((object[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return object.subarray(0, end);
}
