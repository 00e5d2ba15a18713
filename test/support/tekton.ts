import { load } from 'js-yaml';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import { controllerReference, createIn, readConfig } from './config-files.ts';
import { type Container, fillIn, projectVolume, runContainer, type Values, type Volume } from './containers.ts';
import type { Shop } from './shop.ts';
import { some } from './some.ts';

export interface Task {
  readonly stepTemplate?: Container;
  readonly steps: readonly (Container & {
    readonly ref?: { readonly name: string };
    readonly params?: readonly { readonly name: string; readonly value: string | readonly string[] }[];
  })[];
  readonly params?: readonly { readonly name: string; readonly default?: string | readonly string[] }[];
  readonly volumes?: readonly Volume[];
}

/** Of parameters with what is given for them, or their default. */
const paramsOf = (declared: Task['params'], given: Values): Values =>
  Object.fromEntries(
    (declared ?? []).map(({ name, default: value }) => [`params.${name}`, some(given[name] ?? value)]),
  );

/** What Tekton does with a task: a TaskRun and a pod under the PipelineRun, and one step after the other. */
async function runTask(shop: Shop, pipelineRun: KubeObject, name: string, task: Task, given: Values, values: Values) {
  const manifest = { apiVersion: 'tekton.dev/v1', kind: 'TaskRun' };
  const full = `${pipelineRun.metadata.name}-${name}`;
  const taskRun = await createIn(
    shop,
    JSON.stringify({
      ...manifest,
      metadata: { name: full, ownerReferences: [controllerReference(pipelineRun)] },
      spec: { taskRef: { name } },
    }),
  );
  const all = { ...values, ...paramsOf(task.params, given) };
  const pod = { name: `${full}-pod`, serviceAccount: 'proviso-shop', ownerReferences: [controllerReference(taskRun)] };
  const volume = task.volumes?.[0];
  const directory = volume === undefined ? undefined : await projectVolume(shop, fillIn(volume, all), pod);
  for (const step of task.steps) {
    const container = fillIn({ ...task.stepTemplate, ...(await stepOf(step, all)) }, all);
    const { code, text } = await runContainer(container, directory, {});
    assert.is(code, 0, `${name}: ${text}`);
  }
}

async function stepOf(step: Task['steps'][number], values: Values): Promise<Container> {
  if (step.ref === undefined) return step;
  const { spec } = load(await readConfig(`tekton/stepaction/${step.ref.name}/0.1/${step.ref.name}.yaml`)) as {
    spec: Container & Pick<Task, 'params'>;
  };
  const given = Object.fromEntries((step.params ?? []).map(({ name, value }) => [name, fillIn(value, values)]));
  return fillIn(spec, paramsOf(spec.params, given));
}

/** An entry of `spec.tasks` or `spec.finally`. */
export interface PipelineTask {
  readonly name: string;
  readonly taskSpec?: Task;
  readonly taskRef?: { readonly name: string };
  readonly params?: readonly { readonly name: string; readonly value: string | readonly string[] }[];
  readonly when?: readonly { readonly input: string; readonly values: readonly string[] }[];
}

/** What Tekton does with a task of a pipeline, one step after the other. The values say what it knows by then. */
export async function runPipelineTask(
  shop: Shop,
  pipelineRun: KubeObject,
  task: PipelineTask,
  values: Values,
): Promise<void> {
  const { taskRef } = task;
  const spec =
    taskRef === undefined
      ? some(task.taskSpec)
      : (load(await readConfig(`tekton/task/${taskRef.name}/0.1/${taskRef.name}.yaml`)) as { spec: Task }).spec;
  const given = Object.fromEntries((task.params ?? []).map(({ name, value }) => [name, fillIn(value, values)]));
  await runTask(shop, pipelineRun, task.name, spec, given, values);
}

/** A PipelineRun that names its one TaskRun, as Tekton leaves them while it runs. */
export async function startTaskRun(
  shop: Shop,
  name: string,
): Promise<{ readonly pipelineRun: KubeObject; readonly taskRun: KubeObject }> {
  const tekton = { apiVersion: 'tekton.dev/v1' };
  const create = (kind: string, named: string, ownerReferences: readonly object[]): Promise<KubeObject> =>
    createIn(shop, JSON.stringify({ ...tekton, kind, metadata: { name: named, ownerReferences }, spec: {} }));
  const pipelineRun = await create('PipelineRun', name, []);
  const taskRun = await create('TaskRun', `${name}-build`, [controllerReference(pipelineRun)]);
  const child = { ...tekton, kind: 'TaskRun', name: taskRun.metadata.name, pipelineTaskName: 'build' };
  const patch = JSON.stringify({ status: { childReferences: [child] } });
  await shop.kubectl(`patch pipelinerun.tekton.dev -n shop ${name} --subresource=status --type=merge -p ${patch}`);
  return { pipelineRun, taskRun };
}
