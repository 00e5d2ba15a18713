import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate } from '../../../src/policy/cel/evaluate.ts';
import { compile } from '../../../src/policy/cel/program.ts';
import type { PolicyOutcome } from '../../../src/policy/evaluation.ts';
import { policyOf, queryOf } from './queries.ts';

const test = suite('CEL policy');

function outcomeOf(source: string, input: unknown, inputs: Readonly<Record<string, string>> = {}): PolicyOutcome {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.findings));
  return evaluate('the-policy', compiled.program, queryOf(input, inputs));
}

const findingsOf = (source: string): readonly string[] => {
  const compiled = compile(source);
  return compiled.ok ? [] : compiled.findings.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

/** Whether the expression is true of the input. */
function holds(expression: string, input: unknown = {}): boolean {
  const outcome = outcomeOf(policyOf(expression), input);
  if (outcome.kind !== 'evaluated') throw new Error(JSON.stringify(outcome));
  return outcome.violations.length === 0;
}

const BANNED = `
variables:
  - {name: banned, expression: "inputs.licenses.split(',')"}
  - {name: wanted, expression: "input.components.filter(c, variables.banned.exists(b, b in c.licenses))"}
skip:
  - {expression: "!has(input.components)", reason: the SBOM lists no components}
  - {expression: "inputs.licenses == ''", reason: no licence is banned}
validations:
  - forEach: variables.wanted
    expression: "false"
    messageExpression: "'component ' + item.name + ' has ' + item.licenses.join(', ')"
    subjectExpression: item.purl
    findingExpression: "{'component_name': item.name, 'major': item.major, 'seen': now}"
  - expression: size(input.components) < 3
    message: there are too many components
`;

test('variables, elements, messages, subjects and findings', () => {
  const components = [
    { name: 'a', purl: 'pkg:npm/a@1', licenses: ['MIT', 'GPL-3.0'], major: 1 },
    { name: 'b', purl: 'pkg:npm/b@2', licenses: ['MIT'], major: 2 },
  ];
  assert.equal(outcomeOf(BANNED, { components }, { licenses: 'GPL-3.0,AGPL-3.0' }), {
    kind: 'evaluated',
    violations: [
      {
        subject: 'pkg:npm/a@1',
        message: 'component a has MIT, GPL-3.0',
        finding: { component_name: 'a', major: 1, seen: '2026-02-03T04:05:06.789Z' },
      },
    ],
  });
  const many = outcomeOf(BANNED, { components: [...components, ...components] }, { licenses: 'AGPL-3.0' });
  assert.equal(many, {
    kind: 'evaluated',
    violations: [{ subject: 'the-policy', message: 'there are too many components' }],
  });
});

test('a policy that has nothing to say gives all reasons', () => {
  assert.equal(outcomeOf(BANNED, {}, { licenses: '' }), {
    kind: 'skipped',
    reasons: ['the SBOM lists no components', 'no licence is banned'],
  });
});

test('what is in scope', () => {
  assert.ok(
    holds(
      "material.name == 'sbom' && material.type == 'SBOM_CYCLONEDX_JSON' && material.annotations.stage == 'release'",
    ),
  );
  assert.ok(holds("material.digest.startsWith('sha256:') && run.namespace == 'shop' && run.workflow == 'build'"));
  assert.ok(holds("run.project == 'web' && !has(run.team)"));
  assert.ok(holds("now == timestamp('2026-02-03T04:05:06.789Z') && now - duration('24h') < now"));
  const compiled = compile(policyOf('material == null'));
  assert.ok(compiled.ok);
  const { material: _, ...statement } = queryOf({});
  assert.equal(evaluate('p', compiled.program, statement), { kind: 'evaluated', violations: [] });
});

test('numbers of JSON are whole where they are, and doubles beyond what a double holds exactly', () => {
  assert.ok(holds('input.a + 1 == 2 && type(input.a) == int && type(input.b) == double', { a: 1, b: 1.5 }));
  assert.ok(
    holds('type(input.a) == double && type(input.b) == int', JSON.parse('{"a":9007199254740993,"b":9007199254740991}')),
  );
  assert.ok(holds('input.score >= 7.0 && input.score == 7.0 && double(input.score) + 0.5 == 7.5', { score: 7 }));
});

test('members that mean something to an object of JavaScript are members like any other, and absent if they are', () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    assert.ok(holds(`!has(input.${name}) && !('${name}' in input)`), name);
    const input = JSON.parse(`{"${name}": {"a": [1]}}`);
    assert.ok(holds(`has(input.${name}) && input.${name}.a[0] == 1 && size(input) == 1`, input), name);
    assert.equal(findingsOf(policyOf(`${name} == 1`)).length, 1, name);
    const outcome = outcomeOf(
      `validations: [{expression: "false", message: no, findingExpression: "{'${name}': 1, 'b': input}"}]`,
      input,
    );
    assert.is(JSON.stringify(outcome).match(new RegExp(name, 'g'))?.length, 2);
  }
});

test('has() of a member that is null', () => {
  assert.ok(holds("has(input.a) && 'a' in input && input.a == null", { a: null }));
});

test('macros over more elements than a stack holds', () => {
  const list = Array.from({ length: 50_000 }, (_, index) => ({ index, tags: [`t${index % 7}`] }));
  assert.ok(holds('size(input.list.map(e, e.index).filter(i, i > 9)) == 49990', { list }));
  assert.ok(holds('input.list.map(e, e.index + 1)[49999] == 50000', { list }));
  assert.ok(holds("size(input.list.filter(e, e.tags.map(t, t + 'x') == ['t0x']).map(e, e.tags)) == 7143", { list }));
  assert.ok(holds('[1, 2].map(a, [10, 20].map(b, a * b)) == [[10, 20], [20, 40]]'));
  assert.ok(holds('{"a": 1, "b": 2}.map(k, k) == ["a", "b"] && [[1], [2]].map(x, x + [3]) == [[1, 3], [2, 3]]'));
  assert.ok(holds('[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]'));
});

const FINDINGS: readonly (readonly [source: string, findings: readonly (string | RegExp)[]])[] = [
  ['[]', [/^1:1 a policy is a map with the members variables, skip, validations/]],
  ['', [/^1:1 a policy is a map/]],
  ['validations: []', [/must have at least one element/]],
  ['a: [', [/^1:/]],
  ['a: 1\na: 2', [/^2:1 duplicated mapping key/]],
  ['validation: []', ["1:1 there is no member 'validation'; is 'validations' meant?"]],
  ['validations: yes', ["1:14 'validations' must be a list"]],
  ['validations:\n  - expression: "true"', [/^2:18 a 'message' or a 'messageExpression' is missing/]],
  ['validations:\n  - message: no', ["2:5 'expression' is missing"]],
  ['validations:\n  - {expression: "true", message: a, messageExpression: "\'b\'"}', [/keep one of them/]],
  ['validations:\n  - {expression: "true", message: [a]}', [/^2:35 'message' must be text/]],
  ['validations:\n  - &a {expression: "true", message: a}\n  - *a', [/^3:5 aliases are not taken/]],
  [
    'variables: [{name: a b, expression: "1"}]\nvalidations: [{expression: "true", message: a}]',
    [/^1:20 the name of a variable/],
  ],
  [
    'variables:\n  - {name: a, expression: variables.b}\n  - {name: b, expression: "1"}\nvalidations: [{expression: "true", message: a}]',
    ["2:36 there is no variable 'b' before this"],
  ],
  [policyOf('foo == 1'), [/^2:18 there is nothing called 'foo'; there are input/]],
  [policyOf('item == 1'), [/^2:18 there is nothing called 'item'/]],
  [policyOf('inptu.a == 1'), [/is 'input' meant\?/]],
  [policyOf('run.nam == "x"'), [/^2:21 'run' has no member 'nam'; is 'name' meant\?/]],
  [policyOf("input.a.splt(',') == []"), [/^2:\d+ the function 'input.a.splt' does not exist; is 'split' meant\?/]],
  [policyOf('has(input)'), [/^2:\d+ the function 'has' is not written like this/]],
  [policyOf('1 + 1.5 == input.x'), [/^2:20 '\+' doesn't take \(int, double\)/]],
  [policyOf('size(input)'), [/^2:18 this must be of type bool, but is int/]],
  [policyOf("input.a.matches('(')"), [/^2:\d+ the pattern is none of RE2/]],
  [policyOf("input.a.matches('(?=a)')"), [/the pattern is none of RE2/]],
  [policyOf('1 ? true : false'), [/'\?' decides by a bool, not by int/]],
  [policyOf('input.a && 1'), [/'&&' takes values of type bool, not int/]],
  [policyOf("'a'.b == 1"), [/a value of type string has no members/]],
  [policyOf('(1).exists(x, x == 1)'), [/only lists and maps have elements, not a value of type int/]],
  [policyOf('input.a +'), [/^2:26 this is no expression/]],
  [policyOf(`${'('.repeat(5000)}1${')'.repeat(5000)}`), [/nested too deeply/]],
  [
    'validations:\n  - expression: |\n      input.a == 1\n        && foo == 2\n    message: no',
    [/^4:12 there is nothing called 'foo'/],
  ],
  [
    'validations:\n  - expression: >-\n      input.a == 1\n      && foo == 2\n    message: no',
    [/^4:10 there is nothing called 'foo'/],
  ],
  [
    'validations:\n  - expression: "input.a == \\"x\\"\n      && foo == 2"\n    message: no',
    [/^3:10 there is nothing called 'foo'/],
  ],
  [
    "validations:\n  - expression: 'input.a == ''x'' && foo == 2'\n    message: no",
    [/^2:38 there is nothing called 'foo'/],
  ],
];

for (const [source, wanted] of FINDINGS) {
  test(`it is told what is wrong: ${JSON.stringify(source).slice(0, 90)}`, () => {
    const found = findingsOf(source);
    assert.is(found.length, wanted.length, found.join('\n'));
    for (const [index, each] of wanted.entries()) {
      if (typeof each === 'string') assert.is(found[index], each);
      else assert.match(found[index] ?? '', each);
    }
  });
}

test('attack: of thousands of findings, and of names of any length, there is told as much as can be read', () => {
  const many = findingsOf(
    `validations:\n${Array.from({ length: 5_000 }, (_, n) => `  - {expression: a${n}, message: m}`).join('\n')}`,
  );
  assert.is(many.length, 20);
  const [long = ''] = findingsOf(policyOf('x'.repeat(100_000)));
  assert.ok(long.length < 600, `${long.length}`);
});

test('what goes wrong later is told with its place', () => {
  const failureOf = (source: string, input: unknown): string => {
    const outcome = outcomeOf(source, input);
    return outcome.kind === 'failed' ? `${outcome.failure.reason} ${outcome.failure.message}` : outcome.kind;
  };
  assert.match(failureOf(policyOf('input.a.b == 1'), { a: {} }), /^Error line 2, column \d+: .*not found: b/);
  assert.match(
    failureOf(policyOf('input.a'), { a: 'yes' }),
    /^InvalidResult line 2, column 18: .* must give true or false/,
  );
  const shapes = [
    ['{forEach: input.a, expression: "true", message: m}', /InvalidResult .*forEach must give a list/],
    ['{expression: "false", messageExpression: input.a}', /InvalidResult .*messageExpression must give a string/],
    [
      '{expression: "false", message: m, subjectExpression: input.a}',
      /InvalidResult .*subjectExpression must give a string/,
    ],
    [
      '{expression: "false", message: m, findingExpression: input.a}',
      /InvalidResult .*findingExpression must give a map/,
    ],
    ['{expression: "false", message: m, findingExpression: "{\'a\': int}"}', /InvalidResult .*a type is no value/],
    ['{expression: "false", message: m, findingExpression: input.big}', /InvalidResult .*over 8 KB/],
  ] as const;
  for (const [validation, wanted] of shapes) {
    assert.match(failureOf(`validations: [${validation}]`, { a: 7, big: { a: 'x'.repeat(10_000) } }), wanted);
  }
  assert.match(
    failureOf(
      'variables: [{name: a, expression: input.x}]\nvalidations: [{expression: variables.a == 1, message: m}]',
      {},
    ),
    /^Error .*not found: x/,
  );
});

test('a variable that nobody uses is not evaluated, and its error is none', () => {
  const source =
    'variables: [{name: a, expression: input.x}]\nvalidations: [{expression: "!has(input.x) || variables.a == 1", message: m}]';
  assert.equal(outcomeOf(source, {}), { kind: 'evaluated', violations: [] });
});

test('a thousand violations are told, and how many more there are', () => {
  const list = Array.from({ length: 10_000 }, () => ({ text: 'x'.repeat(5_000) }));
  const outcome = outcomeOf(
    'validations: [{forEach: input.list, expression: "false", messageExpression: item.text, subjectExpression: item.text}]',
    { list },
  );
  if (outcome.kind !== 'evaluated') throw new Error(JSON.stringify(outcome));
  assert.is(outcome.violations.length, 1000);
  assert.is(outcome.omitted, 9000);
  assert.ok(JSON.stringify(outcome).length < 2_000_000);
});

test.run();
