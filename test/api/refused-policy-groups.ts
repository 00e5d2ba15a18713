import type { RefusedObject } from './refused-objects.ts';

const object = (kind: 'PolicyGroup' | 'ClusterPolicyGroup', spec: object): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind,
  metadata: { name: 'sbom-quality' },
  spec,
});

const attestation = [{ ref: { name: 'pinned' } }];

/** What is refused of either kind. */
const refused = (kind: 'PolicyGroup' | 'ClusterPolicyGroup'): readonly RefusedObject[] => [
  {
    what: `a ${kind} of nothing`,
    object: object(kind, { description: 'nothing' }),
    at: 'spec',
    says: /a group must have 'materials' or 'attestation'/,
  },
  {
    what: `a ${kind} with an optional material that has no name`,
    object: object(kind, {
      materials: [
        { name: 'a', type: 'SARIF' },
        { type: 'SARIF', optional: true },
      ],
    }),
    at: 'spec.materials[1]',
    says: /'optional' needs 'name'/,
  },
  {
    what: `a ${kind} with an input that is required and has a default`,
    object: object(kind, { attestation, inputs: [{ name: 'a', default: '1', required: true }] }),
    at: 'spec.inputs[0]',
    says: /an input with a 'default' is never missing/,
  },
];

export const REFUSED_POLICY_GROUPS: readonly RefusedObject[] = [
  ...refused('PolicyGroup'),
  ...refused('ClusterPolicyGroup'),
  {
    what: 'a group of the cluster that attaches a policy of a namespace',
    object: object('ClusterPolicyGroup', { attestation: [{ ref: { kind: 'Policy', name: 'pinned' } }] }),
    at: 'spec.attestation[0].ref.kind',
    says: /allowed .*ClusterPolicy/,
    serverSays: /spec\.attestation\[0\]\.ref\.kind: Unsupported value: "Policy"/,
  },
  {
    what: 'a group with a material of a type that there is not',
    object: object('PolicyGroup', { materials: [{ type: 'SARIV' }] }),
    at: 'spec.materials[0].type',
    says: /did you mean 'SARIF'\?/,
    serverSays: /spec\.materials\[0\]\.type: Unsupported value: "SARIV"/,
  },
  {
    what: 'a contract that skips the same policy twice',
    object: {
      apiVersion: 'proviso.dev/v1alpha1',
      kind: 'Contract',
      metadata: { name: 'release' },
      spec: { policyGroups: [{ ref: { name: 'sbom-quality' }, skip: ['a', 'a'] }] },
    },
    at: 'spec.policyGroups[0].skip[1]',
    says: /is the same as spec\.policyGroups\[0\]\.skip\[0\]/,
    serverSays: /spec\.policyGroups\[0\]\.skip\[1\]: Duplicate value/,
  },
];

export const COMPLETE_POLICY_GROUPS: readonly object[] = [
  object('PolicyGroup', {
    description: 'each run has an SBOM that says something',
    inputs: [
      { name: 'sbomName', description: 'what it is called', default: 'sbom' },
      { name: 'banned', required: true },
    ],
    materials: [
      {
        name: '{{ inputs.sbomName }}',
        type: 'SBOM_CYCLONEDX_JSON',
        optional: true,
        policies: [
          {
            ref: { kind: 'ClusterPolicy', name: 'licences' },
            with: { list: '{{ inputs.banned }}' },
            gate: true,
            onSkip: 'Block',
            disabled: false,
          },
        ],
      },
      { type: 'SARIF' },
    ],
    attestation: [{ ref: { kind: 'Policy', name: 'pinned' } }],
  }),
  object('ClusterPolicyGroup', { attestation: [{ ref: { kind: 'ClusterPolicy', name: 'pinned' } }] }),
];
