import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withoutCredentials } from '../../../src/api/addresses.ts';
import { describeHead, readGitHead } from '../../../src/cli/detect/git-head.ts';
import { parseRemotes } from '../../../src/cli/detect/git-remotes.ts';
import { MAX_COMMIT_BYTES } from '../../../src/git/commit.ts';
import { commitOf } from '../../../src/receiver/run-commit.ts';
import { createRepository, type Repository, writeProgram } from '../../support/git.ts';

const test = suite('cli git head');
let repository: Repository;
test.before.each(() => {
  repository = createRepository();
});
test.after.each(() => repository.remove());

const commit = (message: string): string => {
  repository.git('commit', '--quiet', '--allow-empty', '-m', message);
  return repository.git('rev-parse', 'HEAD');
};
const head = () => readGitHead(repository.directory, repository.env);

test('the commit of a real repository as it is, and its remotes', async () => {
  const sha = commit('one line\n\nand more');
  repository.git('remote', 'add', 'origin', 'https://me:ghp_secret@example.com/o/r.git');
  repository.git('remote', 'add', 'mirror', 'git@example.com:o/r.git');
  const remotes = [
    { name: 'origin', url: 'https://example.com/o/r.git' },
    { name: 'mirror', url: 'git@example.com:o/r.git' },
  ];
  assert.equal(await head(), { sha, object: repository.commitObject().toString('base64'), remotes });
});

test('without a repository, a commit or git there is no head', async () => {
  assert.is(await readGitHead(repository.env.HOME ?? '', repository.env), undefined);
  assert.is(await head(), undefined);
  commit('first');
  assert.is(await readGitHead(repository.directory, { ...repository.env, PATH: '/nowhere' }), undefined);
});

test('of a commit that is too long, what is said is what the receiver would have read', async () => {
  commit('long');
  const text = Buffer.from(`${repository.commitObject().toString()}\n${'ü'.repeat(MAX_COMMIT_BYTES)}`);
  const sha = repository.writeObject('commit', text);
  repository.git('update-ref', 'HEAD', sha);
  const { remotes, ...said } = (await head()) ?? { sha: '' };
  assert.equal(remotes, []);
  const { proven, ...read } = commitOf({ sha, object: repository.commitObject().toString('base64') });
  assert.is(proven, true);
  assert.equal(said, read);
});

test('of a commit that the receiver would refuse, nothing is said but the hash', async () => {
  const text =
    commit('first') && repository.commitObject().toString().replace('author Ä. Person', 'author Ä <x> Person');
  const sha = repository.writeObject('commit', Buffer.from(text));
  repository.git('update-ref', 'HEAD', sha);
  assert.equal(await head(), { sha, remotes: [] });
});

test('a repository of another user, as a step of a pipeline finds what another one has cloned', async () => {
  const sha = commit('first');
  const env = { ...repository.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
  assert.is((await readGitHead(repository.directory, env))?.sha, sha);
  // Git by itself refuses it: without this the test could not fail.
  const plainly = { cwd: repository.directory, env, encoding: 'utf8' } as const;
  assert.match(spawnSync('git', ['rev-parse', 'HEAD'], plainly).stderr, 'dubious ownership');
});

test('attack: a replaced commit is not taken for the one that has the hash', async () => {
  const sha = commit('true');
  const other = repository.writeObject(
    'commit',
    Buffer.from(repository.commitObject().toString().replace('Person', 'Eve')),
  );
  repository.git('replace', sha, other);
  assert.match(repository.git('log', '-1', '--format=%an'), 'Eve');
  const { object = '' } = (await head()) ?? {};
  assert.match(Buffer.from(object, 'base64').toString(), /^author Ä\. Person </m);
});

test('attack: no program that the configuration of a repository names is started', async () => {
  const marker = join(repository.env.HOME ?? '', 'started');
  const program = writeProgram(repository, 'evil', `#!/bin/sh\ntouch ${marker}\n`);
  commit('first');
  const names = ['gpg.program', 'gpg.ssh.program', 'gpg.x509.program', 'core.pager', 'pager.log', 'core.fsmonitor'];
  const more = ['core.sshCommand', 'core.editor', 'core.gitProxy', 'diff.external', 'core.alternateRefsCommand'];
  for (const name of [...names, ...more]) repository.git('config', name, program);
  repository.git('config', 'log.showSignature', 'true');
  repository.git('config', 'alias.cat-file', `!${program}`);
  assert.is((await head())?.sha, repository.git('rev-parse', 'HEAD'));
  assert.is(existsSync(marker), false);
});

test('attack: a commit that is missing is not fetched, for which a program would be started', async () => {
  const marker = join(repository.env.HOME ?? '', 'started');
  const program = writeProgram(repository, 'evil', `#!/bin/sh\ntouch ${marker}\n`);
  const sha = commit('first');
  rmSync(join(repository.directory, '.git/objects', sha.slice(0, 2), sha.slice(2)));
  repository.git('config', 'core.repositoryFormatVersion', '1');
  repository.git('config', 'extensions.partialClone', 'origin');
  repository.git('config', 'remote.origin.promisor', 'true');
  repository.git('config', 'core.sshCommand', program);
  repository.git('config', 'remote.origin.uploadpack', program);
  for (const url of ['ssh://example.com/r', 'git@example.com:r', `ext::${program}`, repository.directory]) {
    repository.git('config', 'remote.origin.url', url);
    assert.is(await head(), undefined, url);
    assert.is(existsSync(marker), false, url);
  }
  // What would be started otherwise: without this the test could not fail.
  repository.git('config', 'remote.origin.url', 'ssh://example.com/r');
  assert.throws(() => repository.commitObject(sha));
  assert.is(existsSync(marker), true);
});

test('attack: a remote that ends a line makes no other of it, and a long one is left out, not cut', () => {
  const printed = [
    'remote.origin.url\nhttps://example.com/r',
    'remote.a.url\nhttps://example.com/\nremote.b.url https://evil.example',
    `remote.long.url\nhttps://example.com/${'x'.repeat(2048)}`,
    `remote.${'x'.repeat(129)}.url\nhttps://example.com/r`,
    'remote.x.y.url\ngit@example.com:r',
  ];
  assert.equal(parseRemotes(`${printed.join('\0')}\0`), [
    { name: 'origin', url: 'https://example.com/r' },
    { name: 'x.y', url: 'git@example.com:r' },
  ]);
  assert.is(parseRemotes('remote.a.url\nhttps://example.com/r\0'.repeat(20)).length, 16);
});

test('what git says that is no hash is no head', () => {
  for (const sha of ['', 'HEAD', 'g'.repeat(40), 'a'.repeat(41), 'A'.repeat(40)]) {
    assert.is(describeHead(sha, Buffer.from('x'), []), undefined);
  }
});

test('no form of a remote keeps a secret', () => {
  for (const [remote, expected] of [
    ['https://token@example.com/o/r', 'https://example.com/o/r'],
    ['https://x-access-token:ghs_1@example.com/o/r?access_token=1#f', 'https://example.com/o/r'],
    ['ssh://git:secret@example.com/o/r', 'ssh://git@example.com/o/r'],
    ['git:secret@example.com:o/r', 'git@example.com:o/r'],
    ['/srv/git/r.git', '/srv/git/r.git'],
    ['https://robot:secret@example.com:port/o/r', 'https://example.com:port/o/r'],
    ['https:/robot:secret@example.com/o/r', 'https://example.com/o/r'],
    ['gcrypt::https://robot:secret@example.com/o/r', 'gcrypt::https://example.com/o/r'],
    ['a::b::https://robot:secret@example.com/o/r', 'a::b::https://example.com/o/r'],
    ['ext::curl -H "Authorization: secret" %S', 'ext::'],
  ] as const) {
    assert.is(withoutCredentials(remote), expected);
  }
});

test.run();
