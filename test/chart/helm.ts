import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { type CommandResult, runCommand } from '../controlplane/command.ts';
import { tool } from '../tools/tool.ts';

export const CHART = new URL('../../charts/proviso', import.meta.url).pathname;

/** What a manifest has, as far as the tests look at it. */
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly [key: string]: unknown;
}

export type Values = Readonly<Record<string, unknown>>;

/** Real helm, with no repositories and no plugins of whoever runs the tests. */
export class Helm {
  readonly #program: string;
  readonly #home: string;
  readonly #kubeconfig: string | undefined;

  private constructor(program: string, home: string, kubeconfig: string | undefined) {
    this.#program = program;
    this.#home = home;
    this.#kubeconfig = kubeconfig;
  }

  static async create(kubeconfig?: string): Promise<Helm> {
    return new Helm(await tool('helm'), await mkdtemp(join(tmpdir(), 'proviso-helm-')), kubeconfig);
  }

  /** Runs it with the values if any; in Proviso's usual namespace, if the arguments name none. */
  run(args: readonly string[], values?: Values): Promise<CommandResult> {
    const given = values === undefined ? [] : ['--values', '-'];
    const namespace = args.includes('--namespace') ? [] : ['--namespace', 'proviso-system'];
    return runCommand(this.#program, [...args, ...namespace, ...given], {
      input: values === undefined ? '' : JSON.stringify(values),
      // Without a cluster none of whoever runs the tests may be asked.
      kubeconfig: this.#kubeconfig ?? join(this.#home, 'none'),
      env: this.#env(),
    });
  }

  #env(): Readonly<Record<string, string>> {
    return { HELM_CACHE_HOME: this.#home, HELM_CONFIG_HOME: this.#home, HELM_DATA_HOME: this.#home };
  }

  /** Command and variables with which the commands of a page run it. */
  forScripts(): { readonly command: string; readonly env: Readonly<Record<string, string>> } {
    return { command: `'${this.#program}'`, env: { ...this.#env(), KUBECONFIG: this.#kubeconfig ?? '' } };
  }

  /** As `run`, and it has to succeed; returns what it said. */
  async done(args: readonly string[], values?: Values): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, values);
    if (code !== 0) throw new Error(`helm ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
  }

  /** Every object that the chart makes of the values. */
  async template(values: Values = {}): Promise<readonly Rendered[]> {
    const text = await this.done(['template', 'proviso', CHART], values);
    return (loadAll(text) as (Rendered | null)[]).filter((object) => object !== null);
  }

  /** Why it refuses the values. */
  async refusal(values: Values): Promise<string> {
    const { code, stdout, stderr } = await this.run(['template', 'proviso', CHART], values);
    if (code === 0) throw new Error(`helm took ${JSON.stringify(values)} and made\n${stdout.slice(0, 500)}`);
    return stderr;
  }

  close(): Promise<void> {
    return rm(this.#home, { recursive: true });
  }
}

/** The one object of the kind and name. */
export function the(objects: readonly Rendered[], kind: string, name: string): Rendered {
  const found = objects.filter((each) => each.kind === kind && each.metadata.name === name);
  if (found.length === 1 && found[0] !== undefined) return found[0];
  throw new Error(`there are ${found.length} of ${kind} ${name}`);
}
