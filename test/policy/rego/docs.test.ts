// deadline: 60
import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ALLOWED_BUILTINS, LEFT_OUT } from '../../../src/policy/rego/builtins.ts';
import { runCommand } from '../../controlplane/command.ts';
import { tool } from '../../tools/tool.ts';
import { queryOf, regoEngine } from './engine.ts';

const test = suite('docs/policy-rego.md');
const page = await readFile(new URL('../../../docs/policy-rego.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\w+) ?(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, part, text = '']) => ({
  what: part || language,
  text,
}));

interface Example {
  readonly source: string;
  readonly input: unknown;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outcome: unknown;
}

/** An input is for the module that was last; arguments, if any, follow the input. */
function examples(): readonly Example[] {
  let [source, input, inputs] = ['', {} as unknown, {}];
  const found: Example[] = [];
  for (const { what, text } of blocks) {
    if (what === 'rego') source = text;
    else if (what === 'input') [input, inputs] = [JSON.parse(text), {}];
    else if (what === 'args') inputs = JSON.parse(text);
    else if (what === 'outcome') found.push({ source, input, inputs, outcome: JSON.parse(text) });
  }
  return found;
}

test('every example comes out as the page says', async () => {
  const engine = await regoEngine();
  const all = examples();
  assert.is(all.length, 6);
  for (const { source, input, inputs, outcome } of all) {
    assert.equal(await engine.check(source), []);
    assert.equal(await engine.evaluate('no-gpl', source, queryOf(input, { inputs })), outcome);
  }
  await engine.close();
});

/** What the compiler makes of operators. */
const OPERATORS = 'and assign div eq equal gt gte lt lte minus mul neq or plus rem'.split(' ');

test('every built-in function of OPA is on the page, and decided upon', async () => {
  const { stdout } = await runCommand(await tool('opa'), ['capabilities', '--current']);
  const known: readonly { name: string }[] = JSON.parse(stdout).builtins;
  const listed =
    blocks
      .find(({ what }) => what === 'builtins')
      ?.text.trim()
      .split(/\s+/) ?? [];
  const allowed = ALLOWED_BUILTINS.filter((name) => !OPERATORS.includes(name) && !name.startsWith('internal.'));
  assert.equal([...listed].sort(), [...allowed].sort());
  const names = known.map(({ name }) => name);
  for (const name of ALLOWED_BUILTINS) assert.ok(names.includes(name), `OPA has no ${name}`);
  assert.equal(names.filter((name) => !ALLOWED_BUILTINS.includes(name)).sort(), [...LEFT_OUT.keys()].sort());
  for (const name of LEFT_OUT.keys()) {
    assert.ok(page.includes(`| \`${name}\``) || page.includes(`, \`${name}\``), `${name} is left out without a reason`);
  }
});

test.run();
