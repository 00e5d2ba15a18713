import { type CommandOutcome, runScript } from './command-line.ts';
import { NOT_RUN, RUN_BY } from './page-commands-list.ts';
import { readFromRoot } from './pages.ts';

/** A block of commands that people are to type. */
export interface CommandBlock {
  readonly page: string;
  /** The heading above it. */
  readonly heading: string;
  readonly script: string;
}

/** The blocks of a page that are marked `sh`, in their order. */
export async function commandBlocksOf(page: string): Promise<readonly CommandBlock[]> {
  const sections = (await readFromRoot(page)).split(/^(?=#{1,4} )/m);
  return sections.flatMap((section) => {
    const heading = /^#+ (.*)$/m.exec(section)?.[1] ?? '';
    const blocks = [...section.matchAll(/^```sh\n(.+?)^```/gms)];
    return blocks.map(([, script = '']) => ({ page, heading, script }));
  });
}

/** Its commands, each in one line, without what is said of them. */
export const commandsIn = ({ script }: CommandBlock): readonly string[] =>
  script
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s+)#(?:\s.*)?$/, '').trim())
    .filter((line) => line !== '');

/** Whether no test can run it as it stands there. */
export const isNotRun = (page: string, command: string): boolean =>
  NOT_RUN.some((each) => each.page === page && each.commands.includes(command));

export const blocksToRun = (blocks: readonly CommandBlock[]): readonly CommandBlock[] =>
  blocks.filter((block) => commandsIn(block).some((command) => !isNotRun(block.page, command)));

interface HowToRun {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly programs?: Readonly<Record<string, string>>;
  /** What stands on the page for something that differs each time. */
  readonly change?: (script: string) => string;
}

/** The blocks of pages that are for one test file to run. */
export interface FollowedPages {
  readonly blocks: readonly CommandBlock[];
  /** Of a page and the heading above. */
  under(page: string, heading: string): readonly CommandBlock[];
  /** Runs all of a block that can be run, as it stands there. */
  run(block: CommandBlock, how: HowToRun): Promise<CommandOutcome>;
  /** Blocks that were not run: none, at the end. */
  rest(): readonly string[];
}

/** `url` is that of the test file, whose blocks `RUN_BY` names. */
export async function followPages(url: string): Promise<FollowedPages> {
  const isOwn = (file: string | undefined): boolean => file !== undefined && url.endsWith(`/${file}`);
  const blocks: CommandBlock[] = [];
  for (const [page, headings] of Object.entries(RUN_BY)) {
    const all = blocksToRun(await commandBlocksOf(page));
    blocks.push(...all.filter(({ heading }) => isOwn((headings[heading] ?? headings['*'])?.[0])));
  }
  const done = new Set<CommandBlock>();
  return {
    blocks,
    under: (page, heading) => blocks.filter((each) => each.page === page && each.heading === heading),
    run(block, { cwd, env = {}, programs = {}, change = (script) => script }) {
      done.add(block);
      const isWhole = commandsIn(block).every((command) => !isNotRun(block.page, command));
      const commands = commandsIn(block).filter((command) => !isNotRun(block.page, command));
      return runScript(cwd, change(isWhole ? block.script : `${commands.join('\n')}\n`), env, programs);
    },
    rest: () =>
      blocks.filter((block) => !done.has(block)).map(({ page, heading, script }) => `${page}, ${heading}: ${script}`),
  };
}
