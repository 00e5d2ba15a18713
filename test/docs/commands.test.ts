import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksToRun, commandBlocksOf, commandsIn } from '../support/page-commands.ts';
import { NOT_RUN, RUN_BY, type TestName } from '../support/page-commands-list.ts';
import { readFromRoot, readPages, testNamesOf } from '../support/pages.ts';

const test = suite('commands of the pages');
const texts = await readPages();
const pages = [...texts.keys()];
const blocks = (await Promise.all(pages.map(commandBlocksOf))).flat();

for (const page of new Set(blocks.map((block) => block.page))) {
  test(`${page}: every command is run by a test, or it is said what is tested in its place`, () => {
    const { [page]: headings = {} } = RUN_BY;
    for (const { heading, script } of blocksToRun(blocks.filter((block) => block.page === page))) {
      assert.ok(headings[heading] ?? headings['*'], `nobody runs, under “${heading}” of ${page}:\n${script}`);
    }
  });
}

async function isThere([file, name]: TestName): Promise<void> {
  const source = await readFromRoot(file);
  assert.ok(testNamesOf(source).has(name), `there is no test “${name}” in ${file}`);
}

test('the tests that run them are there, and tell of those that they did not run', async () => {
  for (const [page, headings] of Object.entries(RUN_BY)) {
    const found = blocks.filter((block) => block.page === page).map(({ heading }) => heading);
    for (const [heading, name] of Object.entries(headings)) {
      assert.ok(heading === '*' || found.includes(heading), `${page} has no commands under “${heading}”`);
      await isThere(name);
      const source = await readFromRoot(name[0]);
      if (source.includes('followPages(')) assert.match(source, /assert\.equal\(\w+\.rest\(\), \[\]\)/, name[0]);
    }
  }
});

test('what is not run still stands on a page, and what is tested in its place is there', async () => {
  for (const { page, commands, why, covered } of NOT_RUN) {
    const found = blocks.filter((block) => block.page === page).flatMap((block) => commandsIn(block));
    for (const command of commands) assert.ok(found.includes(command), `${page} has no command ${command}`);
    assert.ok(why !== '');
    if (covered !== undefined) await isThere(covered);
  }
});

/** Pages that are followed from their beginning to their end. */
const FOLLOWED = [
  'README.md',
  ...['tekton', 'argo', 'jobs', 'github-actions', 'upgrade'].map((name) => `docs/${name}.md`),
];

test('what is shown with its output in the README and the tutorials is among the commands that are run', () => {
  for (const page of FOLLOWED) {
    const run = new Set(blocks.filter((block) => block.page === page).flatMap(commandsIn));
    for (const [, shown = ''] of (texts.get(page) ?? '').matchAll(/^```console\n(.*?)^```/gms)) {
      for (const [, command = ''] of shown.matchAll(/^\$ (.*)$/gm)) assert.ok(run.has(command), `${page}: ${command}`);
    }
  }
});

test('commands to copy are marked as such, under no other name', () => {
  for (const [page, text] of texts) assert.not.match(text, /^ *```(?:bash|shell|zsh|shell-session)\b/m, page);
});

test('a command is a line without its comment, whatever it is broken into', () => {
  const script = 'a b    # why\n# nothing\nc \\\n  --d "#e"\n\nf#g\n';
  assert.equal(commandsIn({ page: '', heading: '', script }), ['a b', 'c --d "#e"', 'f#g']);
});

test.run();
