// deadline: 240
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CelEngineOptions, createCelEngine } from '../../../src/policy/cel/engine.ts';
import type { PolicyEngine, PolicyOutcome } from '../../../src/policy/evaluation.ts';
import { policyOf, queryOf, violationsIn } from './queries.ts';

const test = suite('engine of CEL policies');
const engines: PolicyEngine[] = [];
const TIMEOUT = 1_000;

function engine(options: CelEngineOptions = {}): PolicyEngine {
  const made = createCelEngine({ timeoutMs: TIMEOUT, memoryMegabytes: 64, threads: 2, ...options });
  engines.push(made);
  return made;
}

test.after(async () => {
  await Promise.all(engines.map((each) => each.close()));
});

const shared = engine({ timeoutMs: 20_000 });
const GOOD = policyOf('input.a == 1');
const list = Array.from({ length: 3_000 }, (_, index) => index);
/** 27,000 million steps. */
const CUBIC = policyOf('input.list.all(a, input.list.all(b, input.list.all(c, a + b + c >= 0)))');

const reasonOf = (outcome: PolicyOutcome): string =>
  outcome.kind === 'failed' ? outcome.failure.reason : outcome.kind;

test('a policy is checked and evaluated in a thread', async () => {
  assert.equal(await shared.check(GOOD), []);
  assert.is((await shared.check(policyOf('input.a ==')))[0]?.line, 2);
  assert.equal(violationsIn(await shared.evaluate('p', GOOD, queryOf({ a: 1 }))), []);
  assert.equal(violationsIn(await shared.evaluate('p', GOOD, queryOf({ a: 2 }))), [{ subject: 'p', message: 'no' }]);
});

test('a policy that can not be compiled fails, with the place', async () => {
  const outcome = await shared.evaluate('p', policyOf('foo'), queryOf({}));
  assert.is(reasonOf(outcome), 'Error');
  assert.match(
    outcome.kind === 'failed' ? outcome.failure.message : '',
    /line 2, column 18: there is nothing called 'foo'/,
  );
});

test('many policies about one input, and many inputs of one policy, get the answers that are theirs', async () => {
  const inputs = [1, 2, 3, 4].map((a) => ({ a }));
  const asked = inputs.flatMap((input) =>
    inputs.map(async ({ a }) => {
      const outcome = await shared.evaluate('p', policyOf(`input.a == ${a}`), queryOf(input));
      assert.is(violationsIn(outcome).length, input.a === a ? 0 : 1, `${input.a} ${a}`);
    }),
  );
  await Promise.all(asked);
});

test('inputs that are no objects', async () => {
  for (const [input, expression] of [
    [null, 'input == null'],
    ['a', "input == 'a'"],
    [[1], 'input[0] == 1'],
    [undefined, 'input == null'],
  ] as const) {
    assert.equal(violationsIn(await shared.evaluate('p', policyOf(expression), queryOf(input))), [], expression);
  }
});

test('attack: a policy that runs for ever is ended soon after its time, and its thread replaced', async () => {
  const own = engine();
  const late: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    // A thread is up before it begins.
    assert.equal(violationsIn(await own.evaluate('p', CUBIC, queryOf({ list: [1] }))), []);
    const from = performance.now();
    assert.is(reasonOf(await own.evaluate('p', CUBIC, queryOf({ list }))), 'Timeout');
    late.push(Math.round(performance.now() - from - TIMEOUT));
  }
  console.log(`» ended ${late.join(', ')} ms after its time`);
  assert.ok(Math.min(...late) >= -5, `${late}`);
  assert.equal(violationsIn(await own.evaluate('p', GOOD, queryOf({ a: 1 }))), []);
});

test('attack: others are evaluated while one policy keeps all the threads that it gets', async () => {
  const own = engine({ timeoutMs: 4_000 });
  // Both threads are up before it begins.
  await Promise.all([GOOD, policyOf('true')].map((each) => own.evaluate('p', each, queryOf({ a: 1 }))));
  const bad = Array.from({ length: 4 }, () => own.evaluate('bad', CUBIC, queryOf({ list })));
  let isOver = false;
  for (const each of bad)
    void each.then(() => {
      isOver = true;
    });
  for (let asked = 0; asked < 3; asked += 1) {
    assert.equal(violationsIn(await own.evaluate('p', GOOD, queryOf({ a: 1 }))), []);
  }
  assert.is(isOver, false, 'they waited for the others');
  assert.is(reasonOf((await bad[0]) as PolicyOutcome), 'Timeout');
  await own.close();
  await Promise.all(bad);
});

test('attack: lists that eat memory end the thread and nothing else', async () => {
  const own = engine({ timeoutMs: 30_000 });
  const bomb = policyOf('size(input.list.map(a, input.list.map(b, input.list.map(c, string(a) + string(b))))) == 0');
  assert.is(reasonOf(await own.evaluate('p', bomb, queryOf({ list }))), 'OutOfMemory');
  assert.equal(violationsIn(await own.evaluate('p', GOOD, queryOf({ a: 1 }))), []);
});

for (const first of ["'0123456789abcdef'", "b'0123456789abcdef'"]) {
  test(`attack: ${first}, doubled thirty times, does not grow beyond a limit`, async () => {
    const doubled = Array.from(
      { length: 30 },
      (_, n) => `  - {name: v${n + 1}, expression: variables.v${n} + variables.v${n}}`,
    );
    const variables = ['variables:', `  - {name: v0, expression: "${first}"}`, ...doubled].join('\n');
    const outcome = await shared.evaluate('p', `${variables}\n${policyOf('size(variables.v30) == 0')}`, queryOf({}));
    assert.is(reasonOf(outcome), 'Error');
    assert.match(JSON.stringify(outcome), /text is added up to a length of 16777216|at most 64 MB of bytes/);
  });
}

test('attack: bytes, which no limit of a thread counts, are made up to a limit in all', async () => {
  const doubled = Array.from(
    { length: 16 },
    (_, n) => `  - {name: v${n + 1}, expression: variables.v${n} + variables.v${n}}`,
  );
  const variables = ['variables:', `  - {name: v0, expression: "'0123456789abcdef'"}`, ...doubled].join('\n');
  for (const made of ['bytes(variables.v16)', 'base64.decode(variables.v16)']) {
    const source = `${variables}\n${policyOf(`size(input.list.map(x, ${made})) == 0`)}`;
    const outcome = await shared.evaluate('p', source, queryOf({ list }));
    assert.match(JSON.stringify(outcome), /"Error".*at most 64 MB of bytes/);
    // The next one has all of it again.
    assert.equal(violationsIn(await shared.evaluate('p', policyOf("size(bytes('ab')) == 2"), queryOf({}))), []);
  }
});

test('attack: a pattern that backtracks for ever elsewhere takes no time', async () => {
  const text = `${'a'.repeat(50_000)}!`;
  const outcome = await shared.evaluate(
    'p',
    policyOf("!input.text.matches('^(a+)+$') && !input.text.matches('(a|aa)*b')"),
    queryOf({ text }),
  );
  assert.equal(violationsIn(outcome), []);
});

test('attack: nesting deeper than a stack', async () => {
  let deep: unknown = 1;
  for (let level = 0; level < 1_000; level += 1) deep = { a: deep };
  const source = 'validations: [{expression: "false", message: m, findingExpression: input}]';
  assert.ok(['evaluated', 'InvalidResult'].includes(reasonOf(await shared.evaluate('p', source, queryOf(deep)))));
  const nested = policyOf(`size(${'['.repeat(3_000)}${']'.repeat(3_000)}) == 0`);
  assert.match((await shared.check(nested))[0]?.message ?? '', /nested too deeply/);
  const long = policyOf(Array.from({ length: 20_000 }, () => 'input.a').join(' && '));
  const [finding] = await shared.check(long);
  assert.ok(finding === undefined || /nested too deeply/.test(finding.message), finding?.message);
});

test('attack: a source that takes too long to check is not known to be good, nor faulty', async () => {
  const own = engine({ timeoutMs: 1 });
  const source = policyOf(Array.from({ length: 5_000 }, (_, n) => `input.a${n} == ${n}`).join(' || '));
  assert.is((await own.check(source))[0]?.reason, 'Timeout');
});

test('what is asked of an engine that was closed is not known', async () => {
  const own = engine();
  const running = own.evaluate('p', CUBIC, queryOf({ list }));
  await own.close();
  assert.is(reasonOf(await running), 'EngineUnavailable');
  assert.is(reasonOf(await own.evaluate('p', GOOD, queryOf({ a: 1 }))), 'EngineUnavailable');
  assert.is((await own.check(GOOD))[0]?.reason, 'EngineUnavailable');
});

test.run();
