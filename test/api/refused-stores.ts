import type { RefusedObject } from './refused-objects.ts';

const evidenceStore = (spec: object): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'EvidenceStore',
  metadata: { name: 'default' },
  spec,
});
const bucket = { bucket: 'evidence', credentialsSecretRef: { name: 'keys' } };
const s3 = (spec: object): object => evidenceStore({ s3: { ...bucket, ...spec } });
const kept = (retention: object): object =>
  evidenceStore({ filesystem: { path: '/var/lib/proviso/evidence' }, retention });
const ROLE = 'arn:aws:iam::123456789012:role/proviso';

export const REFUSED_STORES: readonly RefusedObject[] = [
  {
    what: 'a store without a provider',
    object: evidenceStore({ default: true }),
    at: 'spec',
    says: /a store must have exactly one provider/,
  },
  {
    what: 'a store that is its own fallback',
    object: evidenceStore({ default: true, fallback: true, filesystem: { path: '/var/lib/evidence' } }),
    at: 'spec',
    says: /can't be its own fallback/,
  },
  {
    what: 'a store that is moved to itself',
    object: evidenceStore({ movedTo: { name: 'default' }, filesystem: { path: '/var/lib/evidence' } }),
    at: 'spec.movedTo',
    says: /spec\.movedTo must name another store/,
  },
  {
    what: 'a store path that climbs',
    object: evidenceStore({ filesystem: { path: '/var/lib/../../etc' } }),
    at: 'spec.filesystem.path',
    says: /must not contain '\.' or '\.\.'/,
  },
  {
    what: 'a relative store path',
    object: evidenceStore({ filesystem: { path: 'evidence' } }),
    at: 'spec.filesystem.path',
    says: /must be an absolute path/,
    serverSays: /spec\.filesystem\.path in body should match/,
  },
  {
    what: 'a store with two providers',
    object: evidenceStore({ filesystem: { path: '/var/lib/evidence' }, s3: bucket }),
    at: 'spec',
    says: /a store must have exactly one provider/,
  },
  {
    what: 'a bucket that is opened by nobody',
    object: evidenceStore({ s3: { bucket: 'evidence' } }),
    at: 'spec.s3',
    says: /must have exactly one of 'credentialsSecretRef' and 'webIdentity'/,
  },
  {
    what: 'a bucket that is opened in two ways',
    object: s3({ webIdentity: { roleArn: ROLE } }),
    at: 'spec.s3',
    says: /must have exactly one of 'credentialsSecretRef' and 'webIdentity'/,
  },
  {
    what: 'a name that no bucket has',
    object: s3({ bucket: 'other/evidence' }),
    at: 'spec.s3.bucket',
    says: /must be the name of a bucket/,
    serverSays: /spec\.s3\.bucket in body should match/,
  },
  {
    what: 'a prefix that climbs',
    object: s3({ prefix: 'prod/../' }),
    at: 'spec.s3.prefix',
    says: /must not contain '\.' or '\.\.'/,
  },
  {
    what: 'a prefix that is none',
    object: s3({ prefix: 'prod' }),
    at: 'spec.s3.prefix',
    says: /must be parts of letters, .* each with a slash/,
    serverSays: /spec\.s3\.prefix in body should match/,
  },
  {
    what: 'an endpoint with a user',
    object: s3({ endpoint: 'https://user:secret@minio.example' }),
    at: 'spec.s3.endpoint',
    says: /must be an address .* without user, query and fragment/,
    serverSays: /spec\.s3\.endpoint in body should match/,
  },
  {
    what: 'an endpoint that is no address',
    object: s3({ endpoint: 'https://[minio' }),
    at: 'spec.s3.endpoint',
    says: /must be a URL, such as/,
  },
  {
    what: 'a role that is none',
    object: evidenceStore({
      s3: { bucket: 'evidence', webIdentity: { roleArn: 'arn:aws:iam::123456789012:user/me' } },
    }),
    at: 'spec.s3.webIdentity.roleArn',
    says: /must be the ARN of a role/,
    serverSays: /spec\.s3\.webIdentity\.roleArn in body should match/,
  },
  {
    what: 'a URL that is good for a day',
    object: s3({ signedUrls: { expiry: '24h' } }),
    at: 'spec.s3.signedUrls.expiry',
    says: /must be between 1m and 1h/,
  },
  {
    what: 'a URL that is good for nothing',
    object: s3({ signedUrls: { expiry: '59s' } }),
    at: 'spec.s3.signedUrls.expiry',
    says: /must be between 1m and 1h/,
  },
  {
    what: 'a repository without a registry',
    object: evidenceStore({ oci: { repository: 'evidence' } }),
    at: 'spec.oci.repository',
    says: /must be a repository with the host of its registry/,
    serverSays: /spec\.oci\.repository in body should match/,
  },
  {
    what: 'accepted runs that are kept, and others not',
    object: kept({ keepAcceptedFor: '24h', enforcement: 'Audit' }),
    at: 'spec.retention',
    says: /must have 'keepFor' or 'keepLast'|which must be there/,
  },
  {
    what: 'a retention of minutes',
    object: kept({ keepFor: '59m' }),
    at: 'spec.retention',
    says: /spec\.retention\.keepFor must be at least 1h/,
  },
  {
    what: 'accepted runs that are kept for less than others',
    object: kept({ keepFor: '25h', keepAcceptedFor: '24h59m' }),
    at: 'spec.retention',
    says: /spec\.retention\.keepAcceptedFor must be as long as spec\.retention\.keepFor/,
  },
  {
    what: 'a retention in days',
    object: kept({ keepFor: '90d' }),
    at: 'spec.retention.keepFor',
    says: /keepFor/,
    serverSays: /spec\.retention\.keepFor in body should match/,
  },
  {
    what: 'a repository with a tag',
    object: evidenceStore({ oci: { repository: 'registry.example/evidence:latest' } }),
    at: 'spec.oci.repository',
    says: /must be a repository with the host of its registry/,
    serverSays: /spec\.oci\.repository in body should match/,
  },
];

/** Stores with every field in use, which must pass. */
export const COMPLETE_STORES: readonly object[] = [
  evidenceStore({
    default: true,
    maxBlobSize: 1,
    namespaces: { matchLabels: { team: 'payments' } },
    retention: { keepFor: '1h', keepAcceptedFor: '1h', keepLast: 1, enforcement: 'Enforce' },
    filesystem: { path: '/var/lib/proviso/evidence' },
  }),
  s3({
    prefix: "prod/it's-(mine)!/",
    region: 'eu-central-1',
    endpoint: 'http://[::1]:9000/storage/v1/',
    forcePathStyle: true,
    ca: '-----BEGIN CERTIFICATE-----',
    signedUrls: { expiry: '59m60s' },
  }),
  evidenceStore({ s3: { bucket: 'evidence', webIdentity: { roleArn: ROLE } } }),
  evidenceStore({
    oci: {
      repository: 'registry.example:5000/a/b-c__d',
      plainHttp: true,
      ca: '-----BEGIN CERTIFICATE-----',
      credentialsSecretRef: { name: 'login' },
    },
  }),
];
