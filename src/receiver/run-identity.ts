import { randomBytes } from 'node:crypto';
import { sha256Hex } from '../api/canonical.ts';
import { ownerRunKey } from '../api/owner-runs.ts';
import type { RunIdentity, RunOwner, Workflow, WorkflowRun } from '../api/types.gen.ts';
import { matchSubmitters } from '../oidc/match.ts';
import { pipelineOf, recordedClaims } from '../oidc/providers.ts';
import { type Caller, type OidcCaller, podOf } from './auth/caller.ts';

/** Who opened a run, as it is recorded. */
export function identityOf(caller: Caller, owner: RunOwner | undefined, { spec }: Workflow): RunIdentity {
  const { username } = caller;
  switch (caller.kind) {
    case 'user':
      return { username };
    case 'serviceAccount': {
      const { name, pod } = caller;
      return {
        username,
        serviceAccount: name,
        ...(pod === undefined ? {} : { pod: { name: pod.name, uid: pod.uid } }),
        ...(owner === undefined ? {} : { owner }),
      };
    }
    case 'oidc': {
      const { token } = caller;
      const match = matchSubmitters(spec.submitters, token);
      const pipeline = pipelineOf(token)?.id;
      return {
        username,
        issuer: token.issuer,
        subject: token.subject,
        ...(pipeline === undefined ? {} : { pipeline }),
        claims: recordedClaims(token, match.matched ? Object.keys(match.submitter.claims) : []),
      };
    }
  }
}

export interface RunKeyFacts {
  readonly workflow: Workflow;
  readonly caller: Caller;
  readonly owner: RunOwner | undefined;
  readonly idempotencyKey: string | undefined;
}

/** Two requests with the same key mean the same run; who may not add to it must not come by it either. */
export function runKeyOf({ workflow, caller, owner, idempotencyKey }: RunKeyFacts): string {
  if (owner !== undefined) return ownerRunKey(workflow, owner.uid);
  const uid = workflow.metadata.uid ?? '';
  if (idempotencyKey === undefined) return randomBytes(32).toString('hex');
  if (caller.kind === 'oidc') {
    return sha256Hex(JSON.stringify(['oidc', uid, ...sharersOf(caller), idempotencyKey]));
  }
  return sha256Hex(JSON.stringify(['key', uid, caller.username, podOf(caller)?.uid ?? '', idempotencyKey]));
}

/**
 * Who shares a run from outside: all jobs of one run of the CI system where the token vouches for that, else the subject.
 * A subject alone would be too wide and too narrow: on GitHub it is the same for every pull request, and another one for a
 * job that has an environment.
 */
function sharersOf({ token }: OidcCaller): readonly [issuer: string, kind: 'pipeline' | 'subject', who: string] {
  const pipeline = pipelineOf(token)?.id;
  return pipeline === undefined ? [token.issuer, 'subject', token.subject] : [token.issuer, 'pipeline', pipeline];
}

/** Whether a run from outside is of the one who calls. No run of the cluster's own identities ever is. */
export function isOwnFromOutside(caller: OidcCaller, { spec }: WorkflowRun): boolean {
  const { issuer, subject, pipeline } = spec.identity;
  if (issuer === undefined || issuer !== caller.token.issuer) return false;
  const [, kind, who] = sharersOf(caller);
  return kind === 'pipeline' ? who === pipeline : pipeline === undefined && who === subject;
}
