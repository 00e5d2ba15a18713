import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stack } from '../../test/support/stack.ts';
import { makeInputs } from './inputs.ts';
import { tellRefusals } from './refusals.ts';
import { chapter, type Expectation, type Outcome, run, say } from './shell.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** What every scene needs: the two tools, aimed at this control plane. */
export interface Stage {
  readonly directory: string;
  kubectl(args: string, expected?: Expectation): Promise<Outcome>;
  /** The CLI as a pipeline of `workflow` runs it: its Secret is mounted as a directory. */
  proviso(workflow: string, args: string, expected?: Expectation): Promise<Outcome>;
}

/** Section by section, what a security team and a pipeline do and see. Throws at the first step that goes another way. */
export async function tellStory(stack: Stack, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const stage = setStage(stack, directory);
  await declare(stage);
  await submit(stage);
  await observe(stage);
  await tellRefusals(stage);
}

function setStage(stack: Stack, directory: string): Stage {
  const env = { KUBECONFIG: stack.controlPlane.adminKubeconfig };
  return {
    directory,
    kubectl: (args, expected = {}) =>
      run(`kubectl ${args}`, ['sh', '-c', `"${stack.controlPlane.kubectlPath}" ${args}`], {
        cwd: ROOT,
        ...expected,
        env: { ...env, ...expected.env },
      }),
    proviso: (workflow, args, expected = {}) =>
      run(`proviso ${args}`, ['sh', '-c', `"${process.execPath}" "${ROOT}src/main.ts" ${args}`], {
        cwd: directory,
        ...expected,
        env: { PROVISO_DIR: mountOf(directory, workflow), ...expected.env },
      }),
  };
}

const mountOf = (directory: string, workflow: string): string => join(directory, `secret-${workflow}`);

async function declare(stage: Stage): Promise<void> {
  chapter('SecOps declares what the release pipeline owes');
  await stage.kubectl('create namespace shop');
  const store = await readFile(join(ROOT, 'config/samples/evidencestore.yaml'), 'utf8');
  const here = store.replace(/path: .*/, `path: ${join(stage.directory, 'evidence')}`);
  await writeFile(join(stage.directory, 'evidencestore.yaml'), here);
  await stage.kubectl(`apply -f ${join(stage.directory, 'evidencestore.yaml')}`);
  await stage.kubectl('apply -n shop -f config/samples/contract.yaml -f config/samples/workflow.yaml');
  await stage.kubectl('wait -n shop --for=condition=Ready --timeout=30s contract/release workflow.proviso.dev/build');
  await stage.kubectl('get -n shop contracts,workflows.proviso.dev,evidencestores', { says: /build\s+True/ });
  say('the operator provisioned an identity, the right to submit to this one workflow, and a token');
  await stage.kubectl('get -n shop serviceaccount,role,rolebinding,secret -l proviso.dev/workflow=build');
}

async function submit(stage: Stage): Promise<void> {
  chapter('The pipeline makes its evidence');
  const inputs = await makeInputs(stage.directory);
  await mountSecret(stage, 'build');
  chapter('The pipeline hands it in');
  await stage.proviso('build', 'init', { says: /package/ });
  await stage.proviso('build', `add package ${inputs.tarball}`);
  await stage.proviso('build', `add sbom ${inputs.sbom}`);
  await stage.proviso('build', `add tests ${inputs.tests}`);
  await stage.proviso('build', 'status', { says: /3\/3/ });
  await stage.proviso('build', 'push --bundle bundle.json', { says: /Accepted/ });
}

async function observe(stage: Stage): Promise<void> {
  chapter('SecOps sees the verdict');
  const name = await currentRun(stage);
  await stage.kubectl(`wait -n shop --for=condition=Succeeded --timeout=30s workflowrun/${name}`);
  await stage.kubectl('get -n shop workflowruns', { says: /True\s+Accepted\s+3\/3/ });
  await stage.proviso('build', `verify ${name}`, { says: /verified/i });
  const { stdout: digest } = await stage.kubectl(
    `get -n shop workflowrun ${name} -o jsonpath='{.status.materials[?(@.name=="sbom")].digest}'`,
  );
  await stage.proviso('build', `download ${digest.trim()} -f again.json`);
  await run('cmp sbom.cdx.json again.json', ['cmp', 'sbom.cdx.json', 'again.json'], { cwd: stage.directory });
  await stage.kubectl('get -n shop workflows.proviso.dev -o wide', { says: /Accepted\s+100%/ });
  await deploy(stage, name);
}

/** Whoever deploys needs one key, one file, and no cluster. */
async function deploy(stage: Stage, run: string): Promise<void> {
  chapter('Whoever deploys checks the artifact by what the control plane signed');
  const [tarball] = (await readdir(stage.directory)).filter((name) => name.endsWith('.tgz'));
  const keys = join(stage.directory, 'control-plane-keys.json');
  const template = '{.data.control-plane-keys\\.json}';
  await stage.kubectl(`get configmap -n proviso-system proviso-control-plane-keys -o jsonpath='${template}' > ${keys}`);
  await stage.proviso('build', `download ${run} --statement vsa -f vsa.json`);
  const files = `--artifact ${tarball} --vsa vsa.json --key control-plane-keys.json --workflow shop/build`;
  await stage.proviso('build', `verify ${files}`, { says: /Verified/, env: { PROVISO_DIR: '' } });
}

/** Writes the keys of a workflow's token Secret into files, as a volume mount would. */
export async function mountSecret(stage: Stage, workflow: string): Promise<void> {
  say(`in a cluster this Secret is a volume of the task's pod`);
  const { stdout } = await stage.kubectl(`get -n shop secret proviso-${workflow} -o json`, { quiet: true });
  const { data } = JSON.parse(stdout) as { data: Record<string, string> };
  const mount = mountOf(stage.directory, workflow);
  await mkdir(mount, { recursive: true });
  for (const [key, value] of Object.entries(data)) {
    await writeFile(join(mount, key), Buffer.from(value, 'base64'), { mode: 0o600 });
  }
}

/** The run that the CLI opened last in the stage's directory. */
export async function currentRun(stage: Stage): Promise<string> {
  const memory: unknown = JSON.parse(await readFile(join(stage.directory, '.proviso', 'run.json'), 'utf8'));
  const { run: name } = memory as { run: string };
  return name;
}
