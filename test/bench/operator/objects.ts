import { sha256Hex } from '../../../src/api/canonical.ts';
import { API_VERSION, LABEL_MANAGED_BY, LABEL_WORKFLOW, MANAGED_BY } from '../../../src/api/labels.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import type { Contract, EvidenceStore, Workflow, WorkflowRun } from '../../../src/api/types.gen.ts';
import { attestation, recordedMaterial, succeeded } from '../../support/workflow-run.ts';

export const CONTRACT = 'release';
const MATERIALS = ['package', 'sbom', 'tests'] as const;
const TIME = '2026-01-01T00:00:00Z';

export const namespace = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

export const evidenceStore = (path: string): EvidenceStore => ({
  apiVersion: API_VERSION,
  kind: 'EvidenceStore',
  metadata: { name: 'default' },
  spec: { default: true, filesystem: { path } },
});

export const contract = (home: string): Contract => ({
  apiVersion: API_VERSION,
  kind: 'Contract',
  metadata: { name: CONTRACT, namespace: home },
  spec: { materials: MATERIALS.map((name) => ({ name, type: 'ARTIFACT' })), deadline: '1h' },
});

export const workflow = (home: string, name: string): Workflow => ({
  apiVersion: API_VERSION,
  kind: 'Workflow',
  metadata: { name, namespace: home },
  spec: { contractRef: { name: CONTRACT }, project: 'shop', team: 'payments' },
});

/** A run as the receiver opens it, about as large as one of a pipeline that says what it builds. */
export function runOf({ metadata }: Workflow, revision: WorkflowRun['spec']['contract']): WorkflowRun {
  const { name, namespace: home = '', uid = '' } = metadata;
  const runKey = sha256Hex(`${home}/${name}`);
  return {
    apiVersion: API_VERSION,
    kind: 'WorkflowRun',
    metadata: {
      name: `${name}-${runKey.slice(0, 10)}`,
      namespace: home,
      labels: { [LABEL_MANAGED_BY]: MANAGED_BY, [LABEL_WORKFLOW]: name },
      ownerReferences: [{ apiVersion: API_VERSION, kind: 'Workflow', name, uid, controller: true }],
    },
    spec: {
      workflowRef: { name, uid },
      contract: revision,
      identity: { username: `system:serviceaccount:${home}:proviso-${name}`, serviceAccount: `proviso-${name}` },
      runKey,
      runner: { type: 'TEKTON_PIPELINE', url: `https://ci.example.com/${home}/${name}`, authenticated: false },
      commit: { sha: sha256Hex(name).slice(0, 40), author: 'A. Developer', message: 'shop: sell more', date: TIME },
      project: 'shop',
      team: 'payments',
      evidenceStoreName: 'default',
      deadlineTime: '2036-01-01T00:00:00Z',
    },
  };
}

/** The status of an accepted run, but for its progress, which the operator writes. */
export const finishedStatus = () => ({
  startTime: TIME,
  finishTime: TIME,
  materials: MATERIALS.map(recordedMaterial),
  attestation,
  conditions: [{ ...succeeded('True', 'Accepted'), message: '3 of 3 required materials' }],
});
