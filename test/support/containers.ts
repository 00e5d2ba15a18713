import { execFile } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_DIR } from '../../src/cli/config.ts';
import type { CommandOutcome } from './command-line.ts';
import { type PodOptions, tokenOfPod } from './pods.ts';
import type { Shop } from './shop.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const CLI = ['node', '/app/main.mjs'].join(' ');

/** A container, a step of Tekton's or a template of Argo's, as far as it runs here. */
export interface Container {
  readonly name?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Of Tekton; Argo calls it `source`. */
  readonly script?: string;
  readonly source?: string;
  readonly workingDir?: string;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

interface ProjectedSource {
  readonly serviceAccountToken?: { readonly audience: string; readonly path: string };
  readonly secret?: {
    readonly name: string;
    readonly items: readonly { readonly key: string; readonly path: string }[];
  };
}
export interface Volume {
  readonly name: string;
  readonly projected?: { readonly sources: readonly ProjectedSource[] };
}

/** What is put in for names. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

/** Puts in what a controller puts in: of `$(name)` or `{{name}}` the value, of `$(name[*])` all of them. */
export function fillIn<T>(value: T, values: Values): T {
  if (typeof value === 'string') return one(value, values) as T;
  if (Array.isArray(value)) {
    return (value as readonly unknown[]).flatMap((each): readonly unknown[] => {
      const whole = typeof each === 'string' ? /^\$\((.+)\[\*\]\)$/.exec(each)?.[1] : undefined;
      const list = whole === undefined ? undefined : values[whole];
      return Array.isArray(list) ? (list as readonly string[]) : [fillIn(each, values)];
    }) as T;
  }
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillIn(each, values)])) as T;
}

const one = (text: string, values: Values): string =>
  text.replace(/\$\(([\w.-]+)\)|\{\{([\w.-]+)\}\}/g, (whole, tekton?: string, argo?: string) => {
    const value = values[tekton ?? argo ?? ''];
    if (typeof value !== 'string') throw new Error(`nothing is known to put in for ${whole}`);
    return value;
  });

/** A pod with what its projected volume holds: a real token of the pod, and of the Secret the keys that are named. */
export async function projectVolume(shop: Shop, { projected }: Volume, pod: PodOptions): Promise<string> {
  const directory = join(shop.stack.controlPlane.dir, `pod-${pod.name}`);
  await mkdir(directory);
  for (const { serviceAccountToken, secret } of projected?.sources ?? []) {
    if (serviceAccountToken !== undefined) {
      if (serviceAccountToken.audience !== 'proviso') throw new Error('the token is for another audience');
      await writeFile(join(directory, serviceAccountToken.path), await tokenOfPod(shop, pod));
    }
    if (secret === undefined) continue;
    const { data } = JSON.parse(await shop.kubectl(`get secret -n shop ${secret.name} -o json`)) as {
      data: Readonly<Record<string, string>>;
    };
    for (const { key, path } of secret.items) {
      const value = data[key];
      if (value === undefined) throw new Error(`the Secret ${secret.name} has no ${key}`);
      await writeFile(join(directory, path), Buffer.from(value, 'base64'));
    }
  }
  return directory;
}

/** Runs what a container would, as a process. `paths` say where its directories are here. */
export async function runContainer(
  container: Container,
  volume: string | undefined,
  paths: Readonly<Record<string, string>>,
): Promise<CommandOutcome> {
  const here = (text: string): string =>
    Object.entries(paths).reduce((result, [inside, outside]) => result.replaceAll(inside, outside), text);
  const args = (container.args ?? []).map(here);
  const command = (container.command ?? []).join(' ');
  const cwd = here(container.workingDir ?? '/');
  const script = container.script ?? container.source;
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    ...(volume !== undefined && isMounted(container) ? { PROVISO_DIR: volume } : {}),
  };
  if (command === CLI) return run(process.execPath, [MAIN, ...args], cwd, env);
  if (script === undefined)
    return run(container.command?.[0] ?? '', [...(container.command ?? []).slice(1), ...args], cwd, env);
  const file = join(volume ?? cwd, `${container.name ?? 'script'}.sh`);
  await writeFile(file, here(script));
  await chmod(file, 0o755);
  return container.script === undefined ? run('sh', [file], cwd, env) : run(file, [], cwd, env);
}

/** Where the CLI looks when nothing says where. */
const isMounted = ({ volumeMounts = [] }: Container): boolean =>
  volumeMounts.some(({ mountPath }) => mountPath === DEFAULT_DIR);

function run(file: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  return new Promise<CommandOutcome>((resolve) => {
    execFile(file, args, { cwd, env }, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, out, err, text: `${out}${err}${error?.message ?? ''}` });
    });
  });
}
