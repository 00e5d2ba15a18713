import { readdir, readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chartValues } from '../../scripts/gen/chart-values.ts';
import { OPERATOR_NODE_FLAGS } from '../../src/operator/node-flags.ts';
import { CASES } from './cases.ts';
import { CHART, Helm, type Rendered, the, type Values } from './helm.ts';

interface Deployment {
  readonly spec: {
    readonly replicas?: number;
    readonly strategy?: { readonly type: string };
    readonly template: {
      readonly metadata: { readonly labels: Values; readonly annotations: Readonly<Record<string, string>> };
      readonly spec: {
        readonly affinity: Readonly<Record<string, unknown>>;
        readonly topologySpreadConstraints?: readonly { readonly labelSelector: unknown }[];
        readonly volumes: readonly Values[];
        readonly containers: readonly {
          readonly image: string;
          readonly command: readonly string[];
          readonly args: readonly string[];
          readonly env?: readonly { readonly name: string }[];
        }[];
      };
    };
  };
}

const test = suite('chart: pods and what is around them');
let helm: Helm;
test.before(async () => {
  helm = await Helm.create();
});
test.after(() => helm.close());

const deployment = (objects: readonly Rendered[], name: string): Deployment['spec'] =>
  (the(objects, 'Deployment', `proviso-${name}`) as unknown as Deployment).spec;

const containerOf = (objects: readonly Rendered[], name: string) => {
  const [container] = deployment(objects, name).template.spec.containers;
  if (container === undefined) throw new Error(`${name} has no container`);
  return container;
};
const named = (objects: readonly Rendered[], kind: string): readonly string[] =>
  objects.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);

const SHARED = { evidence: { filesystem: { accessMode: 'ReadWriteMany' } }, archive: { type: 'none' } };

test('the cases set every value that there is', async () => {
  const set = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    set.add(path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [name, member] of Object.entries(value)) walk(member, path === '' ? name : `${path}.${name}`);
  };
  for (const values of Object.values(CASES)) walk(values, '');
  const all = chartValues(await readFile(`${CHART}/values.yaml`, 'utf8')).map(({ path }) => path);
  assert.equal(
    all.filter((path) => !set.has(path)),
    [],
  );
});

test('a digest alone says which image; without one the tag does, and without that the version of the chart', async () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  for (const [image, expected] of [
    [{}, 'ghcr.io/proviso-dev/proviso:0.1.0'],
    [{ tag: 'v9' }, 'ghcr.io/proviso-dev/proviso:v9'],
    [{ tag: 'v9', digest, repository: 'a.example/b' }, `a.example/b@${digest}`],
  ] as const) {
    const objects = await helm.template({ image });
    for (const name of ['operator', 'receiver']) assert.is(containerOf(objects, name).image, expected);
  }
});

test('Node is started as the processes are measured, with the bundles that the build makes', async () => {
  const objects = await helm.template();
  const operator = ['node', ...OPERATOR_NODE_FLAGS, '/app/operator.mjs'];
  assert.equal(containerOf(objects, 'operator').command, operator);
  assert.equal(containerOf(objects, 'receiver').command, ['node', '/app/receiver.mjs']);
});

test('where events may be told besides the internet, and where decisions are written down', async () => {
  const flags = (objects: readonly Rendered[]) =>
    containerOf(objects, 'receiver').args.filter((each) => /event-endpoints|audit-log/.test(each));
  assert.equal(flags(await helm.template()), []);
  const endpoints = ['http://broker.events.svc.cluster.local:8080', 'https://*.corp.example'];
  assert.equal(
    flags(await helm.template({ receiver: { eventEndpoints: endpoints, auditLogPath: '/logs/audit.jsonl' } })),
    [`--event-endpoints=${endpoints.join(',')}`, '--audit-log-path=/logs/audit.jsonl'],
  );
  const operated = await helm.template({ operator: { auditLogPath: '-' } });
  assert.ok(containerOf(operated, 'operator').args.includes('--audit-log-path=-'));
  assert.match(String(await helm.template({ operator: { auditLogPath: 'audit' } }).catch(String)), /auditLogPath/);
  for (const receiver of [
    { eventEndpoints: ['corp.example'] },
    { eventEndpoints: ['https://a,http://b'] },
    { auditLogPath: 'audit' },
  ]) {
    assert.match(String(await helm.template({ receiver }).catch(String)), /eventEndpoints|auditLogPath/);
  }
});

test('pods that share a volume of one node are on one node, and no budget keeps that from being drained', async () => {
  const objects = await helm.template({ archive: { type: 'none' } });
  const wanted = { 'app.kubernetes.io/name': 'proviso', 'app.kubernetes.io/instance': 'proviso' };
  for (const name of ['operator', 'receiver']) {
    const { template } = deployment(objects, name);
    const [term] = (template.spec.affinity.podAffinity as { requiredDuringSchedulingIgnoredDuringExecution: Values[] })
      .requiredDuringSchedulingIgnoredDuringExecution;
    const key = 'app.kubernetes.io/component';
    const matchExpressions = [{ key, operator: 'In', values: ['operator', 'receiver'] }];
    assert.equal(term, {
      topologyKey: 'kubernetes.io/hostname',
      labelSelector: { matchLabels: wanted, matchExpressions },
    });
    for (const [label, value] of Object.entries({ ...wanted, [key]: name })) {
      assert.is(template.metadata.labels[label], value);
    }
  }
  assert.equal(named(objects, 'PodDisruptionBudget'), []);
});

test('what is said of nodes is said besides that', async () => {
  const nodeAffinity = { preferredDuringSchedulingIgnoredDuringExecution: [] };
  const kindsOf = async (values: Values): Promise<readonly string[]> => {
    const objects = await helm.template({ ...values, receiver: { affinity: { nodeAffinity } } });
    return Object.keys(deployment(objects, 'receiver').template.spec.affinity).sort();
  };
  assert.equal(await kindsOf({}), ['nodeAffinity', 'podAffinity']);
  assert.equal(await kindsOf(SHARED), ['nodeAffinity', 'podAntiAffinity']);
});

test('pods that share nothing are apart, spread over zones, and have a budget where there are several', async () => {
  const one = await helm.template(SHARED);
  assert.equal(named(one, 'PodDisruptionBudget'), ['proviso-operator']);
  const { spec } = deployment(one, 'receiver').template;
  assert.ok(spec.affinity.podAntiAffinity);
  assert.is(spec.affinity.podAffinity, undefined);
  const labels = { 'app.kubernetes.io/name': 'proviso', 'app.kubernetes.io/instance': 'proviso' };
  const selector = { matchLabels: { ...labels, 'app.kubernetes.io/component': 'receiver' } };
  assert.equal(spec.topologySpreadConstraints?.[0]?.labelSelector, selector);
  const several = await helm.template({ ...SHARED, receiver: { replicas: 2 } });
  assert.equal(named(several, 'PodDisruptionBudget'), ['proviso-operator', 'proviso-receiver']);
});

test('a receiver with an archive in SQLite ends before the next begins; others overlap', async () => {
  assert.is(deployment(await helm.template(), 'receiver').strategy?.type, 'Recreate');
  assert.is(deployment(await helm.template(SHARED), 'receiver').strategy?.type, 'RollingUpdate');
});

test('receivers that scale have no fixed number', async () => {
  const objects = await helm.template({ ...SHARED, receiver: { autoscaling: { enabled: true } } });
  assert.is(deployment(objects, 'receiver').replicas, undefined);
  assert.equal(named(objects, 'HorizontalPodAutoscaler'), ['proviso-receiver']);
  assert.equal(named(await helm.template(), 'HorizontalPodAutoscaler'), []);
});

test('runs wait for the archive where there is one, unless told otherwise', async () => {
  const waits = async (archive: Values): Promise<readonly [boolean, boolean]> => {
    const objects = await helm.template({ archive });
    const policies = named(objects, 'ValidatingAdmissionPolicyBinding');
    const { args } = containerOf(objects, 'operator');
    return [args.includes('--archived-only'), policies.includes('proviso-keep-until-archived')];
  };
  assert.equal(await waits({}), [true, true]);
  assert.equal(await waits({ archivedOnly: false }), [false, false]);
  assert.equal(await waits({ type: 'none' }), [false, false]);
});

test('another list of issuers makes other pods, and carries their authorities', async () => {
  const ca = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  const oidcIssuers = [{ issuer: 'https://a.example' }, { issuer: 'https://b.example', ca }];
  const objects = await helm.template({ oidcIssuers });
  const data = the(objects, 'ConfigMap', 'proviso-oidc-issuers').data as Readonly<Record<string, string>>;
  assert.equal(JSON.parse(data['issuers.json'] ?? ''), [
    { issuer: 'https://a.example' },
    { issuer: 'https://b.example', ca: 'ca-1.crt' },
  ]);
  assert.is(data['ca-1.crt'], ca);
  const others = await helm.template({ oidcIssuers: oidcIssuers.slice(0, 1) });
  for (const name of ['operator', 'receiver']) {
    assert.ok(containerOf(objects, name).args.includes('--oidc-issuers=/etc/proviso/oidc/issuers.json'));
    const [sum, other] = [objects, others].map(
      (each) => deployment(each, name).template.metadata.annotations['checksum/oidc-issuers'],
    );
    assert.is.not(sum, other);
  }
});

test('the address of a database stands in no Deployment', async () => {
  const archive = { type: 'postgres', postgres: { existingSecret: 'db', key: 'address' } };
  const objects = await helm.template({ ...SHARED, archive });
  const valueFrom = { secretKeyRef: { name: 'db', key: 'address' } };
  assert.equal(containerOf(objects, 'receiver').env, [{ name: 'PROVISO_ARCHIVE', valueFrom }]);
  assert.is(containerOf(objects, 'operator').env, undefined);
});

test('what is not named is denied: nobody reaches the operator, and the receiver on no other port', async () => {
  const labels = { 'app.kubernetes.io/name': 'proviso', 'app.kubernetes.io/instance': 'proviso' };
  const tests = { matchLabels: { ...labels, 'app.kubernetes.io/component': 'test' } };
  const objects = await helm.template();
  const ingress = (name: string) =>
    (the(objects, 'NetworkPolicy', name).spec as { ingress: unknown; policyTypes: unknown }) ?? {};
  assert.equal(ingress('proviso-operator').ingress, null);
  assert.equal(ingress('proviso-operator').policyTypes, ['Ingress', 'Egress']);
  assert.equal(ingress('proviso-receiver').ingress, [
    { ports: [{ port: 'https', protocol: 'TCP' }], from: [{ namespaceSelector: {} }, { podSelector: tests }] },
  ]);
  assert.equal(ingress('proviso-receiver').policyTypes, ['Ingress', 'Egress']);
});

test('what the values name outside can be reached, on whatever port it is', async () => {
  const portsTo = async (values: Values): Promise<readonly number[]> => {
    const { egress } = the(await helm.template(values), 'NetworkPolicy', 'proviso-receiver').spec as {
      egress: readonly { readonly ports: readonly { readonly port: number }[] }[];
    };
    return egress[2]?.ports.map(({ port }) => port) ?? [];
  };
  const s3 = {
    bucket: 'proviso-evidence',
    roleArn: 'arn:aws:iam::1:role/p',
    endpoint: 'http://minio.storage.svc:9000',
  };
  assert.equal(await portsTo({}), [443]);
  assert.equal(await portsTo({ evidence: { provider: 's3', s3 } }), [443, 9000]);
  assert.equal(
    await portsTo({ evidence: { provider: 's3', s3: { ...s3, stsEndpoint: 'http://sts' } } }),
    [443, 9000, 80],
  );
  const oci = { repository: 'registry.example.com:5000/evidence' };
  const oidcIssuers = [{ issuer: 'https://a.example:8443/x', jwksUri: 'https://b.example/keys' }];
  assert.equal(await portsTo({ evidence: { provider: 'oci', oci }, oidcIssuers }), [443, 5000, 8443]);
});

test('pipelines are sent to the port of the Service, or where the values say', async () => {
  const sentTo = async (values: Values): Promise<string | undefined> => {
    const { args } = containerOf(await helm.template(values), 'operator');
    return args.find((arg) => arg.startsWith('--endpoint='))?.slice('--endpoint='.length);
  };
  assert.is(await sentTo({}), 'https://proviso-receiver.proviso-system.svc');
  assert.is(
    await sentTo({ receiver: { service: { port: 8443 } } }),
    'https://proviso-receiver.proviso-system.svc:8443',
  );
  assert.is(await sentTo({ endpoint: 'https://proviso.example.com' }), 'https://proviso.example.com');
});

test('Prometheus and Grafana get what is in config/monitoring, and both processes are read', async () => {
  const enabled = { enabled: true };
  const metrics = { prometheusRule: enabled, dashboard: enabled, serviceMonitor: enabled };
  const from = [{ podSelector: {} }];
  const objects = await helm.template({ metrics, networkPolicy: { scrapeFrom: from } });
  const monitoring = new URL('../../config/monitoring/', import.meta.url);
  const rules = await readFile(new URL('rules.yaml', monitoring), 'utf8');
  assert.equal(the(objects, 'PrometheusRule', 'proviso').spec, load(rules));
  const { data } = the(objects, 'ConfigMap', 'proviso-dashboards');
  const names = await readdir(new URL('dashboards/', monitoring));
  const files = names.map((name) => readFile(new URL(`dashboards/${name}`, monitoring), 'utf8'));
  const shown = (await Promise.all(files)).map((text, n) => [`proviso-${names[n]}`, text] as const);
  assert.equal(data, Object.fromEntries(shown));
  for (const [component, service] of [
    ['operator', 'proviso-operator'],
    ['receiver', 'proviso-receiver-metrics'],
  ] as const) {
    const { selector, endpoints } = the(objects, 'ServiceMonitor', `proviso-${component}`).spec as {
      selector: { matchLabels: object };
      endpoints: readonly { port: string; honorLabels: boolean; relabelings: unknown }[];
    };
    const [endpoint] = endpoints;
    const { metadata, spec } = the(objects, 'Service', service);
    const { ports, selector: pods } = spec as {
      ports: readonly { name: string; targetPort: string }[];
      selector: object;
    };
    assert.is(ports.find(({ name }) => name === endpoint?.port)?.targetPort, 'health');
    assert.ok(endpoint?.honorLabels);
    assert.equal(endpoint.relabelings, [{ targetLabel: 'job', replacement: `proviso-${component}` }]);
    for (const [label, value] of Object.entries(selector.matchLabels)) assert.is(metadata.labels?.[label], value);
    assert.equal(pods, selector.matchLabels);
    const { ingress } = the(objects, 'NetworkPolicy', `proviso-${component}`).spec as { ingress: readonly unknown[] };
    assert.equal(ingress.at(-1), { ports: [{ port: 'health', protocol: 'TCP' }], from });
  }
});

test('alerts lead to the runbook that the values name', async () => {
  const runbookUrl = 'https://wiki.example/proviso';
  const objects = await helm.template({ metrics: { prometheusRule: { enabled: true, runbookUrl } } });
  const text = JSON.stringify(the(objects, 'PrometheusRule', 'proviso'));
  const links = [...text.matchAll(/"runbook_url":"([^#]+)#/g)].map(([, url]) => url);
  assert.ok(links.length > 10);
  assert.equal([...new Set(links)], [runbookUrl]);
});

test.run();
