import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Helm, type Values } from './helm.ts';

const test = suite('chart: what it refuses');
let helm: Helm;
test.before(async () => {
  helm = await Helm.create();
});
test.after(() => helm.close());

const SHARED = { provider: 'filesystem', filesystem: { accessMode: 'ReadWriteMany' } };
const POSTGRES = { type: 'postgres', postgres: { existingSecret: 'archive' } };

const CASES: readonly (readonly [string, Values, RegExp])[] = [
  [
    'an archive in SQLite with two receivers',
    { evidence: SHARED, receiver: { replicas: 2 } },
    /archive\.type is sqlite, a file that only one receiver can fill.*: set archive\.type to postgres, or have one receiver/,
  ],
  [
    'an archive in SQLite with receivers that scale',
    { evidence: SHARED, receiver: { autoscaling: { enabled: true } } },
    /archive\.type is sqlite/,
  ],
  [
    'a volume for one node with two receivers',
    { archive: POSTGRES, receiver: { replicas: 2 } },
    /accessMode is ReadWriteOnce.*: set it to ReadWriteMany with a storageClass that has it, set evidence\.provider to s3 or oci/,
  ],
  [
    'a volume for one node with receivers that scale',
    { archive: POSTGRES, receiver: { autoscaling: { enabled: true } } },
    /accessMode is ReadWriteOnce/,
  ],
  [
    'runs that wait for an archive that there is not',
    { archive: { type: 'none', archivedOnly: true } },
    /no finished run could ever be removed: set archive\.type to sqlite or postgres, or archive\.archivedOnly to auto/,
  ],
  [
    'PostgreSQL without an address',
    { archive: { type: 'postgres' } },
    /archive\.postgres\.existingSecret is empty: name a Secret/,
  ],
  [
    'a bucket without a name',
    { evidence: { provider: 's3', s3: { credentialsSecret: 'keys' } } },
    /evidence\.s3\.bucket is empty/,
  ],
  [
    'a bucket that nobody may open',
    { evidence: { provider: 's3', s3: { bucket: 'proviso-evidence' } } },
    /exactly one of evidence\.s3\.credentialsSecret and evidence\.s3\.roleArn/,
  ],
  [
    'a bucket that is opened in two ways',
    {
      evidence: {
        provider: 's3',
        s3: { bucket: 'proviso-evidence', credentialsSecret: 'keys', roleArn: 'arn:aws:iam::1:role/p' },
      },
    },
    /exactly one of/,
  ],
  ['a registry without a repository', { evidence: { provider: 'oci' } }, /evidence\.oci\.repository is empty/],
  [
    'more receivers at least than at most',
    {
      archive: POSTGRES,
      evidence: SHARED,
      receiver: { autoscaling: { enabled: true, minReplicas: 7, maxReplicas: 6 } },
    },
    /minReplicas is more than receiver\.autoscaling\.maxReplicas/,
  ],
  [
    'a load that is measured against nothing',
    {
      archive: POSTGRES,
      evidence: SHARED,
      receiver: { autoscaling: { enabled: true }, resources: { requests: { cpu: null } } },
    },
    /autoscaling needs receiver\.resources\.requests\.cpu/,
  ],
  ['cert-manager without an issuer', { certificates: { source: 'cert-manager' } }, /issuerRef\.name is empty/],
  ['an Ingress for no host', { ingress: { enabled: true } }, /ingress\.host is empty/],
  [
    "an Ingress for a host that the operator's certificate isn't for",
    { ingress: { enabled: true, host: 'proviso.example.com' } },
    /certificate is for proviso-receiver\.proviso-system\.svc alone: set endpoint to https:\/\/proviso\.example\.com/,
  ],
  [
    'a route for such a host',
    { gateway: { kind: 'TLSRoute', parentRefs: [{ name: 'public' }], hostnames: ['proviso.example.com'] } },
    /set endpoint to https:\/\/proviso\.example\.com, or certificates\.source to cert-manager or secret/,
  ],
  ['a route of no Gateway', { gateway: { kind: 'HTTPRoute', hostnames: ['a.example'] } }, /parentRefs is empty/],
  ['a route for no host', { gateway: { kind: 'HTTPRoute', parentRefs: [{ name: 'public' }] } }, /hostnames is empty/],
];

for (const [what, values, sentence] of CASES) {
  test(what, async () => {
    const said = await helm.refusal(values);
    assert.match(said, sentence);
    assert.match(said, /execution error at \(proviso\/templates\/rights\.yaml/);
  });
}

test.run();
