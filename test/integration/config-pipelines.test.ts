// deadline: 300
import { mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { DEFAULT_DIR } from '../../src/cli/config.ts';
import { runTemplate } from '../support/argo.ts';
import {
  CONFIG,
  configObjects,
  controllerReference,
  createIn,
  npmSource,
  readConfig,
} from '../support/config-files.ts';
import {
  type Container,
  fillIn,
  projectVolume,
  runContainer,
  type Values,
  type Volume,
} from '../support/containers.ts';
import { followPages } from '../support/page-commands.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { some } from '../support/some.ts';
import { type PipelineTask, runPipelineTask } from '../support/tekton.ts';
import { pipelineCrds } from '../tools/crds.ts';

const JOB = 'jobs/job.yaml';

const pages = await followPages(import.meta.url);
let shop: Shop;
const test = suite('pipelines as config/ has them');

test.before(async () => {
  shop = await openShop(await readConfig('jobs/contract.yaml'));
  await shop.tokenOf('shop');
  const crds = await pipelineCrds();
  await shop.kubectl(`create -f ${crds}`);
  await shop.kubectl(`wait --for=condition=Established --timeout=30s -f ${crds}`);
});
test.after(() => shop?.stop());

async function runOf({ metadata }: KubeObject): Promise<WorkflowRun> {
  const runs = (await shop.runs()).filter(({ spec }) => spec.identity.owner?.uid === metadata.uid);
  assert.is(runs.length, 1, 'a pipeline has one run');
  return some(runs[0]);
}
const verdict = ({ status }: WorkflowRun): string | undefined =>
  status?.conditions?.find(({ type }) => type === 'Succeeded')?.reason;

async function startPipeline(
  name: string,
): Promise<readonly [KubeObject, Values, readonly PipelineTask[], readonly PipelineTask[]]> {
  const pipelineRun = await createIn(shop, await readConfig('tekton/samples/pipelinerun.yaml'));
  const { spec } = load(await readConfig('tekton/samples/pipeline.yaml')) as {
    spec: { tasks: readonly PipelineTask[]; finally: readonly PipelineTask[] };
  };
  const directory = await npmSource(shop, name);
  const values = {
    'params.workflow': 'shop',
    'workspaces.source.path': directory,
    'results.package.path': join(directory, 'result'),
    'context.pipelineRun.name': pipelineRun.metadata.name,
  };
  return [pipelineRun, values, spec.tasks, spec.finally];
}

/** Of each file a field that its definition has to know. */
const FIELDS: Readonly<Record<string, string>> = {
  'tekton/task/proviso-attest/0.1/proviso-attest.yaml': 'stepTemplate',
  'tekton/task/proviso-reset/0.1/proviso-reset.yaml': 'volumeMounts',
  'tekton/stepaction/proviso/0.1/proviso.yaml': 'workingDir',
  'tekton/samples/pipeline.yaml': 'finally',
  'tekton/samples/pipelinerun.yaml': 'serviceAccountName',
  'argo/proviso.yaml': 'securityContext',
  'argo/samples/workflow.yaml': 'templateRef',
  'jobs/job.yaml': 'serviceAccountName',
};

/** How an object is tried: under whose name, and into which namespace if it has none of its own. */
function waysOf({ kind, metadata }: KubeObject): string {
  const verb = metadata.name === undefined ? 'create' : 'apply --server-side --force-conflicts --field-manager=config';
  const where = metadata.namespace === undefined ? ' -n shop' : '';
  return `${verb}${where}${kind === 'Waiver' ? ' --as=alice@example.com --as-group=system:masters' : ''}`;
}

/** What the API server says of each, and keeps none of: the lines of what it took, and what it refused. */
async function triedAll(objects: readonly KubeObject[]): Promise<{ readonly taken: number; readonly said: string }> {
  let [taken, said] = [0, ''];
  for (const [ways, items] of Map.groupBy(objects, waysOf)) {
    const args = `${ways} --validate=strict --dry-run=server -f -`.split(' ');
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    const { stdout, stderr } = await shop.stack.controlPlane.kubectl(args, { input });
    taken += stdout.split('\n').filter((line) => line.endsWith('(server dry run)')).length;
    said += stderr;
  }
  return { taken, said };
}

test('all that is in config/ is valid by the real definitions, and nothing of it is with a field that there is not', async () => {
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const objects = (await configObjects()).map(({ object }) =>
    // The time of the sample passes.
    object.kind === 'Waiver' ? { ...object, spec: { ...object.spec, expires } } : object,
  );
  assert.ok(objects.length > 60, `${objects.length}`);
  assert.equal(await triedAll(objects), { taken: objects.length, said: '' });
  const misspelt = objects.map((object) =>
    object.spec === undefined ? { ...object, misspelt: 1 } : { ...object, spec: { ...object.spec, misspelt: 1 } },
  );
  const { taken, said } = await triedAll(misspelt);
  assert.is(taken, 0);
  // kubectl says it once of each kind.
  const refused = [...said.matchAll(/ValidationError\((\w+)[^)]*\): unknown field "misspelt"/g)].map(
    ([, kind]) => kind,
  );
  assert.equal(new Set(refused), new Set(objects.map(({ kind }) => kind)));
});

test('a field misspelt deep inside of what pipelines are made of is refused', async () => {
  const check = (input: string) =>
    shop.stack.controlPlane.kubectl('create -n shop --validate=strict --dry-run=server -f -'.split(' '), { input });
  for (const [path, field] of Object.entries(FIELDS)) {
    const text = await readConfig(path);
    const wrong = await check(text.replace(`${field}:`, `${field}s:`));
    assert.equal([wrong.code, /unknown field/.test(wrong.stderr)], [1, true], `${path}: ${wrong.stderr}`);
  }
  // A Pipeline lets anything be in a task that it holds, so each is judged as the Task that it is.
  const { spec } = load(await readConfig('tekton/samples/pipeline.yaml')) as {
    spec: { tasks: readonly PipelineTask[] };
  };
  const held = spec.tasks.flatMap(({ name, taskSpec }) => (taskSpec === undefined ? [] : [{ name, taskSpec }]));
  assert.is(held.length, 2);
  for (const { name, taskSpec } of held) {
    const task = { apiVersion: 'tekton.dev/v1', kind: 'Task', metadata: { name } };
    const { code, stderr } = await check(JSON.stringify({ ...task, spec: taskSpec }));
    assert.is(code, 0, `${name}: ${stderr}`);
    const wrong = await check(JSON.stringify({ ...task, spec: { ...taskSpec, step: [] } }));
    assert.match(wrong.stderr, /unknown field "spec\.step"/);
  }
  const { version } = JSON.parse(await readFile(new URL('../package.json', CONFIG), 'utf8')) as { version: string };
  for (const path of Object.keys(FIELDS)) {
    for (const [, found] of (await readConfig(path)).matchAll(/ghcr\.io\/proviso-dev\/proviso:(\S+)/g)) {
      assert.is(found, version, path);
    }
  }
});

test('what is for the catalog is where it looks, and says what it asks for', async () => {
  const files = Object.keys(FIELDS).filter((path) => /^tekton\/(task|stepaction)\//.test(path));
  for (const path of files) {
    const [, , name, version] = path.split('/');
    const { metadata } = load(await readConfig(path)) as KubeObject;
    assert.equal([metadata.name, metadata.labels?.['app.kubernetes.io/version']], [name, version]);
    for (const key of ['pipelines.minVersion', 'categories', 'tags', 'displayName', 'platforms']) {
      assert.ok(metadata.annotations?.[`tekton.dev/${key}`], `${path}: ${key}`);
    }
  }
});

test('Tekton: a build, an SBOM and an attestation, each task in a pod of its own, are one accepted run', async () => {
  const [pipelineRun, values, tasks, last] = await startPipeline('tekton');
  const [build, sbom, attest] = tasks.map((task) => some(task));
  await Promise.all([build, sbom].map((task) => runPipelineTask(shop, pipelineRun, some(task), values)));
  const built = await readFile(String(values['results.package.path']), 'utf8');
  await runPipelineTask(shop, pipelineRun, some(attest), { ...values, 'tasks.build.results.package': built });
  const run = await runOf(pipelineRun);
  assert.is(verdict(run), 'Accepted');
  assert.is(run.spec.identity.owner?.kind, 'PipelineRun');
  assert.equal(run.spec.runner, { type: 'TEKTON_PIPELINE', authenticated: true });
  assert.equal(run.status?.materials?.map(({ name }) => name).sort(), ['package', 'sbom']);
  // A task after the push failed: the verdict stays, and the finally task is content.
  const failed = some(last.find(({ when }) => when?.[0]?.values.includes('Failed')));
  await runPipelineTask(shop, pipelineRun, failed, values);
  assert.is(verdict(await runOf(pipelineRun)), 'Accepted');
});

test('Tekton: finally ends the run by the status of the tasks, also when none had handed anything in', async () => {
  const reasons = { Failed: 'PipelineFailed', None: 'Cancelled', Succeeded: undefined, Completed: undefined };
  for (const [status, expected] of Object.entries(reasons)) {
    const [pipelineRun, values, , last] = await startPipeline(status.toLowerCase());
    const meant = last.filter(({ when }) =>
      when?.every(({ input, values: list }) => list.includes(fillIn(input, { 'tasks.status': status }))),
    );
    assert.is(meant.length, expected === undefined ? 0 : 1);
    for (const task of meant) {
      await runPipelineTask(shop, pipelineRun, task, values);
      assert.is(verdict(await runOf(pipelineRun)), expected);
    }
  }
});

async function startArgo(name: string): Promise<readonly [KubeObject, Values, string]> {
  const workflow = await createIn(shop, await readConfig('argo/samples/workflow.yaml'));
  return [workflow, { 'workflow.parameters.workflow': 'shop' }, await npmSource(shop, name)];
}

test('Argo: two pods add at once, one pushes, and all are one accepted run; the exit handler spares it', async () => {
  const [workflow, values, work] = await startArgo('argo');
  await runTemplate(shop, workflow, 'argo/samples/workflow.yaml', 'main', values, work);
  const run = await runOf(workflow);
  assert.is(verdict(run), 'Accepted');
  assert.equal(run.spec.runner, { type: 'ARGO_WORKFLOW', authenticated: true });
  const ended = { ...values, 'workflow.status': 'Succeeded' };
  await runTemplate(shop, workflow, 'argo/samples/workflow.yaml', 'exit', ended, work);
  assert.is(verdict(await runOf(workflow)), 'Accepted');
});

test('Argo: the exit handler ends the run of a Workflow that failed', async () => {
  const [workflow, values, work] = await startArgo('argo-failed');
  await runTemplate(
    shop,
    workflow,
    'argo/samples/workflow.yaml',
    'exit',
    { ...values, 'workflow.status': 'Error' },
    work,
  );
  const run = await runOf(workflow);
  assert.is(verdict(run), 'PipelineFailed');
});

test('Job: one pod builds, adds and pushes', async () => {
  const job = await createIn(shop, await readConfig(JOB));
  const { spec } = job as unknown as { spec: { template: { spec: JobPod } } };
  const { initContainers, containers, volumes, serviceAccountName } = spec.template.spec;
  const [given, work] = [await npmSource(shop, 'given'), await mkdtemp(join(shop.stack.controlPlane.dir, 'job-'))];
  const pod = {
    name: `${job.metadata.name}-x`,
    serviceAccount: serviceAccountName,
    ownerReferences: [controllerReference(job)],
  };
  const directory = await projectVolume(shop, some(volumes.find(({ projected }) => projected !== undefined)), pod);
  for (const container of [...initContainers, ...containers]) {
    const { code, text } = await runContainer(container, directory, { '/source': work, '/given': given });
    assert.is(code, 0, text);
  }
  assert.equal((await readdir(given)).sort(), ['package-lock.json', 'package.json']);
  const run = await runOf(job);
  assert.is(verdict(run), 'Accepted');
  assert.equal(run.spec.runner, { type: 'KUBERNETES_JOB', authenticated: true });
});

test('the commands of the pages, as they stand there', async () => {
  const { adminKubeconfig, kubectlPath } = shop.stack.controlPlane;
  const work = await npmSource(shop, 'pages');
  await symlink(CONFIG, join(work, 'config'));
  for (const block of pages.blocks.filter(({ script }) => script.includes('kubectl'))) {
    const how = { cwd: work, env: { KUBECONFIG: adminKubeconfig }, programs: { kubectl: kubectlPath } };
    const { code, text } = await pages.run(block, how);
    assert.is(code, 0, `${block.page}: ${block.script}${text}`);
  }
});

test('a pod without the CLI hands in with curl, as docs/jobs.md says', async () => {
  const job = await createIn(shop, await readConfig(JOB));
  const { spec } = job as unknown as { spec: { template: { spec: JobPod } } };
  const { volumes, serviceAccountName } = spec.template.spec;
  const pod = {
    name: `${job.metadata.name}-c`,
    serviceAccount: serviceAccountName,
    ownerReferences: [controllerReference(job)],
  };
  const mounted = some(volumes.find(({ projected }) => projected !== undefined));
  const directory = await projectVolume(shop, mounted, pod);
  const work = await npmSource(shop, 'curl');
  await writeFile(join(work, 'package.tgz'), 'a package');
  await writeFile(
    join(work, 'sbom.cdx.json'),
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 }),
  );
  const change = (script: string): string =>
    script
      .replaceAll(DEFAULT_DIR, directory)
      .replaceAll('/source', work)
      .replaceAll('/tmp/statement.json', join(work, 'statement.json'));
  const [block, ...more] = pages.under('docs/jobs.md', 'Without the CLI');
  assert.is(more.length, 0);
  const { code, text } = await pages.run(some(block), { cwd: work, change });
  assert.is(code, 0, text);
  const run = await runOf(job);
  assert.equal(run.status?.materials?.map(({ name }) => name).sort(), ['package', 'sbom']);
  const statement = JSON.parse(await readFile(join(work, 'statement.json'), 'utf8')) as { subject: readonly object[] };
  assert.ok(statement.subject.length > 0);
});

test('every command that the pages have for this file was run', () => assert.equal(pages.rest(), []));

interface JobPod {
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly serviceAccountName: string;
}

test.run();
