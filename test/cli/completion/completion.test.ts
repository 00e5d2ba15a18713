import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { offerFor } from '../../../src/cli/completion/answer.ts';
import { commandsOf, type Grammar, grammarOf } from '../../../src/cli/completion/grammar.ts';
import { completionScript, type Shell } from '../../../src/cli/completion/script.ts';
import { processIo } from '../../../src/cli/io.ts';
import { createProgram } from '../../../src/cli/program.ts';

const test = suite('completion');
const program = createProgram(processIo(), () => {});
const grammar = grammarOf(program);
let folder: string;

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proviso-completion-'));
  for (const name of ['sbom.json', 'report one.xml']) await writeFile(join(folder, name), '');
});
test.after(() => rm(folder, { recursive: true }));

/** What the shell itself offers for each line, after it has sourced the script. */
async function ask(shell: Shell, lines: readonly string[]): Promise<readonly (readonly string[])[]> {
  const script = join(folder, `.completion.${shell}`);
  await writeFile(script, completionScript(program, shell));
  const child = spawn(shell, [new URL(`ask.${shell}`, import.meta.url).pathname, script], {
    cwd: folder,
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder },
  });
  child.stdin.end(`${lines.join('\n')}\n`);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  assert.is(err, '');
  const answers = out.split('\n').slice(0, -1);
  assert.is(answers.length, lines.length, out);
  // fish repeats the option of --option=value in what it offers.
  return answers.map((answer) =>
    answer
      .split(' ')
      .map((word) => word.replace(/^--\w+=/, ''))
      .filter((word) => word !== '')
      .toSorted(),
  );
}

const CASES: Readonly<Record<string, readonly string[]>> = {
  'proviso arch': ['archive'],
  'proviso -n shop init --wo': ['--workflow'],
  'proviso --namespace=shop archive to': ['totals'],
  'proviso archive ': ['help', 'policies', 'rebuild', 'retention', 'runs', 'totals'],
  'proviso archive runs --limit 3 --suc': ['--succeeded'],
  'proviso archive totals --by team --period ': ['all', 'day', 'month'],
  'proviso discover --direction=o': ['origins'],
  'proviso tree --lim': ['--limit'],
  'proviso tree workflow/build --kubeconfig sb': ['sbom.json'],
  'proviso init --output ': ['json', 'table'],
  'proviso init -n ': [],
  'proviso completion ': ['bash', 'fish', 'zsh'],
  'proviso add sb': ['sbom.json'],
  'proviso add sbom sb': ['sbom.json'],
  'proviso add --type SBOM sbom sb': ['sbom.json'],
  'proviso push --key sb': ['sbom.json'],
  'proviso push --key=sb': ['sbom.json'],
  'proviso --dir sb': ['sbom.json'],
};

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  test(`${shell} offers commands, options, choices and files where they belong`, async () => {
    const answers = await ask(shell, Object.keys(CASES));
    for (const [index, [line, expected]] of Object.entries(CASES).entries())
      assert.equal(answers[index], expected, `${shell}: ${line}`);
  });

  test(`${shell} offers every command and every option that there is`, async () => {
    const all = commandsOf(grammar);
    const answers = await ask(
      shell,
      all.flatMap(({ path }) => [`${path} `, `${path} --`]),
    );
    for (const [index, command] of all.entries()) {
      if (command.commands.length > 0) assert.equal(answers[2 * index], namesOf(command.commands), command.path);
      const offered = answers[2 * index + 1] ?? [];
      for (const name of longNames(command))
        assert.ok(offered.includes(name), `${shell}: ${command.path} ${name}: ${offered}`);
    }
  });
}

test('a plugin of kubectl offers the same', () => {
  for (const [line, expected] of Object.entries(CASES)) {
    const { proposals, files } = offerFor(grammar, line.split(' ').slice(1));
    const words = proposals.map(([text]) => text.replace(/^--\w+=/, '')).toSorted();
    // kubectl has the shell look for files, but not behind an option's `=`.
    const isFile = expected.includes('sbom.json');
    assert.equal(words, isFile ? [] : expected, line);
    assert.is(files, isFile && !line.includes('='), line);
  }
  for (const command of commandsOf(grammar)) {
    const below = command.path.split(' ').slice(1);
    const offered = (last: string) => offerFor(grammar, [...below, last]).proposals.map(([text]) => text);
    if (command.commands.length > 0) assert.equal(offered('').toSorted(), namesOf(command.commands), command.path);
    for (const name of longNames(command)) assert.ok(offered('--').includes(name), `${command.path} ${name}`);
  }
});

const namesOf = (commands: readonly Grammar[]): readonly string[] => commands.map(({ name }) => name).toSorted();

const longNames = (command: Grammar): readonly string[] =>
  [...command.options, ...grammar.options.filter((one) => !one.names.includes('--version'))]
    .flatMap(({ names }) => names)
    .filter((name) => name.startsWith('--'));

test('a name takes a value in all commands or in none, as fish has to know', () => {
  const takes = new Map<string, boolean>();
  for (const { path, options } of commandsOf(grammar)) {
    for (const { names, value } of options) {
      for (const name of names) {
        assert.is(takes.get(name) ?? value !== undefined, value !== undefined, `${path} ${name}`);
        takes.set(name, value !== undefined);
      }
    }
  }
});

test('descriptions stay words, whatever is in them', async () => {
  const odd = createProgram(processIo(), () => {}).description('it\'s [a] `touch x`: $(touch x) "x" \\');
  odd
    .command('odd')
    .description('it\'s [a] `touch x`: $(touch x) "x" \\')
    .option('--odd', "it's [a] `touch x`: $(x) \\");
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = join(folder, `odd.${shell}`);
    await writeFile(script, completionScript(odd, shell));
    const child = spawn(shell, [new URL(`ask.${shell}`, import.meta.url).pathname, script], { cwd: folder });
    child.stdin.end('proviso od\nproviso odd --od\n');
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.equal([out.trim().split(/\s+/), err], [['odd', '--odd'], ''], shell);
  }
});

test.run();
