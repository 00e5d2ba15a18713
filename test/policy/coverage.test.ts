// deadline: 60
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCelEngine } from '../../src/policy/cel/engine.ts';
import { type CoveragePoint, type CoveringEngine, unitePoints } from '../../src/policy/coverage.ts';
import type { PolicyQuery } from '../../src/policy/evaluation.ts';
import { queryOf } from './cel/queries.ts';
import { regoEngine } from './rego/engine.ts';

const test = suite('coverage of policies');

const CEL = `variables:
  - {name: names, expression: 'input.map(each, each.name)'}
  - {name: idle, expression: '1'}
skip:
  - {expression: 'size(input) == 0', reason: it is empty}
validations:
  - forEach: variables.names
    expression: item != 'bad'
    message: bad
  - {expression: "run.workflow == 'build'", message: another workflow}
`;

const REGO = `package main

import rego.v1

skipped if count(input.elements) == 0

skipped := false if count(input.elements) > 0

violations contains msg if {
	some each in input.elements
	each.name == "bad"
	msg := "bad"
}
`;

const left = (points: readonly CoveragePoint[]): readonly string[] =>
  points
    .filter(({ covered }) => !covered)
    .map(({ at, what }) => `${at} ${what}`)
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));

/** What of a source is left over after each of these inputs, each with those before it. */
async function leftAfter(engine: CoveringEngine, source: string, inputs: readonly unknown[]) {
  const evaluations: (readonly CoveragePoint[])[] = [];
  const found: (readonly string[])[] = [];
  for (const input of inputs) {
    const query: PolicyQuery = queryOf(input);
    const { outcome, points } = await engine.cover('p', source, query);
    assert.equal(outcome, await engine.evaluate('p', source, query));
    evaluations.push(points);
    found.push(left(unitePoints(evaluations)));
  }
  return found;
}

test('of CEL: variables, and both ways of skip and of each validation', async () => {
  const engine = createCelEngine();
  const found = await leftAfter(engine, CEL, [[], [{ name: 'good' }], [{ name: 'good' }, { name: 'bad' }]]);
  await engine.close();
  const ever = ['line 3, column 31 is used', 'line 10, column 19 objects'];
  assert.equal(found, [
    [
      'line 2, column 32 is used',
      ever[0],
      'line 5, column 19 goes on',
      'line 8, column 17 lets pass',
      'line 8, column 17 objects',
      'line 10, column 19 lets pass',
      ever[1],
    ],
    [ever[0], 'line 8, column 17 objects', ever[1]],
    ever,
  ]);
});

test('what fails half way is covered half way', async () => {
  const engine = createCelEngine();
  const [found = []] = await leftAfter(engine, CEL, [[{}]]);
  const { points } = await engine.cover('p', 'validations: 1', queryOf([]));
  await engine.close();
  assert.not.ok(found.includes('line 5, column 19 goes on'));
  assert.ok(found.includes('line 8, column 17 lets pass'));
  assert.equal(points, []);
});

const CONDITIONS = `variables:
  - {name: big, expression: "input.filter(n, n > 2 && (n < 9 || n == 11))"}
validations:
  - {expression: "size(variables.big) > 0 ? !input.exists(n, n == 5) : true", messageExpression: "size(input) > 3 ? 'a' : 'b'"}
`;

test('of CEL: conditions inside of expressions, in macros too, both ways', async () => {
  const engine = createCelEngine();
  const found = await leftAfter(engine, CONDITIONS, [[1], [3, 5], [10, 11, 5, 2]]);
  await engine.close();
  const [first = [], second = [], third] = found;
  assert.equal(first, [
    'line 2, column 46 is true',
    'line 2, column 56 is false',
    'line 2, column 56 is true',
    'line 2, column 65 is false',
    'line 2, column 65 is true',
    'line 4, column 19 is true',
    'line 4, column 19 objects',
    'line 4, column 62 is false',
    'line 4, column 62 is true',
    'line 4, column 99 is false',
    'line 4, column 99 is true',
  ]);
  assert.ok(second.includes('line 2, column 65 is true'), `${second}`);
  assert.equal(third, []);
});

test('of two conditions that begin at one place each is told of by its own', async () => {
  const engine = createCelEngine();
  const source = `validations:\n  - {expression: "(input.a ? 1 : 2) == 1 && input.b", message: m}`;
  const [found] = await leftAfter(engine, source, [{ a: true, b: true }]);
  await engine.close();
  assert.equal(found, [
    'line 2, column 19 objects',
    'line 2, column 20 is false',
    'line 2, column 37 is false',
    'line 2, column 45 is false',
  ]);
});

test('an error has the same place as without', async () => {
  const engine = createCelEngine();
  const source = `validations:\n  - {expression: "true && input.a.exists(x, x.b == 1 || x.c > 1)", message: m}`;
  await leftAfter(engine, source, [{}, { a: 1 }, { a: [{}] }, { a: [{ b: 2 }] }, { a: [{ b: 2, c: 'c' }] }]);
  await engine.close();
});

test('of Rego: what OPA says of the lines of the policy, and not of what stands beside it', async () => {
  const engine = await regoEngine();
  const found = await leftAfter(engine, REGO, [[], [{ name: 'good' }], [{ name: 'bad' }]]);
  await engine.close();
  assert.ok(
    (found[0] ?? []).some((each) => each.startsWith('line 12')),
    `${found[0]}`,
  );
  assert.ok(
    (found[1] ?? []).some((each) => each.startsWith('line 12')),
    `${found[1]}`,
  );
  assert.equal(found[2], []);
});

test.run();
