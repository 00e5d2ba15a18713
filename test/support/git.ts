import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A repository of real git, away from the configuration of whoever runs the tests. */
export interface Repository {
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  git(...args: readonly string[]): string;
  /** The bytes of a commit. */
  commitObject(name?: string): Buffer;
  /** Makes an object of these bytes, whatever they are, and gives its hash. */
  writeObject(type: 'commit' | 'tag', bytes: Uint8Array): string;
  remove(): void;
}

const PERSON = { name: 'Ä. Person', email: 'a@example.com' };

export function createRepository(format: 'sha1' | 'sha256' = 'sha1'): Repository {
  const directory = mkdtempSync(join(tmpdir(), 'proviso-git-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    GNUPGHOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: tmpdir(),
    GIT_AUTHOR_NAME: PERSON.name,
    GIT_AUTHOR_EMAIL: PERSON.email,
    GIT_COMMITTER_NAME: PERSON.name,
    GIT_COMMITTER_EMAIL: PERSON.email,
  };
  const cwd = join(directory, 'repository');
  const call = (args: readonly string[], input?: Uint8Array): Buffer =>
    execFileSync('git', args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], ...(input === undefined ? {} : { input }) });
  execFileSync('git', ['init', '--quiet', `--object-format=${format}`, cwd], { env });
  // gpg-agent takes no home that others may look into.
  chmodSync(directory, 0o700);
  return {
    directory: cwd,
    env,
    git: (...args) => call(args).toString('utf8').trim(),
    commitObject: (name = 'HEAD') => call(['cat-file', 'commit', name]),
    writeObject: (type, bytes) =>
      call(['hash-object', '-t', type, '-w', '--stdin', '--literally'], bytes).toString('utf8').trim(),
    remove: () => {
      execFileSync('gpgconf', ['--kill', 'all'], { env });
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A file in the home of a repository that may be started. */
export function writeProgram(repository: Repository, name: string, text: string): string {
  const path = join(repository.env.HOME ?? '', name);
  writeFileSync(path, text, { mode: 0o700 });
  return path;
}
