import { httpAddress } from '../../api/addresses.ts';

/** What tells runners apart: variables, and whether a directory is there. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  exists(path: string): boolean;
}

/** The runner as the CLI sees it. It is a claim, but where the receiver can tell from the pod of the token. */
export interface DetectedRunner {
  readonly type: string;
  readonly url?: string;
}

interface Rule {
  readonly type: string;
  detects(surroundings: Surroundings): boolean;
  url?(env: Surroundings['env']): string | undefined;
}

const has = (env: Surroundings['env'], ...names: readonly string[]): boolean =>
  names.every((name) => Boolean(env[name]));

/**
 * The first rule that fits wins. What runs inside something else comes first: a Dagger pipeline in a GitHub job is a
 * Dagger pipeline; a CI system whose runner happens to be a pod of a Job is that CI system.
 */
const RULES: readonly Rule[] = [
  {
    type: 'DAGGER_PIPELINE',
    detects: ({ env }) => has(env, 'DAGGER_SESSION_TOKEN') || has(env, 'CHAINLOOP_DAGGER_CLIENT'),
  },
  { type: 'GITHUB_ACTION', detects: ({ env }) => has(env, 'CI', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID'), url: githubUrl },
  { type: 'GITLAB_PIPELINE', detects: ({ env }) => has(env, 'GITLAB_CI', 'CI_JOB_URL'), url: (env) => env.CI_JOB_URL },
  { type: 'AZURE_PIPELINE', detects: ({ env }) => has(env, 'TF_BUILD', 'BUILD_BUILDURI'), url: azureUrl },
  { type: 'BUILDKITE_BUILD', detects: ({ env }) => env.BUILDKITE === 'true', url: (env) => env.BUILDKITE_BUILD_URL },
  {
    type: 'BITBUCKET_PIPELINE',
    detects: ({ env }) => has(env, 'BITBUCKET_BUILD_NUMBER', 'BITBUCKET_REPO_FULL_NAME'),
    url: bitbucketUrl,
  },
  { type: 'DRONE_BUILD', detects: ({ env }) => env.DRONE === 'true', url: (env) => env.DRONE_BUILD_LINK },
  { type: 'JENKINS_JOB', detects: ({ env }) => has(env, 'JENKINS_HOME', 'BUILD_URL'), url: (env) => env.BUILD_URL },
  {
    type: 'CIRCLECI_BUILD',
    detects: ({ env }) => env.CI === 'true' && env.CIRCLECI === 'true',
    url: (env) => env.CIRCLE_BUILD_URL,
  },
  { type: 'TEAMCITY_PIPELINE', detects: ({ env }) => has(env, 'TEAMCITY_PROJECT_NAME'), url: (env) => env.BUILD_URL },
  { type: 'TEKTON_PIPELINE', detects: ({ exists }) => exists('/tekton/results') },
  { type: 'ARGO_WORKFLOW', detects: ({ env }) => has(env, 'ARGO_CONTAINER_NAME') || has(env, 'ARGO_NODE_ID') },
  // The service-account mount and the address of the API server are in every pod, whatever made it.
  { type: 'KUBERNETES_JOB', detects: ({ env }) => has(env, 'JOB_COMPLETION_INDEX') },
];

/** Which runner this is; GENERIC when none is recognized. */
export function detectRunner(surroundings: Surroundings): DetectedRunner {
  const rule = RULES.find(({ detects }) => detects(surroundings));
  if (rule === undefined) return { type: 'GENERIC' };
  const url = httpAddress(rule.url?.(surroundings.env));
  return { type: rule.type, ...(url === undefined ? {} : { url }) };
}

function githubUrl(env: Surroundings['env']): string {
  // GITHUB_SERVER_URL differs on an Enterprise Server.
  return `${env.GITHUB_SERVER_URL || 'https://github.com'}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
}

function bitbucketUrl(env: Surroundings['env']): string {
  const origin = env.BITBUCKET_GIT_HTTP_ORIGIN || `https://bitbucket.org/${env.BITBUCKET_REPO_FULL_NAME}`;
  return `${origin}/pipelines/results/${env.BITBUCKET_BUILD_NUMBER}`;
}

function azureUrl(env: Surroundings['env']): string | undefined {
  const { SYSTEM_TEAMFOUNDATIONSERVERURI: server, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: build } = env;
  if (!server || !project || !build) return undefined;
  return `${server}${encodeURIComponent(project)}/_build/results?buildId=${encodeURIComponent(build)}`;
}
