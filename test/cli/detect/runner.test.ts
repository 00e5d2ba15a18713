import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { detectRunner } from '../../../src/cli/detect/runner.ts';

const test = suite('cli runner detection');
type Env = Readonly<Record<string, string>>;
const detect = (env: Env, paths: readonly string[] = []) =>
  detectRunner({ env, exists: (path) => paths.includes(path) });

const GITHUB = { CI: 'true', GITHUB_REPOSITORY: 'o/r', GITHUB_RUN_ID: '7' };
const CASES: readonly (readonly [string, Env, readonly string[], string | undefined])[] = [
  ['GITHUB_ACTION', GITHUB, [], 'https://github.com/o/r/actions/runs/7'],
  [
    'GITHUB_ACTION',
    { ...GITHUB, GITHUB_SERVER_URL: 'https://ghe.example' },
    [],
    'https://ghe.example/o/r/actions/runs/7',
  ],
  ['GITLAB_PIPELINE', { GITLAB_CI: 'true', CI_JOB_URL: 'https://gl/j/1' }, [], 'https://gl/j/1'],
  [
    'AZURE_PIPELINE',
    {
      TF_BUILD: 'True',
      BUILD_BUILDURI: 'vstfs:///7',
      SYSTEM_TEAMFOUNDATIONSERVERURI: 'https://dev.azure.com/o/',
      SYSTEM_TEAMPROJECT: 'a b',
      BUILD_BUILDID: '7',
    },
    [],
    'https://dev.azure.com/o/a%20b/_build/results?buildId=7',
  ],
  ['JENKINS_JOB', { JENKINS_HOME: '/j', BUILD_URL: 'http://ci/job/1/' }, [], 'http://ci/job/1/'],
  [
    'BUILDKITE_BUILD',
    { BUILDKITE: 'true', BUILDKITE_BUILD_URL: 'https://b/o/p/builds/1' },
    [],
    'https://b/o/p/builds/1',
  ],
  [
    'BITBUCKET_PIPELINE',
    {
      BITBUCKET_BUILD_NUMBER: '3',
      BITBUCKET_REPO_FULL_NAME: 'o/r',
      BITBUCKET_GIT_HTTP_ORIGIN: 'https://bb.example/o/r',
    },
    [],
    'https://bb.example/o/r/pipelines/results/3',
  ],
  ['DRONE_BUILD', { DRONE: 'true', DRONE_BUILD_LINK: 'https://d/o/r/1' }, [], 'https://d/o/r/1'],
  ['CIRCLECI_BUILD', { CI: 'true', CIRCLECI: 'true', CIRCLE_BUILD_URL: 'https://c/1' }, [], 'https://c/1'],
  ['TEAMCITY_PIPELINE', { TEAMCITY_PROJECT_NAME: 'p' }, [], undefined],
  ['TEKTON_PIPELINE', {}, ['/tekton/results'], undefined],
  ['ARGO_WORKFLOW', { ARGO_NODE_ID: 'n' }, [], undefined],
  ['KUBERNETES_JOB', { JOB_COMPLETION_INDEX: '0' }, [], undefined],
  ['GENERIC', { CI: 'true', HOME: '/root' }, [], undefined],
];

test('each runner is known by its own signs', () => {
  for (const [type, env, paths, url] of CASES) {
    assert.equal(detect(env, paths), { type, ...(url === undefined ? {} : { url }) });
  }
});

test('one inside another is told the same way every time', () => {
  assert.is(detect({ ...GITHUB, DAGGER_SESSION_TOKEN: 'x' }).type, 'DAGGER_PIPELINE');
  assert.is(detect(GITHUB, ['/tekton/results']).type, 'GITHUB_ACTION');
  assert.is(detect({ BUILDKITE: 'true', JENKINS_HOME: '/j', BUILD_URL: 'x' }).type, 'BUILDKITE_BUILD');
  assert.is(detect({ JOB_COMPLETION_INDEX: '0' }, ['/tekton/results']).type, 'TEKTON_PIPELINE');
});

test('an address with a secret or of another scheme is not passed on as it is', () => {
  const jenkins = (url: string) => detect({ JENKINS_HOME: '/j', BUILD_URL: url });
  assert.equal(jenkins('https://me:secret@ci/1'), { type: 'JENKINS_JOB', url: 'https://ci/1' });
  assert.equal(jenkins('javascript:alert(1)'), { type: 'JENKINS_JOB' });
  assert.equal(jenkins('no url'), { type: 'JENKINS_JOB' });
});

test.run();
