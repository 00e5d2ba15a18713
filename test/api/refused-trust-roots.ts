import type { RefusedObject } from './refused-objects.ts';

const trustRoot = (spec: object, name = 'public'): object => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'TrustRoot',
  metadata: { name },
  spec,
});

const tuf = { mirror: 'https://tuf.example', root: { inline: '{}' } };

export const REFUSED_TRUST_ROOTS: readonly RefusedObject[] = [
  {
    what: 'a trust root from nowhere',
    object: trustRoot({ sigstore: {} }),
    at: 'spec.sigstore',
    says: /must have exactly one of 'inline', 'configMapRef' and 'tuf'/,
  },
  {
    what: 'a trust root from two places',
    object: trustRoot({ sigstore: { inline: '{}', tuf } }),
    at: 'spec.sigstore',
    says: /must have exactly one of 'inline', 'configMapRef' and 'tuf'/,
  },
  {
    what: 'a trust root whose name is too long for a ConfigMap made from it',
    object: trustRoot({ sigstore: { inline: '{}' } }, 'r'.repeat(64)),
    at: 'metadata.name',
    says: /must have at most 63 characters/,
  },
  {
    what: 'a TUF repository without a root to start from',
    object: trustRoot({ sigstore: { tuf: { ...tuf, root: {} } } }),
    at: 'spec.sigstore.tuf.root',
    says: /must have exactly one of 'inline' and 'configMapRef'/,
  },
  {
    what: 'a TUF repository without TLS',
    object: trustRoot({ sigstore: { tuf: { ...tuf, mirror: 'http://tuf.example' } } }),
    at: 'spec.sigstore.tuf.mirror',
    says: /must be an address that starts with 'https:\/\/', without user, query and fragment/,
    serverSays: /spec\.sigstore\.tuf\.mirror in body should match/,
  },
  {
    what: 'a TUF repository with a password in its address',
    object: trustRoot({ sigstore: { tuf: { ...tuf, mirror: 'https://user:secret@tuf.example' } } }),
    at: 'spec.sigstore.tuf.mirror',
    says: /without user, query and fragment/,
    serverSays: /spec\.sigstore\.tuf\.mirror in body should match/,
  },
  {
    what: 'a target that climbs out of the repository',
    object: trustRoot({ sigstore: { tuf: { ...tuf, target: '../../secret' } } }),
    at: 'spec.sigstore.tuf.target',
    says: /must be a path of letters, digits, '-', '_' and '\.'/,
    serverSays: /spec\.sigstore\.tuf\.target in body should match/,
  },
  {
    what: 'a TUF repository that is looked at all the time',
    object: trustRoot({ sigstore: { tuf: { ...tuf, refreshInterval: '5s' } } }),
    at: 'spec.sigstore.tuf.refreshInterval',
    says: /must be between 10m and 720h/,
  },
  {
    what: 'more proofs than are ever there',
    object: trustRoot({ sigstore: { inline: '{}' }, thresholds: { timestamps: 5 } }),
    at: 'spec.thresholds.timestamps',
    says: /must be at most 4/,
    serverSays: /spec\.thresholds\.timestamps in body should be less than or equal to 4/,
  },
];

export const COMPLETE_TRUST_ROOTS: readonly object[] = [
  trustRoot({
    default: true,
    namespaces: { matchLabels: { team: 'payments' } },
    sigstore: {
      tuf: {
        mirror: 'https://tuf.example:8443/mirror/',
        root: { configMapRef: { name: 'tuf-root', key: 'root.json' } },
        target: 'company/trusted_root.json',
        ca: '-----BEGIN CERTIFICATE-----',
        refreshInterval: '12h',
      },
    },
    thresholds: { logEntries: 1, timestamps: 0, ctEntries: 4 },
  }),
  trustRoot({ sigstore: { configMapRef: { name: 'sigstore-root', key: 'trusted_root.json' } } }),
];
