import type { Values } from './helm.ts';

const BUCKET = { bucket: 'proviso-evidence', credentialsSecret: 'proviso-evidence-credentials' };
const POSTGRES = { type: 'postgres', postgres: { existingSecret: 'proviso-archive', key: 'address' } };
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

/** A pod with everything that may be said of one. */
const POD = {
  resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi', cpu: 2 } },
  podDisruptionBudget: { enabled: true, maxUnavailable: '50%' },
  serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/proviso' },
  annotations: { team: 'payments' },
  podAnnotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true' },
  podLabels: { team: 'payments' },
  extraEnv: [
    { name: 'HTTPS_PROXY', value: 'http://proxy:3128' },
    { name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  ],
  extraVolumes: [{ name: 'ca', configMap: { name: 'company-ca' } }],
  extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/company', readOnly: true }],
  priorityClassName: 'system-cluster-critical',
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchExpressions: [{ key: 'arch', operator: 'In', values: ['amd64'] }] }],
      },
    },
  },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' },
  ],
};

/** Installations that differ in what they are made of; together they set every value there is. */
export const CASES: Readonly<Record<string, Values>> = {
  'the defaults': {},
  'several receivers, a bucket and PostgreSQL': {
    evidence: { provider: 's3', s3: BUCKET, retention: { keepFor: '2160h', keepLast: 20, enforcement: 'Audit' } },
    archive: POSTGRES,
    networkPolicy: { database: { ports: [6432], to: [{ namespaceSelector: { matchLabels: { name: 'database' } } }] } },
    receiver: { autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 9, targetCPUUtilizationPercentage: 60 } },
    image: { digest: DIGEST, repository: 'registry.example.com/proviso', pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'registry' }],
  },
  'a bucket by the identity of the pods, and issuers outside': {
    evidence: {
      provider: 's3',
      s3: {
        bucket: 'proviso-evidence',
        roleArn: 'arn:aws:iam::123456789012:role/proviso',
        region: 'eu-central-1',
        prefix: 'prod/',
        endpoint: 'https://minio.storage.svc:9000',
        stsEndpoint: 'https://sts.storage.svc',
        tokenAudience: 'minio',
        forcePathStyle: true,
        signedUrls: '5m',
        ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      },
      namespaceLabels: { team: 'payments' },
    },
    oidcIssuers: [
      { issuer: 'https://token.actions.githubusercontent.com' },
      {
        issuer: 'https://gitlab.example.com',
        provider: 'gitlab',
        ca: '-----BEGIN CERTIFICATE-----\nBBBB\n-----END CERTIFICATE-----\n',
      },
    ],
  },
  'a registry, and no archive': {
    evidence: {
      provider: 'oci',
      name: 'registry',
      maxBlobSize: 1073741824,
      oci: {
        repository: 'registry.example.com/proviso/evidence',
        credentialsSecret: 'login',
        plainHttp: true,
        ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      },
    },
    archive: { type: 'none' },
    operator: { replicas: 3, workers: 4, secretNamespaces: ['default'], auditLogPath: '-' },
    receiver: { replicas: 3 },
  },
  'a volume that many nodes can have': {
    evidence: {
      provider: 'filesystem',
      filesystem: { accessMode: 'ReadWriteMany', storageClass: 'nfs', size: '1Ti' },
    },
    archive: { archivedOnly: false, sqlite: { size: '1Gi', storageClass: 'fast' } },
  },
  'claims of somebody else': {
    evidence: { filesystem: { existingClaim: 'evidence' } },
    archive: { archivedOnly: true, sqlite: { existingClaim: 'archive' } },
    crds: { install: false },
    rbac: { aggregate: false },
    image: { tag: 'v9' },
  },
  'passed through from outside, with certificates of cert-manager': {
    endpoint: 'https://proviso.example.com',
    verifierId: 'https://example.com/clusters/prod',
    certificates: {
      source: 'cert-manager',
      certManager: {
        issuerRef: { kind: 'Issuer', name: 'company', group: 'cert-manager.io' },
        duration: '720h',
        renewBefore: '240h',
      },
    },
    ingress: { enabled: true, className: 'nginx', host: 'proviso.example.net', annotations: { a: 'b' } },
    gateway: {
      kind: 'TLSRoute',
      parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'tls' }],
      hostnames: ['proviso.example.com'],
      annotations: { a: 'b' },
    },
  },
  'through a gateway that ends TLS, with a certificate of somebody else': {
    certificates: { source: 'secret' },
    gateway: { kind: 'HTTPRoute', parentRefs: [{ name: 'public' }], hostnames: ['proviso.example.com'] },
    receiver: {
      service: {
        type: 'LoadBalancer',
        port: 8443,
        nodePort: 32443,
        loadBalancerClass: 'example.com/internal',
        loadBalancerSourceRanges: ['203.0.113.0/24'],
        annotations: { a: 'b' },
      },
      eventEndpoints: ['http://broker.events.svc.cluster.local:8080', 'https://*.corp.example'],
      auditLogPath: '-',
    },
  },
  'everything that may be said of pods, and all that watches them': {
    operator: POD,
    receiver: POD,
    commonLabels: { team: 'payments' },
    logLevel: 'debug',
    podSecurity: { setIds: true, runAsUser: 1000, fsGroup: 2000 },
    metrics: {
      serviceMonitor: { enabled: true, interval: '10s', labels: { release: 'prometheus' } },
      prometheusRule: { enabled: true, labels: { release: 'prometheus' }, runbookUrl: 'https://example.com/runbook' },
      dashboard: { enabled: true, labels: { grafana_dashboard: '1' } },
    },
    networkPolicy: {
      from: [{ namespaceSelector: { matchLabels: { team: 'payments' } } }, { ipBlock: { cidr: '203.0.113.0/24' } }],
      scrapeFrom: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'prometheus' } } }],
      enabled: true,
      dns: { ports: [53, 5353], to: [{ ipBlock: { cidr: '169.254.20.10/32' } }] },
      apiServer: { ports: [6443], to: [{ ipBlock: { cidr: '10.0.0.1/32' } }] },
      web: { ports: [443, 8443], to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] } }] },
      extraEgress: [{ ports: [{ port: 3128, protocol: 'TCP' }], to: [{ podSelector: { matchLabels: { a: 'b' } } }] }],
    },
  },
  'as little as can be': {
    evidence: { provider: 'none' },
    archive: { type: 'none' },
    networkPolicy: { enabled: false },
    podSecurity: { setIds: false },
    operator: { replicas: 1, podDisruptionBudget: { enabled: false } },
    receiver: { podDisruptionBudget: { enabled: false } },
  },
};
