import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import { controllerReference, readConfig } from './config-files.ts';
import { type Container, fillIn, projectVolume, runContainer, type Values, type Volume } from './containers.ts';
import type { Shop } from './shop.ts';
import { some } from './some.ts';

interface Template {
  readonly name: string;
  readonly container?: Container;
  readonly script?: Container;
  readonly volumes?: readonly Volume[];
  readonly steps?: readonly (readonly ArgoStep[])[];
  readonly inputs?: { readonly parameters?: readonly { readonly name: string; readonly value?: string }[] };
}
interface ArgoStep {
  readonly name: string;
  readonly when?: string;
  readonly template?: string;
  readonly templateRef?: { readonly name: string; readonly template: string };
  readonly arguments?: {
    readonly parameters?: readonly { readonly name: string; readonly value: string }[];
    readonly artifacts?: readonly { readonly from: string }[];
  };
}

const templatesOf = async (path: string): Promise<readonly Template[]> =>
  (load(await readConfig(path)) as { spec: { templates: readonly Template[] } }).spec.templates;

/** What Argo does with a template: steps in their order, those of one group at once, each in a pod under the Workflow. */
export async function runTemplate(
  shop: Shop,
  workflow: KubeObject,
  path: string,
  name: string,
  values: Values,
  work: string,
  step = name,
): Promise<void> {
  const template = some((await templatesOf(path)).find((each) => each.name === name));
  const defaults = (template.inputs?.parameters ?? []).flatMap(({ name, value }) =>
    value === undefined ? [] : [[`inputs.parameters.${name}`, value] as const],
  );
  const all: Values = { ...Object.fromEntries(defaults), ...values };
  for (const group of template.steps ?? []) {
    await Promise.all(group.map((each) => runArgoStep(shop, workflow, path, each, all, work)));
  }
  const container = template.container ?? template.script;
  if (container === undefined) return;
  const pod = {
    name: `${workflow.metadata.name}-${step}`,
    serviceAccount: 'proviso-shop',
    ownerReferences: [controllerReference(workflow)],
  };
  const volume = template.volumes?.[0];
  const directory = volume === undefined ? undefined : await projectVolume(shop, fillIn(volume, all), pod);
  const paths = { '/source': work, '/material': join(work, 'material') };
  const { code, text } = await runContainer(fillIn(container, all), directory, paths);
  assert.is(code, 0, `${step}: ${text}`);
}

async function runArgoStep(
  shop: Shop,
  workflow: KubeObject,
  path: string,
  step: ArgoStep,
  values: Values,
  work: string,
): Promise<void> {
  if (step.when !== undefined) {
    const [left, right] = String(fillIn(step.when, values)).split(' != ');
    if (left === right) return;
  }
  const given = (step.arguments?.parameters ?? []).map(
    ({ name, value }) => [`inputs.parameters.${name}`, fillIn(value, values)] as const,
  );
  const all = { ...values, ...Object.fromEntries(given) };
  const artifact = /artifacts\.(\w+)/.exec(step.arguments?.artifacts?.[0]?.from ?? '')?.[1];
  if (artifact !== undefined) {
    const made = artifact === 'sbom' ? 'sbom.cdx.json' : 'package.tgz';
    await mkdir(join(work, 'material'), { recursive: true });
    await rename(join(work, made), join(work, 'material', String(all['inputs.parameters.name'])));
  }
  const { templateRef } = step;
  const file = templateRef === undefined ? path : 'argo/proviso.yaml';
  await runTemplate(shop, workflow, file, templateRef?.template ?? some(step.template), all, work, step.name);
}
