import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { KeptObject } from '../../src/cli/backup/objects.ts';
import type { Restored } from '../../src/cli/print/restored.ts';
import { type CommandOutcome, runProviso } from './command-line.ts';
import type { Stack } from './stack.ts';

/** An installation, and somebody who keeps backups of it. */
export interface Installation {
  readonly stack: Stack;
  /** kubectl that has to succeed; returns its output. */
  readonly kubectl: (args: string, input?: string) => Promise<string>;
  /** The real program, as whoever keeps backups; the variables come on top. */
  readonly proviso: (args: string, others?: Readonly<Record<string, string>>) => Promise<CommandOutcome>;
}

/**
 * Somebody who may read and restore all archived runs, with the rights of the administrator in the cluster, and works in the
 * given directory.
 */
export async function keeperOf(stack: Stack, work: string): Promise<Installation> {
  const { controlPlane } = stack;
  const kubectl = async (args: string, input?: string): Promise<string> => {
    const options = input === undefined ? {} : { input };
    const { code, stdout, stderr } = await controlPlane.kubectl(args.split(' '), options);
    if (code !== 0) throw new Error(`kubectl ${args}: ${stderr}${stdout}`);
    return stdout;
  };
  await kubectl('create namespace ops');
  await kubectl('create serviceaccount -n ops keeper');
  const read = '--verb=get,list --resource=workflowruns.proviso.dev,contracts.proviso.dev';
  await kubectl(`create clusterrole proviso-backup ${read}`);
  await kubectl('create clusterrole proviso-restore --verb=rebuild --resource=evidencestores.proviso.dev');
  for (const role of ['proviso-backup', 'proviso-restore'])
    await kubectl(`create clusterrolebinding ${role} --clusterrole=${role} --serviceaccount=ops:keeper`);
  const ca = join(work, 'ca.crt');
  await writeFile(ca, await kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}'));
  const env = {
    PROVISO_ENDPOINT: stack.endpoint,
    PROVISO_CA_FILE: ca,
    PROVISO_TOKEN: await kubectl('create token -n ops keeper --audience=proviso'),
    KUBECONFIG: controlPlane.adminKubeconfig,
  };
  return { stack, kubectl, proviso: (args, others = {}) => runProviso(work, args, { ...env, ...others }) };
}

/** Every object that a restore could change, as it stands. */
export async function standing({ kubectl }: Installation): Promise<readonly string[]> {
  const kinds =
    'contracts,workflows.proviso.dev,evidencestores,trustroots,policies.proviso.dev,clusterpolicies,policygroups,clusterpolicygroups,controllerrevisions';
  const { items } = JSON.parse(await kubectl(`get ${kinds} -A -o json`)) as { items: readonly KeptObject[] };
  return items.map(({ metadata: { name, uid, generation }, kind, ...rest }) => {
    const { spec, data } = rest as { readonly spec?: unknown; readonly data?: unknown };
    return JSON.stringify([kind, name, uid, generation, spec ?? data]);
  });
}

/** What a restore says of itself with `-o json`. */
export const restored = ({ out: printed, text }: CommandOutcome): Restored => {
  assert.ok(printed.startsWith('{'), text);
  return JSON.parse(printed) as Restored;
};
/** How many objects had which outcome. */
export const counts = ({ objects }: Restored): Readonly<Record<string, number>> => {
  const kinds = objects.map(({ outcome }) => outcome.kind);
  return Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((each) => each === kind).length]));
};

/** What a command printed that has to succeed. */
export async function printed(installation: Installation, args: string): Promise<string> {
  const { code, text, out } = await installation.proviso(args);
  assert.is(code, 0, `${args}: ${text}`);
  return out;
}
