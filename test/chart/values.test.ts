import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { chartValues } from '../../scripts/gen/chart-values.ts';
import { CHART, Helm, type Rendered, type Values } from './helm.ts';

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: unknown;
  readonly items?: Node;
  readonly [key: string]: unknown;
}

const test = suite('chart: values');
let helm: Helm;
let text: string;
let schema: Node;
test.before(async () => {
  helm = await Helm.create();
  text = await readFile(`${CHART}/values.yaml`, 'utf8');
  schema = JSON.parse(await readFile(`${CHART}/values.schema.json`, 'utf8')) as Node;
});
test.after(() => helm.close());

const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

/** Maps of which Kubernetes or the user says what is in them. */
const FREE = /Labels|nnotations|labels|nodeSelector|matchLabels/;

/** The values with a member too many in each map, and where those are. */
function withSurplus(value: Values, path: string, places: string[]): Values {
  places.push(path);
  const members = Object.entries(value).map(([name, member]) => {
    const own = `${path}/${name}`;
    return [name, isMap(member) && !FREE.test(name) ? withSurplus(member, own, places) : member] as const;
  });
  return { ...Object.fromEntries(members), surplus: true };
}

test('a value that nobody reads is refused by its path, wherever it stands', async () => {
  const places: string[] = [];
  const said = await helm.refusal(withSurplus(load(text) as Values, '', places));
  assert.ok(places.length > 30, places.join());
  for (const place of places) {
    const line = `at '${place}': additional properties 'surplus' not allowed`;
    assert.ok(said.includes(line), `${line} is not in\n${said}`);
  }
});

test('every object of the schema is closed', () => {
  const open: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    const { properties, additionalProperties } = node as Node;
    // A volume is of whatever kinds the cluster knows; its API server refuses the others.
    const isClosed = additionalProperties === false || path === '/definitions/volumes/items';
    if (properties !== undefined && !isClosed) open.push(path);
    for (const [name, member] of Object.entries(node)) walk(member, `${path}/${name}`);
  };
  walk(schema, '');
  assert.equal(open, []);
});

test('the schema knows the values that there are, and no others', () => {
  const values = chartValues(text);
  const resolve = (path: readonly string[]): Node | undefined =>
    path.reduce<Node | undefined>((node, name) => node?.properties?.[name], schema);
  for (const { path, value } of [{ path: '', value: '' }, ...values]) {
    const parts = path === '' ? [] : path.split('.');
    const node = resolve(parts);
    assert.ok(node !== undefined, `the schema lacks ${path}`);
    if (value !== '') continue;
    const below = values.filter((each) => each.path.split('.').slice(0, -1).join('.') === path);
    const names = below.map((each) => each.path.split('.').at(-1));
    const known = Object.keys(node?.properties ?? {}).filter((name) => name !== 'global');
    assert.equal(known.sort(), names.sort(), path);
  }
});

const REFUSED: readonly (readonly [Values, RegExp])[] = [
  [{ receiver: { replicas: 'two' } }, /at '\/receiver\/replicas': got string, want integer/],
  [{ receiver: { replicas: -1 } }, /at '\/receiver\/replicas': minimum/],
  [
    { evidence: { provider: 'nfs' } },
    /at '\/evidence\/provider': value must be one of 'filesystem', 's3', 'oci', 'none'/,
  ],
  [{ evidence: { filesystem: { accessMode: 'ReadWriteOncePod' } } }, /at '\/evidence\/filesystem\/accessMode'/],
  [{ evidence: { retention: { keepfor: '1h' } } }, /at '\/evidence\/retention': additional properties 'keepfor'/],
  [
    { endpoint: 'http://proviso.example.com' },
    /at '\/endpoint': 'http:\/\/proviso.example.com' does not match pattern/,
  ],
  [{ verifierId: 'https://example.com/' }, /at '\/verifierId'/],
  [{ image: { digest: 'sha256:abc' } }, /at '\/image\/digest'/],
  [{ oidcIssuers: [{ issuer: 'http://a.example' }] }, /at '\/oidcIssuers\/0\/issuer'/],
  [{ oidcIssuers: [{ issuer: 'https://a.example', audience: 'x' }] }, /at '\/oidcIssuers\/0': additional properties/],
  [{ podSecurity: { runAsUser: 0 } }, /at '\/podSecurity\/runAsUser': minimum/],
  [{ archive: { archivedOnly: 'yes' } }, /at '\/archive\/archivedOnly'/],
  [{ logLevel: 'info"\n- --x' }, /at '\/logLevel'/],
];

for (const [values, sentence] of REFUSED) {
  test(`refused: ${JSON.stringify(values)}`, async () => assert.match(await helm.refusal(values), sentence));
}

test('helm has nothing to complain about, and packs what makes the same', async () => {
  await helm.done(['lint', '--strict', CHART]);
  const folder = await mkdtemp(join(tmpdir(), 'proviso-chart-'));
  try {
    const packed = await helm.done(['package', CHART, '--destination', folder]);
    assert.match(packed, /proviso-\d+\.\d+\.\d+\.tgz/);
    const [archive = ''] = await readdir(folder);
    assert.equal(
      await helm.done(['template', 'proviso', join(folder, archive)]),
      await helm.done(['template', 'proviso', CHART]),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('names that look like numbers stay names', async () => {
  const name = '1e3';
  const pod = { priorityClassName: name };
  const text = await helm.done(['template', name, CHART, '--namespace', '42'], {
    evidence: { name, filesystem: { existingClaim: name, storageClass: name } },
    archive: { sqlite: { storageClass: name } },
    ingress: { enabled: true, className: name, host: 'proviso.example.com' },
    endpoint: 'https://proviso.example.com',
    operator: { ...pod, secretNamespaces: ['7'] },
    receiver: pod,
  });
  const found: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (node === 1000 || node === 42 || node === 7) found.push(path);
    if (typeof node !== 'object' || node === null) return;
    for (const [key, member] of Object.entries(node)) walk(member, `${path}/${key}`);
  };
  const objects = loadAll(text) as Rendered[];
  // What API servers take for a number: YAML 1.1 and JSON know an exponent without a dot.
  for (const object of objects.filter((each) => each?.kind !== 'CustomResourceDefinition')) walk(object, object?.kind);
  assert.equal(found, []);
});

test('a cluster that is too old is refused', async () => {
  const { code, stderr } = await helm.run(['template', 'proviso', CHART, '--kube-version', '1.30.9']);
  assert.is(code, 1);
  assert.match(stderr, /requires kubeVersion: >=1\.31\.0-0/);
  await helm.done(['template', 'proviso', CHART, '--kube-version', '1.31.0']);
});

test('a chart that includes this one may have global values', async () => {
  assert.ok((await helm.template({ global: { anything: 1 } })).length > 30);
});

test('a value without a comment has no place on the page', () => {
  assert.throws(() => chartValues('a: 1\n'), /values\.yaml:1 has no comment: a: 1/);
  assert.throws(() => chartValues('# What it is.\na:\n  - 1\n'), /values\.yaml:3 is neither a comment nor a value/);
  assert.equal(chartValues('# Outer.\na:\n  # Inner.\n  b: {c: 1}\n# Last.\nd: ""\n'), [
    { path: 'a', value: '', comment: 'Outer.' },
    { path: 'a.b', value: '{c: 1}', comment: 'Inner.' },
    { path: 'd', value: '""', comment: 'Last.' },
  ]);
});

test.run();
