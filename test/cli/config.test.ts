import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import { readConfiguration, readTarget } from '../../src/cli/config.ts';
import { processIo } from '../../src/cli/io.ts';
import { whatToMount } from '../../src/cli/pod.ts';
import { formatProblem } from '../../src/cli/print/problem.ts';

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

/** As the API server makes them; nothing here looks at the signature. */
const podToken = (audience: string, account = 'proviso-build'): string => {
  const claims = { aud: [audience], 'kubernetes.io': { namespace: 'shop', serviceaccount: { name: account } } };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
};
const POD = { KUBERNETES_SERVICE_HOST: '10.0.0.1' };
const keep = async (...names: readonly string[]): Promise<void> => {
  for (const name of ['endpoint', 'token', 'ca.crt', 'workflow', 'namespace'])
    if (!names.includes(name)) await rm(join(dir, name));
};

test('a pod with a token of its own and the authority finds the receiver of its cluster, and knows its workflow', async () => {
  await keep('ca.crt');
  await writeFile(join(dir, 'token'), podToken('proviso'));
  const { endpoint, ca } = readConfiguration({ env: POD }, { dir });
  assert.equal([endpoint.origin, ca], ['https://proviso-receiver.proviso-system.svc', 'CA']);
  assert.equal(readTarget({ env: POD }, { dir }), { workflow: 'build', namespace: 'shop' });
  assert.is(readTarget({ env: { ...POD, PROVISO_WORKFLOW: 'other' } }, { dir }).workflow, 'other');
  // A person's machine isn't in the cluster, whatever token is there.
  assert.is(problemOf(() => readConfiguration({ env: {} }, { dir })).errors[0]?.at, 'PROVISO_ENDPOINT');
});

test('an account that no workflow has says its namespace alone', async () => {
  await keep();
  await writeFile(join(dir, 'token'), podToken('proviso', 'default'));
  assert.equal(readTarget({ env: POD }, { dir }), { namespace: 'shop' });
});

test("the API server's own token is not shown to the receiver", async () => {
  await keep('endpoint', 'ca.crt');
  await writeFile(join(dir, 'token'), podToken('https://kubernetes.default.svc'));
  for (const env of [POD, {}]) {
    const { message, errors } = problemOf(() => readConfiguration({ env }, { dir }));
    assert.match(message, /^the token is for https:\/\/kubernetes\.default\.svc, not for proviso$/);
    assert.equal(errors[0], { at: 'spec.serviceAccountName', message: 'proviso-build' });
  }
});

test('a token that is none of the cluster goes to no receiver that nobody named', async () => {
  await keep('ca.crt', 'token');
  assert.match(problemOf(() => readConfiguration({ env: POD }, { dir })).errors[0]?.at ?? '', /\/endpoint$/);
});

test('a pod without configuration is told what to mount, and where', async () => {
  const bare = problemOf(() => readConfiguration({ env: { ...POD, PROVISO_DIR: '/nowhere' } }, {}));
  const said = formatProblem(processIo(), bare);
  assert.match(said, /\/nowhere\/endpoint: is not there\n.*\/nowhere\/token: is not there\n/);
  assert.match(said, /spec\.volumes: .*serviceAccountToken: \{audience: proviso, path: token\}.*\n/);
  await keep();
  await writeFile(join(dir, 'token'), podToken('proviso'));
  const { message, errors } = problemOf(() => readConfiguration({ env: POD }, { dir }));
  assert.match(message, /which authority/);
  assert.is(errors[0]?.at, join(dir, 'ca.crt'));
});

test('what a pod is told to mount is YAML of a pod, and has what is looked for', () => {
  const fields = whatToMount({ workflow: 'build' }, '/var/run/proviso');
  const [account, mounts, volumes] = fields.map(({ message }) => load(message));
  assert.is(account, 'proviso-build');
  const spec = { mounts, volumes } as Spec;
  const [token, secret] = spec.volumes[0]?.projected.sources ?? [];
  assert.equal(token?.serviceAccountToken, { audience: 'proviso', path: 'token' });
  assert.equal(
    secret?.secret?.items.map(({ path }) => path),
    ['endpoint', 'ca.crt'],
  );
  assert.is(spec.mounts[0]?.name, spec.volumes[0]?.name);
});

interface Spec {
  readonly mounts: readonly { readonly name: string }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly projected: {
      readonly sources: readonly {
        readonly serviceAccountToken?: object;
        readonly secret?: { readonly items: readonly { readonly path: string }[] };
      }[];
    };
  }[];
}

test.run();
