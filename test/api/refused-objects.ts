import { COMPLETE_CLUSTER_CONTRACTS, REFUSED_CLUSTER_CONTRACTS } from './refused-cluster-contracts.ts';
import { REFUSED_IMAGE_SIGNERS } from './refused-image-signers.ts';
import { COMPLETE_POLICIES, REFUSED_POLICIES } from './refused-policies.ts';
import { COMPLETE_POLICY_GROUPS, REFUSED_POLICY_GROUPS } from './refused-policy-groups.ts';
import { REFUSED_SOURCES } from './refused-sources.ts';
import { COMPLETE_STORES, REFUSED_STORES } from './refused-stores.ts';
import { COMPLETE_SUBSCRIPTIONS, REFUSED_SUBSCRIPTIONS } from './refused-subscriptions.ts';
import { REFUSED_TIMES } from './refused-times.ts';
import { COMPLETE_TRUST_ROOTS, REFUSED_TRUST_ROOTS } from './refused-trust-roots.ts';
import { COMPLETE_WAIVERS, REFUSED_WAIVERS } from './refused-waivers.ts';

/** An object that must be refused, both by the API server and by the check without one. */
export interface RefusedObject {
  readonly what: string;
  readonly object: object;
  /** The field path that the offline check names. */
  readonly at: string;
  /** What the offline check says. */
  readonly says: RegExp;
  /** What the API server says, where its own words differ. */
  readonly serverSays?: RegExp;
}

const apiVersion = 'proviso.dev/v1alpha1';
export const contract = (spec: object, name = 'release'): object => ({
  apiVersion,
  kind: 'Contract',
  metadata: { name },
  spec,
});
export const workflow = (spec: object, name = 'build'): object => ({
  apiVersion,
  kind: 'Workflow',
  metadata: { name },
  spec: { contractRef: { name: 'release' }, ...spec },
});
const sbom = { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' };
const image = { name: 'image', type: 'CONTAINER_IMAGE' };
const secretRef = { name: 'release-key', key: 'cosign.pub' };
const keyless = { issuer: 'https://issuer.example', subject: 'x' };
const oidc = { issuer: 'https://issuer.example', audience: 'proviso', claims: { repository: 'o/r' } };

const CONTRACTS: readonly RefusedObject[] = [
  {
    what: 'an unknown field',
    object: contract({ materails: [] }),
    at: 'spec.materails',
    says: /unknown field 'materails'; did you mean 'materials'\?/,
    serverSays: /unknown field "spec\.materails"/,
  },
  {
    what: 'an unknown material type',
    object: contract({ materials: [{ name: 'sbom', type: 'SBOM_CYCLONEDX' }] }),
    at: 'spec.materials[0].type',
    says: /did you mean 'SBOM_CYCLONEDX_JSON'\? allowed are ARTIFACT, /,
    serverSays: /Unsupported value: "SBOM_CYCLONEDX": supported values: "ARTIFACT", /,
  },
  {
    what: 'the same name twice',
    object: contract({ materials: [sbom, sbom] }),
    at: 'spec.materials[1].name',
    says: /'sbom' is taken by spec\.materials\[0\]/,
    serverSays: /spec\.materials\[1\]: Duplicate value/,
  },
  {
    what: 'a material without a type',
    object: contract({ materials: [{ name: 'sbom' }] }),
    at: 'spec.materials[0].type',
    says: /is required/,
    serverSays: /spec\.materials\[0\]\.type: Required value/,
  },
  {
    what: 'a material name that is no label',
    object: contract({ materials: [{ name: 'The SBOM', type: 'ARTIFACT' }] }),
    at: 'spec.materials[0].name',
    says: /must be a DNS label/,
    serverSays: /spec\.materials\[0\]\.name in body should match/,
  },
  {
    what: 'a group of one',
    object: contract({ materials: [{ ...sbom, group: 'sboms' }] }),
    at: 'spec.materials[0].group',
    says: /a group must have at least two members/,
  },
  {
    what: 'an optional member of a group',
    object: contract({
      materials: [
        { ...sbom, group: 'sboms', optional: true },
        { name: 'spdx', type: 'SBOM_SPDX_JSON', group: 'sboms' },
      ],
    }),
    at: 'spec.materials[0]',
    says: /a material with 'group' must not be 'optional'/,
  },
  {
    what: 'a STRING that is not uploaded',
    object: contract({ materials: [{ name: 'note', type: 'STRING', skipUpload: true }] }),
    at: 'spec.materials[0]',
    says: /'skipUpload' has no meaning for type STRING/,
  },
  {
    what: 'a material without a published schema that is not to be held to one',
    object: contract({ materials: [{ name: 'tests', type: 'JUNIT_XML', strict: false }] }),
    at: 'spec.materials[0]',
    says: /'strict: false' is only for types whose format has a published schema/,
  },
  {
    what: 'a signer that is nothing',
    object: contract({ signers: [{}] }),
    at: 'spec.signers[0]',
    says: /a signer must have exactly one of 'key' and 'keyless'/,
  },
  {
    what: 'a signer that is two things',
    object: contract({ signers: [{ key: { secretRef }, keyless }] }),
    at: 'spec.signers[0]',
    says: /a signer must have exactly one of 'key' and 'keyless'/,
  },
  {
    what: 'a key from two places',
    object: contract({ signers: [{ key: { secretRef, inline: 'x' } }] }),
    at: 'spec.signers[0].key',
    says: /a key must have exactly one of 'secretRef', 'configMapRef' and 'inline'/,
  },
  {
    what: 'a keyless signer without a subject',
    object: contract({ signers: [{ keyless: { issuer: 'https://issuer.example' } }] }),
    at: 'spec.signers[0].keyless',
    says: /a keyless signer must have exactly one of 'subject' and 'subjectGlob'/,
  },
  {
    what: 'a keyless signer without an issuer',
    object: contract({ signers: [{ keyless: { subject: 'x' } }] }),
    at: 'spec.signers[0].keyless.issuer',
    says: /is required/,
    serverSays: /spec\.signers\[0\]\.keyless\.issuer: Required value/,
  },
  {
    what: 'a keyless signer for anybody',
    object: contract({ signers: [{ keyless: { issuer: 'https://issuer.example', subjectGlob: '*' } }] }),
    at: 'spec.signers[0].keyless.subjectGlob',
    says: /must have at least 2 characters|a name with/,
    serverSays: /spec\.signers\[0\]\.keyless\.subjectGlob: Invalid value/,
  },
  {
    what: 'a threshold without signers',
    object: contract({ signerThreshold: 2 }),
    at: 'spec',
    says: /'signerThreshold' needs 'signers'/,
  },
  {
    what: 'a threshold that no run could reach',
    object: contract({ signers: [{ keyless }], signerThreshold: 2 }),
    at: 'spec',
    says: /'signerThreshold' must not be more than there are 'signers'/,
  },
  {
    what: 'a deadline in words',
    object: contract({ deadline: 'one hour' }),
    at: 'spec.deadline',
    says: /must be a duration such as 1h/,
    serverSays: /spec\.deadline in body should match/,
  },
  {
    what: 'a deadline that is too far',
    object: contract({ deadline: '721h' }),
    at: 'spec.deadline',
    says: /spec\.deadline must be between 1m and 720h/,
  },
  {
    what: 'a deadline of no time',
    object: contract({ deadline: '0s' }),
    at: 'spec.deadline',
    says: /spec\.deadline must be between 1m and 720h/,
  },
  {
    what: 'the same variable twice',
    object: contract({ envAllowList: ['GIT_BRANCH', 'GIT_BRANCH'] }),
    at: 'spec.envAllowList[1]',
    says: /is the same as spec\.envAllowList\[0\]/,
    serverSays: /spec\.envAllowList\[1\]: Duplicate value/,
  },
  {
    what: 'too many materials',
    object: contract({ materials: Array.from({ length: 65 }, (_, i) => ({ name: `m${i}`, type: 'ARTIFACT' })) }),
    at: 'spec.materials',
    says: /must have at most 64 entries/,
    serverSays: /spec\.materials: Too many: 65: must have at most 64 items/,
  },
  {
    what: 'an annotation name with a dash',
    object: contract({ annotations: [{ name: 'suite-name' }] }),
    at: 'spec.annotations[0].name',
    says: /must be a word of letters, digits and underscores/,
    serverSays: /spec\.annotations\[0\]\.name in body should match/,
  },
  {
    what: 'a flag in quotes',
    object: contract({ materials: [{ ...sbom, optional: 'yes' }] }),
    at: 'spec.materials[0].optional',
    says: /must be a boolean, not a string/,
    serverSays: /spec\.materials\[0\]\.optional: Invalid value: "string"/,
  },
  {
    what: 'a name too long for a label',
    object: contract({}, 'r'.repeat(64)),
    at: 'metadata.name',
    says: /metadata\.name must have at most 63 characters/,
  },
];

const OTHERS: readonly RefusedObject[] = [
  {
    what: 'a workflow name too long for what is made from it',
    object: workflow({}, 'b'.repeat(41)),
    at: 'metadata.name',
    says: /metadata\.name must have at most 40 characters/,
  },
  {
    what: 'a workflow name with a dot',
    object: workflow({}, 'build.main'),
    at: 'metadata.name',
    says: /metadata\.name must be a DNS label/,
  },
  {
    what: 'a token that is too short-lived',
    object: workflow({ token: { expiration: '5m' } }),
    at: 'spec.token.expiration',
    says: /spec\.token\.expiration must be between 10m and 720h/,
  },
  {
    what: 'a history of nothing',
    object: workflow({ history: { limit: 0 } }),
    at: 'spec.history.limit',
    says: /must be at least 1/,
    serverSays: /spec\.history\.limit in body should be greater than or equal to 1/,
  },
  {
    what: 'a retention that keeps nothing',
    object: workflow({ retention: {} }),
    at: 'spec.retention',
    says: /spec\.retention must have 'keepFor' or 'keepLast'/,
  },
  {
    what: 'a rate in percent',
    object: workflow({ expectations: { minSuccessRate: 90 } }),
    at: 'spec.expectations.minSuccessRate',
    says: /must be at most 1/,
    serverSays: /spec\.expectations\.minSuccessRate in body should be less than or equal to 1/,
  },
  {
    what: 'an OIDC submitter with no claim',
    object: workflow({ submitters: [{ oidc: { ...oidc, claims: {} } }] }),
    at: 'spec.submitters[0].oidc.claims',
    says: /must have at least 1 entry/,
    serverSays: /spec\.submitters\[0\]\.oidc\.claims in body should have at least 1 properties/,
  },
  {
    what: 'an OIDC issuer without TLS',
    object: workflow({ submitters: [{ oidc: { ...oidc, issuer: 'http://issuer.example' } }] }),
    at: 'spec.submitters[0].oidc.issuer',
    says: /must be an address that starts with 'https:\/\/'/,
    serverSays: /spec\.submitters\[0\]\.oidc\.issuer in body should match/,
  },
];

export const REFUSED_OBJECTS: readonly RefusedObject[] = [
  ...CONTRACTS,
  ...REFUSED_SOURCES,
  ...REFUSED_IMAGE_SIGNERS,
  ...REFUSED_TIMES,
  ...REFUSED_CLUSTER_CONTRACTS,
  ...OTHERS,
  ...REFUSED_STORES,
  ...REFUSED_TRUST_ROOTS,
  ...REFUSED_POLICIES,
  ...REFUSED_WAIVERS,
  ...REFUSED_SUBSCRIPTIONS,
  ...REFUSED_POLICY_GROUPS,
];

/** One of each kind with every field in use, which must pass. */
export const COMPLETE_OBJECTS: readonly object[] = [
  contract({
    description: 'what the release pipeline owes',
    materials: [
      { ...sbom, output: true, group: 'sboms', description: 'x', annotations: [{ name: 'suite', value: 'unit' }] },
      { name: 'spdx', type: 'SBOM_SPDX_JSON', group: 'sboms', optional: false },
      { name: 'disk', type: 'ARTIFACT', skipUpload: true, optional: true },
      { ...image, signers: [{ key: { secretRef } }, { keyless }] },
    ],
    envAllowList: ['GIT_BRANCH'],
    runner: { type: 'TEKTON_PIPELINE' },
    annotations: [{ name: 'criticality', value: 'high' }, { name: 'ticket' }],
    policies: {
      materials: [
        {
          ref: { name: 'p', kind: 'Policy' },
          with: { a: 'b' },
          selector: { name: 'sbom', type: 'SARIF' },
          disabled: true,
        },
      ],
      attestation: [{ ref: { name: 'q' }, gate: true, onSkip: 'Block', disabled: true }],
    },
    policyGroups: [
      { ref: { kind: 'ClusterPolicyGroup', name: 'g' }, with: { a: 'b' }, skip: ['p'], gate: true, onSkip: 'Allow' },
      { ref: { name: 'h' }, disabled: true },
    ],
    enforcement: 'Audit',
    signers: [
      { key: { secretRef } },
      { key: { configMapRef: secretRef } },
      { key: { inline: '-----BEGIN PUBLIC KEY-----' } },
      { key: { secretRef, validFrom: '2024-02-29T23:59:59.123456789+14:00', validUntil: '2024-02-29T10:00:00-00:30' } },
      { keyless },
    ],
    deadline: '1h30m',
  }),
  workflow({
    description: 'x',
    project: 'shop',
    team: 'payments',
    submitters: [{ oidc }],
    token: { expiration: '24h' },
    history: { limit: 10000 },
    retention: { keepFor: '1h', keepAcceptedFor: '99999h99999m', keepLast: 1000000 },
    evidenceStoreRef: { name: 'default' },
    expectations: { maxInterval: '26h', minSuccessRate: 0.9, maxDuration: '45m' },
  }),
  ...COMPLETE_STORES,
  ...COMPLETE_CLUSTER_CONTRACTS,
  ...COMPLETE_TRUST_ROOTS,
  ...COMPLETE_POLICIES,
  ...COMPLETE_WAIVERS,
  ...COMPLETE_SUBSCRIPTIONS,
  ...COMPLETE_POLICY_GROUPS,
];
