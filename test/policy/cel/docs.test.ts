import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { VOCABULARY } from '../../../src/policy/cel/environment.ts';
import { evaluate } from '../../../src/policy/cel/evaluate.ts';
import { compile } from '../../../src/policy/cel/program.ts';
import type { PolicyOutcome, PolicyQuery } from '../../../src/policy/evaluation.ts';
import { DOCS_CASES } from './docs-cases.ts';
import { policyOf, queryOf } from './queries.ts';

const test = suite('docs/policy-cel.md');
const TEXT = readFileSync(new URL('../../../docs/policy-cel.md', import.meta.url), 'utf8');

function outcomeOf(source: string, query: PolicyQuery): PolicyOutcome {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.findings));
  return evaluate('p', compiled.program, query);
}

interface Block {
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

const blocks: readonly Block[] = TEXT.split(/^(?=#+ )/m).flatMap((section) => {
  const heading = /^#+ (.*)$/m.exec(section)?.[1] ?? '';
  return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    heading,
    language,
    text,
  }));
});

let input: unknown = {};
for (const { heading, language, text } of blocks) {
  if (language === 'json') input = JSON.parse(text);
  if (language === 'cel') {
    const about = input;
    test(`examples: ${heading}`, () => {
      for (const line of text.trim().split('\n')) {
        const [expression = '', result = ''] = line.split(' // ');
        const outcome = outcomeOf(policyOf(`(${expression}) == ${result}`), queryOf(about));
        assert.equal(outcome, { kind: 'evaluated', violations: [] }, `${line}: ${JSON.stringify(outcome)}`);
      }
    });
  }
  if (language === 'yaml') {
    test(`policy: ${heading}`, () => {
      const cases = DOCS_CASES[heading] ?? [];
      assert.ok(cases.length > 1, `${heading} has no cases`);
      for (const each of cases) {
        const outcome = outcomeOf(text, queryOf(each.input, each.inputs));
        const said = outcome.kind === 'evaluated' ? outcome.violations.map(({ subject }) => subject) : outcome.kind;
        assert.equal(said, each.subjects, JSON.stringify(outcome));
      }
    });
  }
}

test('every case is of a policy that is there', () => {
  const headings = blocks.filter(({ language }) => language === 'yaml').map(({ heading }) => heading);
  assert.equal(Object.keys(DOCS_CASES), headings);
});

test('every function that was added has an example', () => {
  const names = [...(VOCABULARY.funcs ?? [])].map(({ name }) => name).filter((name) => /^[a-z]/i.test(name));
  const examples = blocks
    .filter(({ language }) => language === 'cel')
    .map(({ text }) => text)
    .join('\n');
  const missing = [...new Set(names)].filter((name) => !examples.includes(`${name}(`));
  assert.equal(missing, []);
});

test.run();
