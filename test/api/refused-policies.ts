import type { RefusedObject } from './refused-objects.ts';

const inline = 'violations: []';
const digest = `sha256:${'ab'.repeat(32)}`;
const kinds = ['SBOM_CYCLONEDX_JSON'];

const object = (kind: 'Policy' | 'ClusterPolicy', spec: object): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind,
  metadata: { name: 'sbom-is-fresh' },
  spec: { source: { inline }, ...spec },
});
const policy = (spec: object): object => object('Policy', spec);

/** What is refused of either kind. */
const refused = (kind: 'Policy' | 'ClusterPolicy'): readonly RefusedObject[] => [
  {
    what: `a ${kind} that judges nothing`,
    object: object(kind, {}),
    at: 'spec',
    says: /must have exactly one of 'kinds' and 'attestation: true'/,
  },
  {
    what: `a ${kind} that judges both materials and the attestation`,
    object: object(kind, { kinds, attestation: true }),
    at: 'spec',
    says: /must have exactly one of 'kinds' and 'attestation: true'/,
  },
  {
    what: `a ${kind} whose source is two`,
    object: object(kind, { kinds, source: { inline, oci: { reference: `ghcr.io/o/p@${digest}` } } }),
    at: 'spec.source',
    says: /must have exactly one of 'inline', 'configMapRef' and 'oci'/,
  },
  {
    what: `a ${kind} with an input that is required and has a default`,
    object: object(kind, { kinds, inputs: [{ name: 'a' }, { name: 'maxAge', default: '1h', required: true }] }),
    at: 'spec.inputs[1]',
    says: /an input with a 'default' is never missing/,
  },
];

export const REFUSED_POLICIES: readonly RefusedObject[] = [
  ...refused('Policy'),
  ...refused('ClusterPolicy'),
  {
    what: 'a policy that says it is not for the attestation, and for nothing else',
    object: policy({ attestation: false }),
    at: 'spec',
    says: /must have exactly one of 'kinds' and 'attestation: true'/,
  },
  {
    what: 'a policy for no type of material',
    object: policy({ kinds: [] }),
    at: 'spec.kinds',
    says: /must have at least 1 entry/,
    serverSays: /spec\.kinds in body should have at least 1 items/,
  },
  {
    what: 'a policy for a material type that there is not',
    object: policy({ kinds: ['SBOM_CYCLONEDX'] }),
    at: 'spec.kinds[0]',
    says: /did you mean 'SBOM_CYCLONEDX_JSON'\?/,
    serverSays: /spec\.kinds\[0\]: Unsupported value: "SBOM_CYCLONEDX"/,
  },
  {
    what: 'a policy for the same type twice',
    object: policy({ kinds: [...kinds, ...kinds] }),
    at: 'spec.kinds[1]',
    says: /is the same as spec\.kinds\[0\]/,
    serverSays: /spec\.kinds\[1\]: Duplicate value/,
  },
  {
    what: 'a policy of an engine that there is not',
    object: policy({ kinds, engine: 'REGO' }),
    at: 'spec.engine',
    says: /did you mean 'Rego'\? allowed are CEL, Rego/,
    serverSays: /spec\.engine: Unsupported value: "REGO"/,
  },
  {
    what: 'a policy over the attestation when a material is added',
    object: policy({ attestation: true, phases: ['Push', 'Add'] }),
    at: 'spec',
    says: /the phase Add is for materials/,
  },
  {
    what: 'a policy over materials before there are any',
    object: policy({ kinds, phases: ['Init'] }),
    at: 'spec',
    says: /the phase Init has no materials yet/,
  },
  {
    what: 'a policy that is never evaluated',
    object: policy({ kinds, phases: [] }),
    at: 'spec.phases',
    says: /must have at least 1 entry/,
    serverSays: /spec\.phases in body should have at least 1 items/,
  },
  {
    what: 'the same input twice',
    object: policy({ kinds, inputs: [{ name: 'maxAge' }, { name: 'maxAge', default: '1h' }] }),
    at: 'spec.inputs[1].name',
    says: /'maxAge' is taken by spec\.inputs\[0\]/,
    serverSays: /spec\.inputs\[1\]: Duplicate value/,
  },
  {
    what: 'an input that no source can name',
    object: policy({ kinds, inputs: [{ name: 'max-age' }] }),
    at: 'spec.inputs[0].name',
    says: /must be the name of a variable/,
    serverSays: /spec\.inputs\[0\]\.name in body should match/,
  },
  {
    what: 'a policy without a source',
    object: policy({ kinds, source: {} }),
    at: 'spec.source',
    says: /must have exactly one of 'inline', 'configMapRef' and 'oci'/,
  },
  {
    what: 'a source that is too long',
    object: policy({ kinds, source: { inline: 'x'.repeat(65537) } }),
    at: 'spec.source.inline',
    says: /must have at most 65536 characters/,
    serverSays: /spec\.source\.inline: Too long: may not be more than 65536/,
  },
  ...[
    `ghcr.io/o/p:v1`,
    `ghcr.io/o/p@${digest.slice(0, -1)}`,
    `ghcr.io@${digest}`,
    `user:secret@ghcr.io/o/p@${digest}`,
  ].map((reference) => ({
    what: `the artifact ${reference}`,
    object: policy({ kinds, source: { oci: { reference } } }),
    at: 'spec.source.oci.reference',
    says: /must be a repository with the host of its registry and a digest/,
    serverSays: /spec\.source\.oci\.reference in body should match/,
  })),
];

const complete = {
  description: 'no SBOM is older than a day',
  engine: 'Rego',
  kinds: ['SBOM_CYCLONEDX_JSON', 'SBOM_SPDX_JSON'],
  phases: ['Add', 'Push'],
  inputs: [
    { name: 'maxAge', description: 'such as 24h', default: '24h', required: false },
    { name: 'team', required: true },
  ],
  source: { configMapRef: { name: 'policies', key: 'sbom-is-fresh.rego' } },
};

export const COMPLETE_POLICIES: readonly object[] = [
  policy(complete),
  policy({ attestation: true, phases: ['Init', 'Push'] }),
  object('ClusterPolicy', complete),
  object('ClusterPolicy', {
    attestation: true,
    source: { oci: { reference: `registry.example:5000/team/policies@${digest}` } },
  }),
];
