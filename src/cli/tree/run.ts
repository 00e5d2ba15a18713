import { CONDITION, findCondition } from '../../api/conditions.ts';
import { verdictOf } from '../../api/run-verdict.ts';
import type { RecordedAttestation, RecordedMaterial, WorkflowRun } from '../../api/types.gen.ts';
import { formatBytes, shortDigest } from '../print/bytes.ts';
import type { TreeNode } from './node.ts';

type Status = NonNullable<WorkflowRun['status']>;
type Evaluation = NonNullable<NonNullable<Status['policies']>['evaluations']>[number];
type Judged = NonNullable<RecordedMaterial['policies']>[number] | Evaluation;
type Waiver = NonNullable<Status['waivers']>[number];

/** A run with its owner, its materials and what policies said of each, its attestation, and the waivers that it relies on. */
export function runTree(run: WorkflowRun, now: Date): TreeNode {
  const { metadata, spec, status = {} } = run;
  const { status: state, reason, message } = verdictOf(run);
  const time = status.startTime ?? metadata.creationTimestamp;
  return {
    ...{ kind: 'WorkflowRun', name: metadata.name, state, reason, message },
    ...(time === undefined ? {} : { time }),
    children: [
      ...ownerNode(run),
      { kind: 'ControllerRevision', name: spec.contract.revisionName, ...pinned(run), children: [] },
      ...(status.materials ?? []).map((material) => materialNode(material, status)),
      ...missingNodes(status),
      attestationNode(run),
      ...(status.waivers ?? []).map((waiver) => waiverNode(waiver, now)),
    ],
  };
}

const pinned = ({ spec }: WorkflowRun) => ({
  state: 'Pinned',
  message: `revision ${spec.contract.revision} of the contract '${spec.contract.name}'`,
});

function ownerNode({ spec, status }: WorkflowRun): readonly TreeNode[] {
  const { owner } = spec.identity;
  if (owner === undefined) return [];
  const ended = findCondition(status?.conditions, CONDITION.PipelineSucceeded);
  const state = ended?.status ?? 'Owner';
  const said = ended === undefined ? {} : { reason: ended.reason, message: ended.message };
  return [{ kind: owner.kind, name: owner.name, state, ...said, children: [] }];
}

function materialNode(material: RecordedMaterial, status: Status): TreeNode {
  const { name, type, digest, size, addTime, policies = [] } = material;
  const atPush = evaluationsOf(status).filter((each) => each.material === name);
  return {
    ...{ kind: 'Material', name, state: 'There', reason: type, time: addTime },
    message: `${shortDigest(digest)}, ${formatBytes(size)}`,
    children: [...policies, ...atPush].map((judged) => policyNode(judged, status, name)),
  };
}

/** What is owed and isn't there, whether somebody waived it or not. */
function missingNodes({ progress, waivers = [], materials = [] }: Status): readonly TreeNode[] {
  const there = new Set(materials.map(({ name }) => name));
  const names = (progress?.missing ?? []).filter((name) => !there.has(name));
  return names.map((name) => {
    const waiver = waivers.find(({ material }) => material === name);
    const state =
      waiver === undefined ? { state: 'Missing' } : { state: 'Waived', message: `by the Waiver '${waiver.name}'` };
    return { kind: 'Material', name, ...state, children: [] };
  });
}

function policyNode({ kind, policy, outcome, message }: Judged, status: Status, material?: string): TreeNode {
  const objection = status.policies?.violations?.find(
    (each) => each.kind === kind && each.policy === policy && each.material === material,
  );
  const waived = objection?.waiver === undefined ? {} : { reason: 'Waived' };
  return { kind, name: policy, state: outcome, ...waived, ...(message === undefined ? {} : { message }), children: [] };
}

function attestationNode(run: WorkflowRun): TreeNode {
  const { attestation, refusals } = run.status ?? {};
  if (attestation !== undefined) return signedNode(attestation, run.status ?? {});
  const { count = 0, last } = refusals ?? {};
  const none = { kind: 'Attestation', name: 'none', children: [] };
  if (last === undefined) return { ...none, state: verdictOf(run).status === 'Unknown' ? 'Awaited' : 'Missing' };
  const times = count === 1 ? 'a push was' : `${count} pushes were`;
  return {
    ...none,
    state: 'Refused',
    time: last.time,
    message: `${times} refused, the last with ${last.code}: ${last.message}`,
  };
}

function signedNode(attestation: RecordedAttestation, status: Status): TreeNode {
  const { digest, signer, cosigners = [], receiveTime } = attestation;
  const statements = (status.statements ?? []).map(({ predicateType, digest: of }) => ({
    ...{ kind: 'Statement', name: predicateType.split('/').slice(-2).join('/'), state: 'Signed' },
    ...{ message: shortDigest(of), children: [] },
  }));
  const judged = evaluationsOf(status).filter(({ material }) => material === undefined);
  return {
    ...{ kind: 'Attestation', name: shortDigest(digest), state: 'Signed', time: receiveTime },
    message: `by ${[signer, ...cosigners].map(({ display }) => display).join(', ')}`,
    children: [...judged.map((each) => policyNode(each, status)), ...statements],
  };
}

const evaluationsOf = (status: Status): readonly Evaluation[] => status.policies?.evaluations ?? [];

/** As the verdict relied on it; it may have ended since. */
function waiverNode({ name, expires, owner, approvedBy, kind, policy, material }: Waiver, now: Date): TreeNode {
  const what = material === undefined ? `${kind ?? 'Policy'}/${policy ?? ''}` : `the material '${material}'`;
  const state = Date.parse(expires) > now.getTime() ? 'Active' : 'Expired';
  const message = `${what}, owner ${owner}, approved by ${approvedBy}, until ${expires}`;
  return { kind: 'Waiver', name, state, message, children: [] };
}
