import { createHash } from 'node:crypto';
import { KIND } from '../../api/kinds.ts';
import { GROUP, REBUILD_VERB, SUBMIT_VERB } from '../../api/labels.ts';
import type { Workflow, WorkflowRun } from '../../api/types.gen.ts';
import type { KubeClient } from '../../kube/client.ts';
import { matchSubmitters } from '../../oidc/match.ts';
import { createTtlCache } from '../ttl-cache.ts';
import type { Caller, ClusterCaller, OidcCaller } from './caller.ts';

/** What a caller may do: as RBAC says, or for one from outside as the Workflow does. */
export interface Access {
  /** Hand in evidence for the workflow. */
  maySubmit(caller: Caller, namespace: string, workflow: string): Promise<boolean>;
  /** The same for what belongs to a workflow: to that very one, and not to another one that has its name now. */
  maySubmitTo(caller: Caller, namespace: string, workflow: WorkflowRun['spec']['workflowRef']): Promise<boolean>;
  /** See runs of the namespace. */
  mayRead(caller: Caller, namespace: string, verb: 'get' | 'list'): Promise<boolean>;
  /** See the runs of all namespaces, those to come too. */
  mayReadAll(caller: Caller): Promise<boolean>;
  /** See a contract and what it has meant. */
  mayReadContract(caller: Caller, namespace: string, name: string): Promise<boolean>;
  /** Have the archive rebuilt, of all namespaces. */
  mayRebuild(caller: Caller): Promise<boolean>;
}

/** A right that was taken away is gone after this time. */
const ALLOWED_MS = 10_000;
/** A right that was granted, or that an API server which just started didn't know of yet, is there after this time. */
const DENIED_MS = 1_000;
/** A workflow that was deleted, whoever has its name now, is gone after this time. */
const CURRENT_MS = 5_000;
/** A submitter that was taken out of its Workflow is out after this time. */
const SUBMITTERS_MS = 1_000;
const CAPACITY = 20_000;

interface Attributes {
  /** Absent: of the cluster. */
  readonly namespace?: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
}

/** Asks the API server by SubjectAccessReview, or the Workflow for its submitters, and remembers the answers for a moment. */
export function createAccess(client: KubeClient): Access {
  const answers = createTtlCache<boolean>(CAPACITY);

  const submitters = createTtlCache<NonNullable<Workflow['spec']['submitters']>>(CAPACITY);
  const current = createTtlCache<boolean>(CAPACITY);

  /** RBAC and submitters go by the name; a workflow that was deleted and made anew is another one, with other terms. */
  async function isCurrent(namespace: string, { name, uid }: WorkflowRun['spec']['workflowRef']): Promise<boolean> {
    const key = `${namespace}/${name}/${uid}`;
    const known = current.get(key);
    if (known !== undefined) return known;
    const workflow = await client.find<Workflow>(KIND.Workflow, { namespace, name });
    const found = workflow?.metadata.uid === uid;
    current.set(key, found, CURRENT_MS);
    return found;
  }

  async function isSubmitter({ token }: OidcCaller, namespace: string, name: string): Promise<boolean> {
    const key = `${namespace}/${name}`;
    let known = submitters.get(key);
    if (known === undefined) {
      const workflow = await client.find<Workflow>(KIND.Workflow, { namespace, name });
      known = workflow?.spec.submitters ?? [];
      submitters.set(key, known, SUBMITTERS_MS);
    }
    return matchSubmitters(known, token).matched;
  }

  async function isAllowed(caller: ClusterCaller, attributes: Attributes): Promise<boolean> {
    const { username, uid, groups, extra } = caller;
    const key = createHash('sha256')
      .update(JSON.stringify([username, uid, groups, extra, attributes]))
      .digest('base64');
    const known = answers.get(key);
    if (known !== undefined) return known;
    const review = await client.post<{ readonly status: { readonly allowed?: boolean } }>(
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: { user: username, uid, groups, extra, resourceAttributes: attributes },
      },
    );
    const allowed = review.status.allowed === true;
    answers.set(key, allowed, allowed ? ALLOWED_MS : DENIED_MS);
    return allowed;
  }

  const maySubmit: Access['maySubmit'] = (caller, namespace, workflow) =>
    caller.kind === 'oidc'
      ? isSubmitter(caller, namespace, workflow)
      : isAllowed(caller, { namespace, verb: SUBMIT_VERB, group: GROUP, resource: 'workflows', name: workflow });

  return {
    maySubmit,
    maySubmitTo: async (caller, namespace, workflow) =>
      (await maySubmit(caller, namespace, workflow.name)) && (await isCurrent(namespace, workflow)),
    // What somebody from outside may see, he sees as the submitter that opened it.
    mayRead: async (caller, namespace, verb) =>
      caller.kind !== 'oidc' && isAllowed(caller, { namespace, verb, group: GROUP, resource: 'workflowruns' }),
    mayReadAll: async (caller) =>
      caller.kind !== 'oidc' && isAllowed(caller, { verb: 'list', group: GROUP, resource: KIND.WorkflowRun.plural }),
    mayReadContract: async (caller, namespace, name) =>
      caller.kind !== 'oidc' &&
      isAllowed(caller, { namespace, verb: 'get', group: GROUP, resource: KIND.Contract.plural, name }),
    mayRebuild: async (caller) =>
      caller.kind !== 'oidc' &&
      isAllowed(caller, { verb: REBUILD_VERB, group: GROUP, resource: KIND.EvidenceStore.plural }),
  };
}
