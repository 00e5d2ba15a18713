import type { RefusedObject } from './refused-objects.ts';

const UID = '3f2c1d5e-8a4b-4c6d-9e7f-0a1b2c3d4e5f';
const soon = (): string => new Date(Date.now() + 86_400_000).toISOString();

const waiver = (spec: object): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'Waiver',
  metadata: { name: 'legacy-sbom' },
  spec: {
    selector: { matchLabels: { app: 'legacy' } },
    owner: 'payments',
    reason: 'the vendor is late',
    expires: soon(),
    requestedBy: 'admin',
    ...spec,
  },
});
const policy = { name: 'sbom-is-fresh' };

export const REFUSED_WAIVERS: readonly RefusedObject[] = [
  {
    what: 'a waiver of nothing',
    object: waiver({}),
    at: 'spec',
    says: /must have exactly one of 'policy' and 'material'/,
  },
  {
    what: 'a waiver of a policy and a material',
    object: waiver({ policy, material: 'sbom' }),
    at: 'spec',
    says: /must have exactly one of 'policy' and 'material'/,
  },
  {
    what: 'a waiver with an empty selector',
    object: waiver({ policy, selector: {} }),
    at: 'spec.selector',
    says: /must say which Workflows it is for/,
  },
  {
    what: 'a waiver whose selector has empty parts',
    object: waiver({ policy, selector: { matchLabels: {}, matchExpressions: [] } }),
    at: 'spec.selector',
    says: /must say which Workflows it is for/,
  },
  {
    what: 'a waiver without a selector',
    object: waiver({ policy, selector: undefined }),
    at: 'spec.selector',
    says: /is required/,
    serverSays: /spec\.selector: Required value/,
  },
  {
    what: 'a waiver with a requirement that lacks its values',
    object: waiver({ policy, selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } }),
    at: 'spec.selector.matchExpressions[0]',
    says: /'values' must be given for In and NotIn/,
  },
  {
    what: 'a waiver with values that its requirement does not take',
    object: waiver({ policy, selector: { matchExpressions: [{ key: 'app', operator: 'Exists', values: ['a'] }] } }),
    at: 'spec.selector.matchExpressions[0]',
    says: /'values' must not be given for Exists and DoesNotExist/,
  },
  {
    what: 'a waiver without an end',
    object: waiver({ policy, expires: undefined }),
    at: 'spec.expires',
    says: /is required/,
    serverSays: /spec\.expires: Required value/,
  },
  {
    what: 'a waiver that ends on 30 February',
    object: waiver({ policy, expires: '2026-02-30T00:00:00Z' }),
    at: 'spec.expires',
    says: /must be a day of the calendar/,
    serverSays: /spec\.expires/,
  },
  {
    what: 'a waiver that its author has approved',
    object: waiver({ policy, approvedBy: 'admin', approvedUid: UID }),
    at: 'spec',
    says: /'approvedBy' must be somebody else than 'requestedBy'/,
  },
  {
    what: 'a waiver whose approval says not of what',
    object: waiver({ policy, approvedBy: 'bob' }),
    at: 'spec',
    says: /'approvedBy' and 'approvedUid' are an approval together/,
  },
  {
    what: 'a waiver whose approval is of something without a uid',
    object: waiver({ policy, approvedBy: 'bob', approvedUid: 'legacy-sbom' }),
    at: 'spec.approvedUid',
    says: /must be a metadata\.uid, such as 3f2c1d5e/,
    serverSays: /spec\.approvedUid in body should match/,
  },
];

/** Without an approval, which one that is made can't have. */
export const COMPLETE_WAIVERS: readonly object[] = [
  waiver({
    policy: { kind: 'ClusterPolicy', ...policy },
    selector: {
      matchLabels: { app: 'legacy' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['top'] }],
    },
  }),
  waiver({ material: 'sbom' }),
];
