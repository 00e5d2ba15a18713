import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { withoutCredentials } from '../../api/addresses.ts';

/** The commit that is checked out. */
export interface GitHead {
  readonly sha: string;
  readonly author?: string;
  readonly authorEmail?: string;
  readonly date?: string;
  readonly message?: string;
  readonly remotes: readonly { readonly name: string; readonly url: string }[];
}

const run = promisify(execFile);
const MAX_MESSAGE = 1024;
const MAX_REMOTES = 16;
const FORMAT = ['%H', '%an', '%ae', '%aI', '%B'].join('%x00');

/** The head of the repository around `cwd`; `undefined` without git, a repository, or a commit: not every run has one. */
export async function readGitHead(cwd: string, env: NodeJS.ProcessEnv = process.env): Promise<GitHead | undefined> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await run('git', args, { cwd, env: { ...env, GIT_OPTIONAL_LOCKS: '0' }, timeout: 10_000 })).stdout;
  try {
    // The signature isn't shown: a program that a repository's configuration names must not be started by this.
    const log = await git('-c', 'log.showSignature=false', 'log', '-1', '--no-color', `--format=${FORMAT}`, 'HEAD');
    const remotes = await git('config', '--get-regexp', '^remote\\..*\\.url$').catch(() => '');
    return parseGitHead(log, remotes);
  } catch {
    return undefined;
  }
}

/** Reads what git printed. */
export function parseGitHead(log: string, remotes: string): GitHead | undefined {
  const [sha = '', author, authorEmail, date, message] = log.split('\0').map((part) => part.trim());
  if (!/^[0-9a-f]{40,64}$/.test(sha)) return undefined;
  return {
    sha,
    ...(author ? { author: author.slice(0, 256) } : {}),
    ...(authorEmail ? { authorEmail: authorEmail.slice(0, 256) } : {}),
    ...(date ? { date: new Date(date).toISOString() } : {}),
    ...(message ? { message: message.slice(0, MAX_MESSAGE) } : {}),
    remotes: parseRemotes(remotes),
  };
}

function parseRemotes(text: string): GitHead['remotes'] {
  const lines = text.split('\n').flatMap((line) => {
    const [, name, url] = /^remote\.(.+)\.url (.+)$/.exec(line) ?? [];
    return name === undefined || url === undefined ? [] : [{ name, url: withoutCredentials(url) }];
  });
  return lines.slice(0, MAX_REMOTES);
}
