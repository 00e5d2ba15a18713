import type { RunRunner } from '../api/types.gen.ts';
import { claimText, type OidcToken } from './token.ts';

/** A CI system whose tokens say which run they are of. */
export type Provider = 'github' | 'gitlab';

interface Meaning {
  readonly runner: RunRunner['type'];
  /** The claims that together name one run; only the CI system itself sets them. */
  readonly run: readonly [string, string];
  /** The claims that are recorded of a run, as far as the token has them. */
  readonly facts: readonly string[];
}

/**
 * GitHub: https://docs.github.com/actions/reference/security/oidc, GitLab: https://docs.gitlab.com/ci/secrets/id_token_authentication.
 * `sub` names neither: it is the same for all pull requests of a repository, and differs between two jobs of one run as soon
 * as one of them has an environment.
 */
const MEANING: Readonly<Record<Provider, Meaning>> = {
  github: {
    runner: 'GITHUB_ACTION',
    run: ['repository_id', 'run_id'],
    facts: [
      ...[
        'repository',
        'repository_owner',
        'repository_visibility',
        'workflow_ref',
        'workflow_sha',
        'job_workflow_ref',
      ],
      ...['ref', 'ref_protected', 'sha', 'event_name', 'environment', 'runner_environment', 'run_attempt'],
    ],
  },
  gitlab: {
    runner: 'GITLAB_PIPELINE',
    run: ['project_id', 'pipeline_id'],
    facts: [
      ...['project_path', 'namespace_path', 'project_visibility', 'ci_config_ref_uri', 'ci_config_sha', 'ref'],
      ...['ref_type', 'ref_protected', 'sha', 'pipeline_source', 'environment', 'runner_environment', 'job_id'],
    ],
  },
};

export const PROVIDERS = Object.keys(MEANING) as readonly Provider[];

/** The public services need no word of an administrator; which other issuer is one of theirs, only he knows. */
const PUBLIC: ReadonlyMap<string, Provider> = new Map([
  ['https://token.actions.githubusercontent.com', 'github'],
  ['https://gitlab.com', 'gitlab'],
]);
export const publicProvider = (issuer: string): Provider | undefined => PUBLIC.get(issuer);

/** The run of a CI system that a token vouches for. */
export interface ProvenPipeline {
  readonly runner: RunRunner['type'];
  /** `github:<repository id>/<run id>`: the same for all jobs of the run, and for its repeated attempts. */
  readonly id: string;
}

const ID = /^[0-9]{1,20}$/;

export function pipelineOf({ provider, claims }: OidcToken): ProvenPipeline | undefined {
  if (provider === undefined) return undefined;
  const { runner, run } = MEANING[provider];
  const ids = run.map((name) => claimText(claims, name) ?? '');
  return ids.every((id) => ID.test(id)) ? { runner, id: `${provider}:${ids.join('/')}` } : undefined;
}

const MAX_CLAIM = 2048;
const MAX_CLAIMS = 32;

/** The claims to record: those that a submitter was matched by, and those that the provider means something by. */
export function recordedClaims(token: OidcToken, matched: readonly string[]): Readonly<Record<string, string>> {
  const { facts, run } = token.provider === undefined ? { facts: [], run: [] } : MEANING[token.provider];
  const names = [...new Set([...matched, ...run, ...facts])].slice(0, MAX_CLAIMS);
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = claimText(token.claims, name);
      return text === undefined || text.length > MAX_CLAIM ? [] : [[name, text] as const];
    }),
  );
}
