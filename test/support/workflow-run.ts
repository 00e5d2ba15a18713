import type { RecordedMaterial, RecordedStatement, WorkflowRun, WorkflowRunStatus } from '../../src/api/types.gen.ts';

/** A WorkflowRun with every required field, as the receiver opens it. */
export const workflowRun = (name: string, namespace: string): WorkflowRun => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'WorkflowRun',
  metadata: { name, namespace, labels: { 'proviso.dev/workflow': 'build' } },
  spec: {
    workflowRef: { name: 'build', uid: '8c1f8a3e-0000-4000-8000-000000000001' },
    contract: { name: 'release', revision: 1, revisionName: 'release-3f9a01c2de', digest: `sha256:${'ab'.repeat(32)}` },
    identity: { username: `system:serviceaccount:${namespace}:proviso-build`, serviceAccount: 'proviso-build' },
    runKey: 'c0ffee',
    runner: { type: 'GENERIC', authenticated: false },
    evidenceStoreName: 'default',
    deadlineTime: '2030-01-01T00:00:00Z',
  },
});

const TIME = '2026-01-01T00:00:00Z';

export const recordedMaterial = (name: string): RecordedMaterial => ({
  name,
  type: 'ARTIFACT',
  digest: `sha256:${'a'.repeat(64)}`,
  size: 1,
  stored: true,
  storeName: 'default',
  addTime: TIME,
  addedBy: 'system:serviceaccount:shop:proviso-build',
});

export const attestation: NonNullable<WorkflowRunStatus['attestation']> = {
  digest: `sha256:${'b'.repeat(64)}`,
  size: 1024,
  predicateType: 'chainloop.dev/attestation/v0.2',
  signer: { kind: 'Key', fingerprint: 'SHA256:abc', display: 'SHA256:abc' },
  receiveTime: TIME,
};

export const recordedStatement: RecordedStatement = {
  predicateType: 'https://slsa.dev/verification_summary/v1',
  digest: `sha256:${'d'.repeat(64)}`,
  size: 2048,
  keyFingerprint: 'SHA256:abc',
  resourceUri: 'https://proviso.dev/cluster/uid/namespaces/shop/workflows/build',
  storeName: 'default',
};

/** `Succeeded` with a reason. */
export const succeeded = (status: 'True' | 'False' | 'Unknown', reason: string) => ({
  type: 'Succeeded',
  status,
  reason,
  message: '',
  lastTransitionTime: TIME,
});
