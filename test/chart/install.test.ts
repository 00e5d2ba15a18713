// deadline: 180
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCrds } from '../../scripts/gen/crds.ts';
import { runCommand } from '../controlplane/command.ts';
import { type ControlPlane, startControlPlane } from '../controlplane/index.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { followPages } from '../support/page-commands.ts';
import { freePort } from '../support/ports.ts';
import { type Running, startProcess } from '../support/process.ts';
import { CHART, Helm, type Rendered, the } from './helm.ts';
import { NEWER_COLUMN, NEWER_KIND, writeOlderChart } from './older-chart.ts';

const test = suite('chart: installed, upgraded, used, uninstalled');
const NAMESPACE = 'proviso-system';
/** Nothing answers there, and nothing is written on this machine. */
const EVIDENCE = { provider: 'oci', oci: { repository: '127.0.0.1:9/evidence' } };

const contract = manifest('Contract', 'release', { materials: [{ name: 'image', type: 'STRING' }] });

const pages = await followPages(import.meta.url);
let helm: Helm;
let plane: ControlPlane;
const running: Running[] = [];

test.before(async () => {
  plane = await startControlPlane();
  helm = await Helm.create(plane.adminKubeconfig);
  await kubectl('create namespace shop');
  await kubectl('create namespace bank');
});
test.after(async () => {
  await Promise.all(running.map((each) => each.stop()));
  await plane?.stop();
  await helm?.close();
});

async function kubectl(args: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await plane.kubectl(args.split(' '), input === undefined ? {} : { input });
  if (code !== 0) throw new Error(`kubectl ${args}: ${stderr}`);
  return stdout.trim();
}

const ROOT = new URL('../..', import.meta.url).pathname;

/** Runs the commands under a heading of a page, which helm is given values for besides those that the page names. */
async function follow(page: string, heading: string, change = (script: string): string => script): Promise<void> {
  const { command, env } = helm.forScripts();
  const values = join(plane.dir, 'page-values.json');
  const program = join(plane.dir, 'helm-with-values');
  await writeFile(values, JSON.stringify({ evidence: EVIDENCE }));
  const given = `case "$1" in install) set -- "$@" --values '${values}' ;; esac`;
  await writeFile(program, `#!/bin/sh\n${given}\nexec ${command} "$@"\n`, { mode: 0o700 });
  const programs = { helm: `'${program}'`, kubectl: `'${plane.kubectlPath}'` };
  const blocks = pages.under(page, heading);
  assert.ok(blocks.length > 0, heading);
  await symlink(join(ROOT, 'charts'), join(plane.dir, 'charts')).catch(() => {});
  for (const block of blocks) {
    const { code, text } = await pages.run(block, { cwd: plane.dir, env, programs, change });
    assert.is(code, 0, `${block.script}${text}`);
  }
}

const read = async (what: string): Promise<Rendered> => JSON.parse(await kubectl(`get ${what} -o json`)) as Rendered;
const names = async (kind: string): Promise<readonly string[]> =>
  (await kubectl(`get ${kind} -n ${NAMESPACE} -o name`)).split('\n').map((line) => line.split('/')[1] ?? '');
const uidOf = (what: string): Promise<string> => kubectl(`get ${what} -o jsonpath={.metadata.uid}`);
const columnsOf = (crd: string): Promise<string> =>
  kubectl(`get crd ${crd}.proviso.dev -o jsonpath={.spec.versions[*].additionalPrinterColumns[*].name}`);

test('an empty cluster takes an earlier version, with a store of a kind that it did not know', async () => {
  await follow('docs/install.md', 'Installing Proviso');
  const older = join(plane.dir, 'older');
  await writeOlderChart(older);
  const said = await helm.done(['install', 'proviso', older, '--create-namespace'], { evidence: EVIDENCE });
  assert.match(said, /Proviso 0\.0\.9 is in the namespace proviso-system/);
  const store = await read('evidencestore default');
  assert.equal((store.spec as { oci: unknown }).oci, EVIDENCE.oci);
  assert.ok(store.metadata.annotations?.['helm.sh/hook']);
  assert.not.match(await columnsOf('evidencestores'), new RegExp(NEWER_COLUMN));
  assert.not((await names('crd')).includes(`${NEWER_KIND}.proviso.dev`));
});

test('a second Proviso in the cluster is refused', async () => {
  const args = ['install', 'other', CHART, '--create-namespace', '--namespace', 'other'];
  const { code, stderr } = await helm.run(args, { evidence: EVIDENCE });
  assert.is(code, 1);
  assert.match(stderr, /exists and cannot be imported into the current release.*proviso-system/s);
});

test('an upgrade changes the CRDs and takes the store over, and nothing that was said is lost', async () => {
  await kubectl('apply -n shop -f -', contract);
  const kept = [
    'evidencestore default',
    'contract.proviso.dev -n shop release',
    'pvc -n proviso-system proviso-archive',
  ];
  kept.push('validatingadmissionpolicy proviso-waivers');
  const before = await Promise.all(kept.map(uidOf));
  const operator = { secretNamespaces: ['shop'] };
  await helm.done(['upgrade', 'proviso', CHART], { evidence: { ...EVIDENCE, maxBlobSize: 1048576 }, operator });
  assert.equal(await Promise.all(kept.map(uidOf)), before);
  const { metadata, spec } = await read('evidencestore default');
  assert.is((spec as { maxBlobSize: number }).maxBlobSize, 1048576);
  assert.is(metadata.annotations?.['helm.sh/hook'], undefined);
  assert.match(await columnsOf('evidencestores'), new RegExp(NEWER_COLUMN));
  assert.ok((await names('crd')).includes(`${NEWER_KIND}.proviso.dev`));
  const image = await kubectl(`get deploy -n ${NAMESPACE} proviso-receiver -o jsonpath={..image}`);
  assert.match(image, /:0\.1\.0$/);
});

test('going back removes no kind and no store, and going on takes them over again', async () => {
  const kept = ['evidencestore default', `crd ${NEWER_KIND}.proviso.dev`, 'contract.proviso.dev -n shop release'];
  const before = await Promise.all(kept.map(uidOf));
  await helm.done(['rollback', 'proviso', '1']);
  assert.not.match(await columnsOf('evidencestores'), new RegExp(NEWER_COLUMN));
  await helm.done(['upgrade', 'proviso', CHART], { evidence: EVIDENCE, operator: { secretNamespaces: ['shop'] } });
  assert.match(await columnsOf('evidencestores'), new RegExp(NEWER_COLUMN));
  assert.equal(await Promise.all(kept.map(uidOf)), before);
});

test('the record of a release has room in its Secret', async () => {
  const records = await kubectl(`get secret -n ${NAMESPACE} -l owner=helm -o jsonpath={.items[*].data.release}`);
  // A Secret may have a MiB.
  for (const record of records.split(' ')) assert.ok(record.length < 500_000, `${record.length}`);
});

test('a store that would be another place is refused, with the way to move it', async () => {
  const elsewhere = { evidence: { provider: 'oci', oci: { repository: '127.0.0.1:9/other' } } };
  const { code, stderr } = await helm.run(['upgrade', 'proviso', CHART], elsewhere);
  assert.is(code, 1);
  assert.match(
    stderr,
    /the EvidenceStore default is the repository 127\.0\.0\.1:9\/evidence, and these values say the/,
  );
  assert.match(stderr, /Set evidence\.name to another name, and move the old store/);
});

test('a certificate that somebody is to give has to be there', async () => {
  const { code, stderr } = await helm.run(['upgrade', 'proviso', CHART], {
    evidence: EVIDENCE,
    certificates: { source: 'secret' },
  });
  assert.is(code, 1);
  assert.match(stderr, /there is no Secret proviso-receiver-tls with the key tls\.crt in the namespace proviso-system/);
});

interface Container {
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}

async function containerOf(name: string): Promise<Container> {
  const { spec } = await read(`deploy -n ${NAMESPACE} proviso-${name}`);
  const [container] = (spec as { template: { spec: { containers: readonly Container[] } } }).template.spec.containers;
  if (container === undefined) throw new Error(`${name} has no container`);
  return container;
}

/** Starts what a pod would, under its account and with its flags, on ports that are free here; resolves when it is ready. */
async function start(name: 'operator' | 'receiver', more: readonly string[]): Promise<void> {
  const { command, args } = await containerOf(name);
  const [node, ...rest] = command;
  assert.is(node, 'node');
  const flags = rest.map((part) => (part === `/app/${name}.mjs` ? 'src/main.ts' : part));
  const health = await freePort();
  const kubeconfig = await plane.serviceAccountKubeconfig(NAMESPACE, `proviso-${name}`);
  const own = ['--kubeconfig', kubeconfig, '--health-port', String(health)];
  const log = join(plane.dir, `${name}.log`);
  running.push(startProcess(name, [name, ...args, ...own, ...more], log, flags));
  await eventually(`readiness of the ${name}`, async () => (await fetch(`http://127.0.0.1:${health}/readyz`)).ok, 30);
}

test('operator and receiver run by the flags and the rights that the chart gives them, and its own test passes', async () => {
  const port = await freePort();
  const { env } = await containerOf('receiver');
  const address = env?.find((each) => each.name === 'PROVISO_ARCHIVE')?.value;
  assert.is(address, 'sqlite:/var/lib/proviso/archive/archive.db');
  const archive = `sqlite:${join(plane.dir, 'archive.db')}`;
  await Promise.all([start('operator', []), start('receiver', ['--port', String(port), '--archive', archive])]);
  await kubectl('wait -n shop --for=condition=Ready --timeout=30s contract.proviso.dev/release');
  const store = await kubectl('get evidencestore default -o jsonpath={.status.conditions[?(@.type=="Ready")].status}');
  assert.is(store, 'False', 'nothing answers where the store is');

  const pod = the(await helm.template(), 'Pod', 'proviso-test');
  const [script] = (pod.spec as { containers: readonly Container[] }).containers.map(({ args }) => args[0] ?? '');
  const env2 = (pod.spec as { containers: readonly Container[] }).containers[0]?.env ?? [];
  const host = env2.find(({ name }) => name === 'HOST')?.value ?? '';
  const ca = join(plane.dir, 'ca.crt');
  await writeFile(ca, await kubectl(`get configmap -n ${NAMESPACE} proviso-trust -o jsonpath={.data.ca\\.crt}`));
  const ask = (name: string) =>
    runCommand(process.execPath, ['--input-type=module', '--eval', script ?? ''], {
      env: { SERVICE: '127.0.0.1', PORT: String(port), HOST: name, CA_FILE: ca, ATTEMPTS: '1' },
    });
  const { code, stdout, stderr } = await ask(host);
  assert.is(code, 0, stderr);
  assert.match(stdout, /answers at https:\/\/proviso-receiver\.proviso-system\.svc/);
  const other = await ask('proviso.example.com');
  assert.is(other.code, 1);
  assert.match(other.stderr, /does not match certificate's altnames/);
});

test('a Workflow gets its token where the operator may write Secrets, and says what is missing elsewhere', async () => {
  for (const namespace of ['shop', 'bank']) {
    await kubectl(`apply -n ${namespace} -f -`, contract);
    await kubectl(`apply -n ${namespace} -f -`, manifest('Workflow', 'build', { contractRef: { name: 'release' } }));
  }
  await eventually('the token', () => read('secret -n shop proviso-build'), 30);
  await eventually('the complaint', async () => {
    const { status } = await read('workflow.proviso.dev -n bank build');
    const said = JSON.stringify(status ?? {});
    return /ProvisioningFailed/.test(said) && /cannot (get|create|patch) resource \\"secrets\\"/.test(said);
  });
  await kubectl('delete -n bank workflow.proviso.dev/build contract.proviso.dev/release');
});

test('uninstalled, what people said and handed in stays, and what holds it', async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
  await helm.done(['uninstall', 'proviso']);
  assert.equal(await names('deploy,service,networkpolicy'), ['']);
  const crds = (await readCrds()).map(({ document }) => document.metadata.name);
  assert.equal((await names('crd')).toSorted(), crds.toSorted());
  assert.equal(await names('pvc'), ['proviso-archive']);
  assert.equal(await names('evidencestore'), ['default']);
  await read('contract.proviso.dev -n shop release');
  assert.equal(await names('validatingadmissionpolicy'), ['proviso-verdicts', 'proviso-waivers']);
  assert.equal(await names('validatingadmissionpolicybinding'), ['proviso-verdicts', 'proviso-waivers']);
  await read(`secret -n ${NAMESPACE} proviso-control-plane-key`);
});

test('installed again, it takes all of that over', async () => {
  const kept = ['evidencestore default', 'crd contracts.proviso.dev', 'validatingadmissionpolicy proviso-waivers'];
  const before = await Promise.all(kept.map(uidOf));
  await follow('README.md', 'Install it in a cluster');
  assert.equal(await Promise.all(kept.map(uidOf)), before);
});

test('step by step, as the pages have it: looked at, upgraded, looked at again, and back', async () => {
  const revision = async (): Promise<unknown> =>
    (JSON.parse(await helm.done(['list', '--output', 'json'])) as readonly { revision: string }[])[0]?.revision;
  const before = await uidOf('evidencestore default');
  const steps = [
    ['Before', '1'],
    ['The upgrade', '2'],
    ['After it', '2'],
    ['Back to the version before', '3'],
  ] as const;
  for (const [heading, expected] of steps) {
    await follow('docs/upgrade.md', heading);
    assert.is(await revision(), expected, heading);
  }
  await follow('docs/install.md', 'Upgrading');
  assert.is(await revision(), '4');
  assert.is(await uidOf('evidencestore default'), before);
});

test('what the page says removes the rest', async () => {
  // Who empties a namespace is the controller manager, which isn't here.
  const change = (script: string): string => script.replace(/^kubectl delete namespace .*/m, '$& --wait=false');
  await follow('docs/install.md', 'Uninstalling', change);
  assert.equal(await names('crd'), ['']);
  assert.equal(await names('validatingadmissionpolicy,validatingadmissionpolicybinding'), ['']);
  assert.ok((await read(`namespace ${NAMESPACE}`)).metadata);
});

test('every command that the pages have for this file was run', () => assert.equal(pages.rest(), []));

test.run();
