import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { readConfiguration, readTarget } from '../../src/cli/config.ts';

const test = suite('cli configuration');
let dir: string;

test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-config-'));
  const keys = {
    endpoint: 'https://dir:8443',
    token: 'dir-token\n',
    'ca.crt': 'CA',
    workflow: 'build',
    namespace: 'shop',
  };
  for (const [name, value] of Object.entries(keys)) await writeFile(join(dir, name), value);
});
test.after.each(() => rm(dir, { recursive: true, force: true }));

const given = (token: string) => ({ kind: 'given', token });
const problemOf = (work: () => unknown): Problem => {
  try {
    work();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('a problem was expected');
};

test('a mounted Secret says everything', () => {
  const { endpoint, credential, ca } = readConfiguration({ env: {} }, { dir });
  assert.equal([endpoint.origin, credential, ca], ['https://dir:8443', given('dir-token'), 'CA']);
  assert.equal(readTarget({ env: { PROVISO_DIR: dir } }, {}), { workflow: 'build', namespace: 'shop' });
});

test('variables win over the directory, and flags over variables', async () => {
  await writeFile(join(dir, 'other-token'), 'file-token');
  const env = {
    PROVISO_DIR: dir,
    PROVISO_ENDPOINT: 'https://env',
    PROVISO_TOKEN_FILE: join(dir, 'other-token'),
    PROVISO_NAMESPACE: 'from-env',
    PROVISO_WORKFLOW: '',
  };
  const { endpoint, credential } = readConfiguration({ env }, {});
  assert.equal([endpoint.hostname, credential], ['env', given('file-token')]);
  const both = { ...env, PROVISO_TOKEN: 'env-token' };
  assert.equal(readConfiguration({ env: both }, {}).credential, given('env-token'));
  assert.equal(readTarget({ env }, {}), { workflow: 'build', namespace: 'from-env' });
  assert.is(readTarget({ env }, { namespace: 'from-flag' }).namespace, 'from-flag');
});

test('what is missing is named with the command that gets it', async () => {
  await rm(join(dir, 'token'));
  const problem = problemOf(() => readConfiguration({ env: {} }, { dir }));
  assert.is(problem.code, 'not-configured');
  assert.is(problem.errors.length, 1);
  assert.match(problem.errors[0]?.at ?? '', /^PROVISO_TOKEN/);
  assert.match(
    problem.errors[0]?.message ?? '',
    /kubectl -n shop get secret proviso-build -o jsonpath='\{\.data\.token\}'/,
  );
  assert.is(problemOf(() => readConfiguration({ env: { PROVISO_DIR: '/nowhere' } }, {})).errors.length, 2);
});

test('a file that a variable names and nobody can read is told by name', () => {
  const env = { PROVISO_ENDPOINT: 'https://a', PROVISO_TOKEN_FILE: join(dir, 'absent') };
  assert.match(problemOf(() => readConfiguration({ env }, {})).message, /PROVISO_TOKEN_FILE names .*absent.*ENOENT/);
});

const ACTIONS = {
  PROVISO_ENDPOINT: 'https://receiver',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.example/x//idtoken?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
};

test('GitHub Actions is asked for a token where none is given, and only over https', () => {
  const { credential } = readConfiguration({ env: ACTIONS }, {});
  assert.equal(credential, {
    kind: 'githubActions',
    url: new URL(ACTIONS.ACTIONS_ID_TOKEN_REQUEST_URL),
    requestToken: 'request-token',
    audience: 'proviso',
  });
  const other = readConfiguration({ env: { ...ACTIONS, PROVISO_AUDIENCE: 'ours' } }, {}).credential;
  assert.is(other.kind === 'githubActions' && other.audience, 'ours');
  assert.equal(readConfiguration({ env: { ...ACTIONS, PROVISO_TOKEN: 't' } }, {}).credential, given('t'));
  for (const url of ['http://pipelines.example/', 'https://me@pipelines.example/', 'idtoken']) {
    const env = { ...ACTIONS, ACTIONS_ID_TOKEN_REQUEST_URL: url };
    assert.match(problemOf(() => readConfiguration({ env }, {})).message, /ACTIONS_ID_TOKEN_REQUEST_URL/, url);
  }
});

test('a job that may not request a token is told which permission it lacks', () => {
  const env = { PROVISO_ENDPOINT: 'https://receiver', GITHUB_ACTIONS: 'true' };
  assert.match(problemOf(() => readConfiguration({ env }, {})).errors[0]?.message ?? '', /id-token: write/);
});

test('the token is never sent where it could be read', () => {
  for (const endpoint of ['http://a', 'a:8443', 'https://me@a', 'https://a/path', 'https://a/?q', 'file:///etc']) {
    const env = { PROVISO_ENDPOINT: endpoint, PROVISO_TOKEN: 't' };
    assert.is(problemOf(() => readConfiguration({ env }, {})).code, 'not-configured', endpoint);
  }
});

test.run();
