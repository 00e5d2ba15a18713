import type { RefusedObject } from './refused-objects.ts';

const clusterContract = (spec: object, name = 'production'): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'ClusterContract',
  metadata: { name },
  spec,
});
const sbom = { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' };
const selecting = (...matchExpressions: readonly object[]) =>
  clusterContract({ namespaceSelector: { matchExpressions } });

export const REFUSED_CLUSTER_CONTRACTS: readonly RefusedObject[] = [
  {
    what: 'a baseline with an unknown field',
    object: clusterContract({ selector: {} }),
    at: 'spec.selector',
    says: /unknown field 'selector'; /,
    serverSays: /unknown field "spec\.selector"/,
  },
  {
    what: 'a requirement without values',
    object: selecting({ key: 'tier', operator: 'In' }),
    at: 'spec.namespaceSelector.matchExpressions[0]',
    says: /'values' must be given for In and NotIn/,
  },
  {
    what: 'a requirement with values that nothing is compared with',
    object: clusterContract({
      workflowSelector: { matchExpressions: [{ key: 'tier', operator: 'Exists', values: ['x'] }] },
    }),
    at: 'spec.workflowSelector.matchExpressions[0]',
    says: /'values' must not be given for Exists and DoesNotExist/,
  },
  {
    what: 'a requirement by an unknown operator',
    object: selecting({ key: 'tier', operator: 'Equals', values: ['x'] }),
    at: 'spec.namespaceSelector.matchExpressions[0].operator',
    says: /'Equals' is not allowed here; .*Exists/,
    serverSays: /Unsupported value: "Equals"/,
  },
  {
    what: 'a requirement on what can be no label',
    object: selecting({ key: 'the tier', operator: 'Exists' }),
    at: 'spec.namespaceSelector.matchExpressions[0].key',
    says: /'the tier' must be the name of a label, such as tier or example\.com\/tier/,
    serverSays: /matchExpressions\[0\]\.key in body should match/,
  },
  {
    what: 'a label that can have no such value',
    object: clusterContract({ workflowSelector: { matchLabels: { tier: 'top tier' } } }),
    at: 'spec.workflowSelector.matchLabels.tier',
    says: /'top tier' must be the value of a label/,
    serverSays: /matchLabels\.tier in body should match/,
  },
  {
    what: 'a baseline with a group of one',
    object: clusterContract({ materials: [{ ...sbom, group: 'sboms' }] }),
    at: 'spec.materials[0].group',
    says: /a group must have at least two members/,
  },
  {
    what: "a baseline that attaches a tenant's policy",
    object: clusterContract({ policies: { attestation: [{ ref: { name: 'p', kind: 'Policy' } }] } }),
    at: 'spec.policies.attestation[0].ref.kind',
    says: /'Policy' is not allowed here; .*ClusterPolicy/,
    serverSays: /Unsupported value: "Policy": supported values: "ClusterPolicy"/,
  },
  {
    what: 'a baseline with a threshold without signers',
    object: clusterContract({ signerThreshold: 2 }),
    at: 'spec',
    says: /'signerThreshold' needs 'signers'/,
  },
  {
    what: 'a baseline with a deadline that is too far',
    object: clusterContract({ deadline: '721h' }),
    at: 'spec.deadline',
    says: /spec\.deadline must be between 1m and 720h/,
  },
  {
    what: 'a baseline with a name too long for a label',
    object: clusterContract({}, 'p'.repeat(64)),
    at: 'metadata.name',
    says: /metadata\.name must have at most 63 characters/,
  },
];

export const COMPLETE_CLUSTER_CONTRACTS: readonly object[] = [
  clusterContract({}),
  clusterContract({
    description: 'what whatever runs in production owes',
    namespaceSelector: {
      matchLabels: { tier: 'production', empty: '' },
      matchExpressions: [{ key: 'example.com/team', operator: 'In', values: ['a', 'b'] }],
    },
    workflowSelector: {
      matchExpressions: [
        { key: 'kind', operator: 'NotIn', values: ['experiment'] },
        { key: 'owner', operator: 'Exists' },
        { key: 'proviso.dev/exempt', operator: 'DoesNotExist', values: [] },
      ],
    },
    materials: [
      { ...sbom, output: true, group: 'sboms', description: 'x', annotations: [{ name: 'suite', value: 'unit' }] },
      { name: 'spdx', type: 'SBOM_SPDX_JSON', group: 'sboms' },
      { name: 'disk', type: 'ARTIFACT', skipUpload: true, optional: true },
    ],
    envAllowList: ['GIT_BRANCH'],
    runner: { type: 'TEKTON_PIPELINE' },
    annotations: [{ name: 'criticality', value: 'high' }, { name: 'ticket' }],
    policies: { attestation: [{ ref: { name: 'q', kind: 'ClusterPolicy' }, gate: true, onSkip: 'Block' }] },
    enforcement: 'Audit',
    signers: [
      { key: { secretRef: { name: 'release-key', key: 'cosign.pub' } } },
      { key: { configMapRef: { name: 'release-key', key: 'cosign.pub' } } },
      {
        keyless: {
          issuer: 'https://issuer.example',
          subjectGlob: 'x*',
          claims: [{ name: 'buildTrigger', value: 'push' }],
          trustRootRef: { name: 'sigstore' },
        },
      },
    ],
    signerThreshold: 2,
    deadline: '24h',
  }),
];
