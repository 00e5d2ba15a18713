import type { RecordedSigner, Workflow, WorkflowRun } from '../../../src/api/types.gen.ts';
import { recordedMaterial, succeeded, workflowRun } from '../../support/workflow-run.ts';

/** Name, times of init and verdict, result, signer, runner and materials of a run. */
export type RunLine = readonly [
  name: string,
  startTime: string,
  finishTime: string,
  result: string,
  signer: string,
  runner: string,
  materials: string,
];

const ACCEPTED: ReadonlySet<string> = new Set(['Accepted', 'AcceptedWithViolations', 'Waived']);

/** The run that a line tells of, as it stands in the cluster. */
export function runOf([name, startTime, finishTime, result, signer, runner, materials]: RunLine): WorkflowRun {
  const run = workflowRun(name, 'shop');
  const isAccepted = ACCEPTED.has(result);
  const [type = '', claimed] = runner.split(' ');
  return {
    ...run,
    spec: {
      ...run.spec,
      runner: { type: type as WorkflowRun['spec']['runner']['type'], authenticated: claimed === undefined },
    },
    status: {
      startTime,
      finishTime,
      materials: materials.split(' ').map(recordedMaterial),
      conditions: [succeeded(isAccepted ? 'True' : 'False', result)],
      ...(isAccepted ? { attestation: attestationOf(signer, name, finishTime) } : {}),
    },
  };
}

const attestationOf = (signer: string, run: string, receiveTime: string) => ({
  digest: `sha256:${'b'.repeat(64)}`,
  size: 1024,
  predicateType: 'chainloop.dev/attestation/v0.2',
  signer: signerOf(signer, run),
  receiveTime,
});

/** `key FINGERPRINT`, or `cert ISSUER IDENTITY`, of which each run has a certificate of its own. */
function signerOf(text: string, run: string): RecordedSigner {
  const [kind, first = '', identity = ''] = text.split(' ');
  if (kind === 'key') return { kind: 'Key', fingerprint: first, display: first };
  return { kind: 'Certificate', issuer: first, identity, fingerprint: `of ${run}`, display: identity };
}

export function workflowOf(
  expectations: NonNullable<Workflow['spec']['expectations']>,
  creationTimestamp: string,
  status?: Workflow['status'],
): Workflow {
  return {
    apiVersion: 'proviso.dev/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'build', namespace: 'shop', uid: 'u', generation: 3, creationTimestamp },
    spec: { contractRef: { name: 'release' }, expectations },
    ...(status === undefined ? {} : { status }),
  };
}
