import { readdir, readFile } from 'node:fs/promises';
import { loadAll } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHART_COPIES, MONITORING_COPIES } from '../../scripts/gen/chart.ts';
import { CHART, Helm, type Rendered, the } from './helm.ts';

const test = suite('chart: rights');
const ROOT = new URL('../../', import.meta.url).pathname;
const HELD = new Set(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ServiceAccount', 'ConfigMap']);
HELD.add('ValidatingAdmissionPolicy').add('ValidatingAdmissionPolicyBinding').add('CustomResourceDefinition');

let helm: Helm;
let rendered: readonly Rendered[];
test.before(async () => {
  helm = await Helm.create();
  rendered = await helm.template();
});
test.after(() => helm.close());

async function applied(): Promise<readonly Rendered[]> {
  const folders = Object.keys(CHART_COPIES).map(async (folder) => {
    const names = (await readdir(`${ROOT}${folder}`)).filter((name) => name.endsWith('.yaml'));
    const texts = await Promise.all(names.map((name) => readFile(`${ROOT}${folder}/${name}`, 'utf8')));
    return texts.flatMap((text) => loadAll(text) as Rendered[]);
  });
  return (await Promise.all(folders)).flat().filter(({ kind }) => kind !== 'Namespace');
}

/** What counts in an object: all but the labels and annotations that say whose it is. */
function essence({ metadata, ...rest }: Rendered) {
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => key.startsWith('rbac.'));
  return { ...rest, name: metadata.name, namespace: metadata.namespace, labels: Object.fromEntries(labels) };
}

const nameOf = ({ kind, metadata }: Rendered) => `${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

test('the chart makes exactly the roles, policies and CRDs that are applied without it', async () => {
  const expected = await applied();
  const chart = rendered.filter(({ kind }) => HELD.has(kind));
  assert.equal(chart.map(nameOf).sort(), expected.map(nameOf).sort());
  for (const object of expected) assert.equal(essence(the(chart, object.kind, object.metadata.name)), essence(object));
});

test('the chart carries no copy of what is not there any more', async () => {
  for (const [from, to] of Object.entries({ ...CHART_COPIES, ...MONITORING_COPIES })) {
    const names = (await readdir(`${ROOT}${from}`)).filter((name) => name !== 'tests');
    assert.equal((await readdir(`${ROOT}${to}`)).sort(), names.sort());
  }
});

test('what the roles and policies say of a namespace is that of the release', async () => {
  const text = await helm.done(['template', 'proviso', CHART, '--namespace', 'evidence']);
  assert.not.match(text, /proviso-system/);
  assert.match(text, /system:serviceaccount:evidence:proviso-operator/);
});

test('without aggregation the roles of the cluster stay what they are', async () => {
  const roles = (await helm.template({ rbac: { aggregate: false } })).filter(({ kind }) => kind === 'ClusterRole');
  assert.ok(roles.length > 3);
  for (const { metadata } of roles) assert.not.match(JSON.stringify(metadata.labels), /aggregate-to/);
});

test('where namespaces are named, the operator reads Secrets of no other', async () => {
  const objects = await helm.template({ operator: { secretNamespaces: ['shop', 'bank'] } });
  type Rules = readonly { readonly resources: readonly string[] }[];
  const about = (object: Rendered) => (object.rules as Rules).filter(({ resources }) => resources.includes('secrets'));
  const everywhere = the(objects, 'ClusterRole', 'proviso-operator');
  assert.equal(about(everywhere), []);
  const usual = the(rendered, 'ClusterRole', 'proviso-operator');
  assert.is((everywhere.rules as Rules).length, (usual.rules as Rules).length - 1);
  const roles = objects.filter(({ kind, metadata }) => kind === 'Role' && metadata.name === 'proviso-operator-secrets');
  assert.equal(roles.map(({ metadata }) => metadata.namespace).sort(), ['bank', 'proviso-system', 'shop']);
  for (const role of roles) assert.equal(role.rules, about(usual));
});

test('a Secret of another name is granted to the receiver by that name alone', async () => {
  const s3 = { bucket: 'proviso-evidence', credentialsSecret: 'keys' };
  const objects = await helm.template({ evidence: { provider: 's3', s3 } });
  const rule = { apiGroups: [''], resources: ['secrets'], resourceNames: ['keys'], verbs: ['get'] };
  assert.equal(the(objects, 'Role', 'proviso-receiver-evidence').rules, [rule]);
  const usual = { bucket: 'proviso-evidence', credentialsSecret: 'proviso-evidence-credentials' };
  const known = await helm.template({ evidence: { provider: 's3', s3: usual } });
  assert.not(known.some(({ metadata }) => metadata.name === 'proviso-receiver-evidence'));
});

test.run();
