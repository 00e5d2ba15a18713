import { httpAddress } from '../api/addresses.ts';
import { CONDITION, findCondition } from '../api/conditions.ts';
import type { InitRequest } from '../api/messages.ts';
import { provenRunner, runObject } from '../api/owner-runs.ts';
import { Problem } from '../api/problem.ts';
import { REASON } from '../api/reasons.ts';
import type { RunOwner, RunRunner, Workflow, WorkflowRun } from '../api/types.gen.ts';
import { mergeAnnotations } from '../contract/annotations.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { pipelineOf } from '../oidc/providers.ts';
import type { Caller } from './auth/caller.ts';
import { commitOf } from './run-commit.ts';
import { identityOf } from './run-identity.ts';

/** The revision of its contract that the runs of a workflow owe. */
export type PinnedContract = NonNullable<NonNullable<Workflow['status']>['contract']>;

/** The pinned revision of a workflow that is ready for runs. Throws the code that says what isn't ready. */
export function pinnedContract(workflow: Workflow): PinnedContract {
  const { status, metadata } = workflow;
  const ready = findCondition(status?.conditions, CONDITION.Ready);
  const isCurrent = status?.observedGeneration === metadata.generation;
  if (ready?.status === 'True' && isCurrent && status?.contract !== undefined) return status.contract;
  const isContract = ready?.reason === REASON.ContractNotReady || ready?.reason === REASON.ContractNotFound;
  const why = ready === undefined || !isCurrent ? 'the operator has not looked at it yet' : ready.message;
  throw new Problem(
    isContract ? 'contract-not-ready' : 'workflow-not-ready',
    `the workflow '${metadata.name}' is not ready for runs: ${why}`,
    { hint: `see: kubectl get workflows.proviso.dev ${metadata.name} -o wide`, retryAfter: 5 },
  );
}

export interface OpenRunFacts {
  readonly request: InitRequest;
  readonly workflow: Workflow;
  readonly contract: EffectiveContract;
  readonly caller: Caller;
  /** Of the pipeline, when the token is bound to a pod. */
  readonly owner: RunOwner | undefined;
  /** As `runKeyOf` has it. */
  readonly runKey: string;
  readonly now: Date;
}

/**
 * The run that a request opens. Throws what the contract doesn't allow: a caller that nobody could sign for, another runner,
 * missing variables, annotations.
 */
export function runToOpen(facts: OpenRunFacts): WorkflowRun {
  const { request, workflow, contract, caller, owner, runKey, now } = facts;
  const pinned = pinnedContract(workflow);
  assertSomebodySigns(facts);
  const merged = mergeAnnotations(contract.annotations, request.annotations ?? {});
  if (!merged.ok) {
    throw new Problem('material-annotation', 'the annotations do not fit the contract', { errors: merged.findings });
  }
  const { name, uid = '' } = workflow.metadata;
  const { project, team } = workflow.spec;
  return {
    ...runObject(workflow, runKey),
    spec: {
      workflowRef: { name, uid },
      contract: pinned,
      identity: identityOf(caller, owner, workflow),
      runKey,
      runner: runnerOf(facts),
      ...(request.commit === undefined ? {} : { commit: commitOf(request.commit) }),
      ...(project === undefined ? {} : { project }),
      ...(team === undefined ? {} : { team }),
      annotations: merged.annotations,
      environment: environmentOf(request, contract),
      evidenceStoreName: workflow.status?.evidenceStoreName ?? '',
      deadlineTime: new Date(now.getTime() + contract.deadlineSeconds * 1000).toISOString(),
    },
  };
}

/** A contract without signers has the identity that opened the run sign, and only service accounts get certificates. */
function assertSomebodySigns({ contract, workflow, caller }: OpenRunFacts): void {
  if (contract.signers.length > 0 || caller.kind === 'serviceAccount') return;
  const { name, namespace } = workflow.metadata;
  const whose = `the workflow '${name}' in '${namespace}' owes the contract '${contract.name}', which names no signers`;
  const who = `so only service accounts of the cluster, who get certificates, can sign, and not '${caller.username}'`;
  throw new Problem('nobody-signs', `${whose}, ${who}`, {
    hint: `whoever owns it has to add the key or the identity that this pipeline signs with to spec.signers of the contract '${contract.name}'`,
  });
}

/** Every runner of the CRD and no other: the compiler holds the two together. */
const RUNNERS: Readonly<Record<RunRunner['type'], true>> = {
  ARGO_WORKFLOW: true,
  AZURE_PIPELINE: true,
  BITBUCKET_PIPELINE: true,
  BUILDKITE_BUILD: true,
  CIRCLECI_BUILD: true,
  DAGGER_PIPELINE: true,
  DRONE_BUILD: true,
  GENERIC: true,
  GITHUB_ACTION: true,
  GITLAB_PIPELINE: true,
  JENKINS_JOB: true,
  KUBERNETES_JOB: true,
  TEAMCITY_PIPELINE: true,
  TEKTON_PIPELINE: true,
};
const isKnownRunner = (type: string): type is RunRunner['type'] => Object.hasOwn(RUNNERS, type);

/** What pod or token proves counts more than what the pipeline claims; a contract that asks for a runner is held to that. */
function runnerOf({ request, caller, owner, contract }: OpenRunFacts): RunRunner {
  const ofPod = owner === undefined ? undefined : provenRunner(owner);
  const proven = caller.kind === 'oidc' ? pipelineOf(caller.token)?.runner : ofPod;
  const claimed = request.runner?.type ?? 'GENERIC';
  const type = proven ?? claimed;
  if (!isKnownRunner(type)) {
    const errors = [{ at: '/runner/type', message: `must be one of ${Object.keys(RUNNERS).join(', ')}` }];
    throw new Problem('request-invalid', `'${type}' is not a runner`, { errors });
  }
  if (contract.runner !== undefined && contract.runner !== type) {
    throw new Problem('runner-mismatch', `the contract asks for the runner ${contract.runner}, and this is ${type}`);
  }
  if (contract.runnerProven === true && proven === undefined) {
    throw new Problem('runner-mismatch', `that this is ${type} is only said, and the contract asks for proof of it`, {
      hint: 'open the run with a token that is bound to a pod of the pipeline, or with one of the CI system itself',
    });
  }
  const url = runnerUrl(request.runner?.url);
  return { type, authenticated: proven !== undefined, ...(url === undefined ? {} : { url }) };
}

/** People follow this address, so it has to be one that is safe to follow. */
function runnerUrl(text: string | undefined): string | undefined {
  const url = httpAddress(text);
  if (text === undefined || url !== undefined) return url;
  const errors = [{ at: '/runner/url', message: 'must be an address that starts with https:// or http://' }];
  throw new Problem('request-invalid', 'the address of the runner is not one of the web', { errors });
}

/** The allow-listed variables and no others. */
function environmentOf(request: InitRequest, contract: EffectiveContract): Readonly<Record<string, string>> {
  const given = new Map(Object.entries(request.environment ?? {}));
  const missing = contract.envAllowList.filter((name) => !given.get(name));
  if (missing.length > 0) {
    throw new Problem('env-missing', `the contract asks for ${missing.join(', ')}, which the pipeline has not set`, {
      errors: missing.map((name) => ({ at: `/environment/${name}`, message: 'must be set' })),
    });
  }
  return Object.fromEntries(contract.envAllowList.map((name) => [name, given.get(name) ?? '']));
}
