import { CONDITION, findCondition } from '../../api/conditions.ts';
import { submitterName } from '../../api/labels.ts';
import type { KubeObject } from '../../api/object.ts';
import type {
  ClusterContract,
  ClusterPolicy,
  Contract,
  EvidenceStore,
  Policy,
  Workflow,
  WorkflowRun,
} from '../../api/types.gen.ts';
import { hasDigest } from '../../contract/digest.ts';
import type { ContractPolicy } from '../../contract/effective.ts';
import { absentNode, type Looked, presentNode, readyNode } from './look.ts';
import type { TreeNode } from './node.ts';
import { runTree } from './run.ts';

/** The ControllerRevision that holds what runs owe. */
export type Revision = KubeObject & { readonly data?: unknown };

export interface PolicyFacts extends Pick<ContractPolicy, 'kind' | 'name' | 'gate'> {
  readonly looked: Looked<Policy | ClusterPolicy>;
}

/** What the tree of a workflow is made of, as far as who asks may see it. */
export interface WorkflowFacts {
  readonly workflow: Workflow;
  readonly contract: Looked<Contract>;
  /** Absent: the operator hasn't pinned one. */
  readonly revision?: Looked<Revision>;
  readonly policies: readonly PolicyFacts[];
  /** By name. */
  readonly baselines: ReadonlyMap<string, Looked<ClusterContract>>;
  readonly serviceAccount: Looked;
  readonly role: Looked;
  readonly roleBinding: Looked;
  /** Absent: none is chosen. */
  readonly store?: Looked<EvidenceStore>;
  /** The newest first, as many as are shown. */
  readonly runs: readonly WorkflowRun[];
  readonly omittedRuns: number;
}

/** A workflow with what it owes, what was provisioned for it, and its newest runs. */
export function workflowTree(facts: WorkflowFacts, now: Date): TreeNode {
  const { workflow, serviceAccount, role, roleBinding, store, runs, omittedRuns } = facts;
  const { name } = workflow.metadata;
  const provisioned = submitterName(name);
  const storeName = workflow.status?.evidenceStoreName ?? '';
  const children = [
    contractNode(facts),
    presentNode({ kind: 'ServiceAccount', name: provisioned }, serviceAccount),
    presentNode({ kind: 'Role', name: provisioned }, role),
    presentNode({ kind: 'RoleBinding', name: provisioned }, roleBinding),
    secretNode(workflow, now),
    ...(store === undefined ? [] : [readyNode({ kind: 'EvidenceStore', name: storeName }, store)]),
    ...runs.map((run) => runTree(run, now)),
  ];
  const rate = workflow.status?.successRate;
  const message = rate === undefined ? undefined : `${rate} of its finished runs were accepted`;
  const node = readyNode({ kind: 'Workflow', name }, { outcome: 'found', object: workflow }, message, children);
  return omittedRuns === 0 ? node : { ...node, omitted: omittedRuns };
}

function contractNode(facts: WorkflowFacts): TreeNode {
  const { workflow, contract, baselines } = facts;
  const governing = workflow.status?.baselines ?? [];
  const children = [
    ...revisionNode(facts),
    ...governing.map(({ name, revision, compliant }) => {
      const looked = baselines.get(name) ?? { outcome: 'missing' };
      const message = `revision ${revision} is merged in${compliant ? '' : '; no run was accepted under it yet'}`;
      return readyNode({ kind: 'ClusterContract', name }, looked, message);
    }),
  ];
  return readyNode({ kind: 'Contract', name: workflow.spec.contractRef.name }, contract, undefined, children);
}

function revisionNode({ workflow, revision, policies }: WorkflowFacts): readonly TreeNode[] {
  const pinned = workflow.status?.contract;
  if (pinned === undefined || revision === undefined) return [];
  const named = { kind: 'ControllerRevision', name: pinned.revisionName };
  if (revision.outcome !== 'found') return [absentNode(named, revision.outcome)];
  const { data, metadata } = revision.object;
  const isIntact = hasDigest(data, pinned.digest);
  const children = policies.map(({ kind, name, gate, looked }) =>
    readyNode({ kind, name }, looked, gate ? 'what it objects to fails a run' : undefined),
  );
  return [
    {
      ...named,
      state: isIntact ? 'Intact' : 'Altered',
      ...(metadata.creationTimestamp === undefined ? {} : { time: metadata.creationTimestamp }),
      message: isIntact
        ? `revision ${pinned.revision}, which new runs owe`
        : 'it is not what it was made as, and runs that are pinned to it are refused',
      children,
    },
  ];
}

/** By what the Workflow says of it: to look at a Secret is to read it. */
function secretNode({ metadata, status }: Workflow, now: Date): TreeNode {
  const named = { kind: 'Secret', name: status?.tokenSecretName ?? submitterName(metadata.name) };
  const { token } = status ?? {};
  if (token === undefined) return absentNode(named, 'missing');
  const state = Date.parse(token.expirationTime) > now.getTime() ? 'Issued' : 'Expired';
  const isReady = findCondition(status?.conditions, CONDITION.Ready)?.status === 'True';
  const renewal = isReady ? `, renewed at ${token.renewalTime}` : '';
  return { ...named, state, message: `its token ends at ${token.expirationTime}${renewal}`, children: [] };
}
