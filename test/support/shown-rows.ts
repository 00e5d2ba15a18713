import { attestation, succeeded } from './workflow-run.ts';

/** An object as its writer leaves it, and the line that `kubectl get -o wide` shows of it, with every column filled. */
export interface ShownRow {
  readonly kind: string;
  readonly name: string;
  readonly status: object;
  /** The cells after the name; an age is whatever it is. */
  readonly cells: readonly string[];
}

/** Far enough ahead to be shown, and not further than a waiver may be. */
export const WAIVER_ENDS = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
export const AGE = 'any age';
const DIGEST = `sha256:${'ab'.repeat(32)}`;
const condition = (type: string, reason: string, message: string) => ({
  ...succeeded('True', reason),
  ...{ type, message },
});
const ready = { conditions: [condition('Ready', 'Ready', 'as-it-should')] };
const revision = { name: 'release', revision: 3, revisionName: 'release-x', digest: DIGEST };
const counted = { runs: 4, evaluated: 9, violated: 2, failed: 1 };
const ofPolicy = { ...ready, sourceDigest: DIGEST, evaluations: counted };

/** Of every kind one; the objects are those of `config/samples`, and a run and a waiver that the test makes. */
export const SHOWN_ROWS: readonly ShownRow[] = [
  {
    kind: 'Contract',
    name: 'release',
    status: { ...ready, revision: 3, materials: 4, workflows: 1 },
    cells: ['True', '3', '4', '1', AGE, 'Ready', 'as-it-should'],
  },
  {
    kind: 'ClusterContract',
    name: 'production',
    status: { ...ready, enforcement: 'Audit', workflows: 5, compliant: 2 },
    cells: ['True', 'Audit', '5', '2', AGE, 'Ready', 'as-it-should'],
  },
  {
    kind: 'Workflow',
    name: 'build',
    status: {
      conditions: [...ready.conditions, condition('Healthy', 'AsUsual', 'as-always')],
      contract: revision,
      successRate: '92%',
      lastRun: { name: 'build-1', result: 'Accepted', startTime: '2026-01-01T00:00:00Z' },
    },
    cells: ['True', 'release', AGE, 'Accepted', '92%', AGE, 'payments', '3', 'True', 'as-it-should'],
  },
  {
    kind: 'WorkflowRun',
    name: 'build-shown',
    status: {
      progress: { summary: '2/3', required: 3, present: 2 },
      policies: { summary: '3/4', evaluated: 4, passed: 3, violated: 1, skipped: 0, failed: 0 },
      attestation,
      result: 'Accepted',
      conditions: [condition('Succeeded', 'Accepted', 'as-it-should')],
    },
    cells: [
      ...['build', 'True', 'Accepted', '2/3', 'SHA256:abc', AGE, '1', '3/4'],
      ...['build-x7k2p', 'c'.repeat(40), attestation.digest, 'as-it-should'],
    ],
  },
  {
    kind: 'EvidenceStore',
    name: 'default',
    status: {
      provider: 'Filesystem',
      lastCheckTime: '2026-01-01T00:00:00Z',
      conditions: [...ready.conditions, condition('Moved', 'Copied', 'done')],
    },
    cells: ['True', 'Filesystem', 'true', 'false', 'Copied', AGE, AGE, 'as-it-should'],
  },
  {
    kind: 'TrustRoot',
    name: 'sigstore',
    status: { ...ready, digest: DIGEST, expirationTime: '2030-01-01T00:00:00Z' },
    cells: ['True', '2030-01-01T00:00:00Z', AGE, 'true', DIGEST, 'as-it-should'],
  },
  {
    kind: 'Policy',
    name: 'sbom-is-fresh',
    status: { ...ofPolicy, appliesTo: 'SBOM_CYCLONEDX_JSON', usedBy: { contracts: 7 } },
    cells: ['True', 'CEL', 'SBOM_CYCLONEDX_JSON', AGE, '7', '9', '2', '1', DIGEST, 'as-it-should'],
  },
  {
    kind: 'ClusterPolicy',
    name: 'pinned',
    status: { ...ofPolicy, appliesTo: 'CONTAINER_IMAGE', usedBy: { contracts: 7, clusterContracts: 6 } },
    cells: ['True', 'Rego', 'CONTAINER_IMAGE', AGE, '7', '6', '9', '2', '1', DIGEST, 'as-it-should'],
  },
  {
    kind: 'PolicyGroup',
    name: 'sbom-quality',
    status: { ...ready, policies: 8, materials: 2, usedBy: { contracts: 7 } },
    cells: ['True', '8', '2', AGE, '7', 'as-it-should'],
  },
  {
    kind: 'ClusterPolicyGroup',
    name: 'origin',
    status: { ...ready, policies: 8, materials: 2, usedBy: { contracts: 7, clusterContracts: 6 } },
    cells: ['True', '8', '2', AGE, '7', '6', 'as-it-should'],
  },
  {
    kind: 'Subscription',
    name: 'releases',
    status: {
      conditions: [...ready.conditions, condition('Delivering', 'Delivered', 'done')],
      delivery: { pending: 4, dead: 1, delivered: 9, lastDeliveryTime: '2026-01-01T00:00:00Z', lastError: 'gone' },
    },
    cells: ['True', 'True', '4', '1', AGE, AGE, '9', 'gone', 'as-it-should'],
  },
  {
    kind: 'Waiver',
    name: 'legacy-sbom',
    status: { waives: 'Policy/sbom-is-fresh', conditions: [condition('Active', 'Approved', 'as-it-should')] },
    cells: ['True', WAIVER_ENDS, 'payments', AGE, 'Policy/sbom-is-fresh', 'bob', 'SEC-1234', 'as-it-should'],
  },
];
