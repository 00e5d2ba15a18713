import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withoutCredentials } from '../../../src/api/addresses.ts';
import { readGitHead } from '../../../src/cli/detect/git-head.ts';

const test = suite('cli git head');
let directory: string;
const env = {
  PATH: process.env.PATH ?? '',
  HOME: '/nowhere',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CEILING_DIRECTORIES: tmpdir(),
};
const git = (...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: directory, env, encoding: 'utf8' }).trim();

test.before.each(async () => {
  directory = await mkdtemp(join(tmpdir(), 'proviso-git-'));
});
test.after.each(() => rm(directory, { recursive: true, force: true }));

test('commit, author, message and remotes of a real repository', async () => {
  git('init', '--quiet');
  const person = ['-c', 'user.name=Ä. Person', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false'];
  git(...person, 'commit', '--quiet', '--allow-empty', '-m', 'one line\n\nand more');
  git('remote', 'add', 'origin', 'https://me:ghp_secret@example.com/o/r.git');
  git('remote', 'add', 'mirror', 'git@example.com:o/r.git');
  const head = await readGitHead(directory, env);
  assert.is(head?.sha, git('rev-parse', 'HEAD'));
  assert.is(head?.author, 'Ä. Person');
  assert.is(head?.authorEmail, 'a@example.com');
  assert.is(head?.message, 'one line\n\nand more');
  assert.ok(Math.abs(Date.parse(head?.date ?? '') - Date.now()) < 3_600_000);
  assert.equal(head?.remotes, [
    { name: 'origin', url: 'https://example.com/o/r.git' },
    { name: 'mirror', url: 'git@example.com:o/r.git' },
  ]);
});

test('without a repository, a commit or git there is no head', async () => {
  assert.is(await readGitHead(directory, env), undefined);
  git('init', '--quiet');
  assert.is(await readGitHead(directory, env), undefined);
  assert.is(await readGitHead(directory, { ...env, PATH: '/nowhere' }), undefined);
});

test('no form of a remote keeps a secret', () => {
  for (const [remote, expected] of [
    ['https://token@example.com/o/r', 'https://example.com/o/r'],
    ['https://x-access-token:ghs_1@example.com/o/r?access_token=1#f', 'https://example.com/o/r'],
    ['ssh://git:secret@example.com/o/r', 'ssh://git@example.com/o/r'],
    ['git:secret@example.com:o/r', 'git@example.com:o/r'],
    ['/srv/git/r.git', '/srv/git/r.git'],
    ['https://robot:secret@example.com:port/o/r', 'https://example.com:port/o/r'],
  ] as const) {
    assert.is(withoutCredentials(remote), expected);
  }
});

test.run();
