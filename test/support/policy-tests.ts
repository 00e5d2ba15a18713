import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { processIo } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/main.ts';
import type { CommandOutcome } from './command-line.ts';
import { manifest } from './manifest.ts';

const WORLD = processIo();

/** A policy that bans components by their names. */
export const BANNED_CEL = `skip:
  - {expression: "!has(input.components)", reason: it lists no components}
validations:
  - forEach: input.components
    expression: "!(item.name in inputs.banned.split(','))"
    messageExpression: "item.name + ' is banned since ' + string(now)"
    subjectExpression: item.name
`;
export const BANNED = {
  kinds: ['SBOM_CYCLONEDX_JSON'],
  inputs: [{ name: 'banned', default: 'bad' }],
  source: { inline: BANNED_CEL },
};

/** The files of a policy, `banned` if nothing else is said, with these cases. */
export const withPolicy = (cases: string, spec: object = BANNED): Readonly<Record<string, string>> => ({
  'banned.yaml': manifest('ClusterPolicy', 'banned', spec),
  'tests/banned.test.yaml': `policy: ../banned.yaml\ncases:\n${cases}`,
});

/** A document that the policy `banned` judges, as a line of JSON. */
export const components = (...names: readonly string[]): string =>
  JSON.stringify({ components: names.map((name) => ({ name })) });

/** A directory in which `proviso policy test` is run, in this process: it is run often. */
export class TestedFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<TestedFolder> {
    return new TestedFolder(await mkdtemp(join(tmpdir(), 'proviso-policy-test-')));
  }

  remove(): Promise<void> {
    return rm(this.path, { recursive: true });
  }

  /** Runs it over the folder `p`, which has these files and no others. */
  async test(files: Readonly<Record<string, string>>, ...flags: readonly string[]): Promise<CommandOutcome> {
    await rm(join(this.path, 'p'), { recursive: true, force: true });
    await mkdir(join(this.path, 'p/tests'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.path, 'p', name), text);
    return this.run('policy', 'test', 'p', ...flags);
  }

  /** A command line, as the real program takes it. */
  async run(...args: readonly string[]): Promise<CommandOutcome> {
    let [out, err] = ['', ''];
    const code = await runCli(args, {
      ...WORLD,
      cwd: this.path,
      colours: createColors(false),
      out: (text) => {
        out += `${text}\n`;
      },
      err: (text) => {
        err += `${text}\n`;
      },
    });
    return { code, out, err, text: out + err };
  }
}
