import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluate } from '../../../src/policy/cel/evaluate.ts';
import { compile } from '../../../src/policy/cel/program.ts';
import { policyOf, queryOf } from './queries.ts';

const test = suite('functions of CEL policies');

const HOLDS: readonly string[] = [
  "'a-1 b-22'.find('[0-9]+') == '1' && 'abc'.find('[0-9]') == ''",
  "'a-1 b-22'.findAll('[0-9]+') == ['1', '22'] && 'a1b2'.findAll('[0-9]', 1) == ['1'] && 'abc'.findAll('x*', 0) == []",
  "url('https://a.example:8443/b%20c?d=1&d=2&e=').getHost() == 'a.example:8443'",
  "url('https://a.example:8443/b%20c?d=1&d=2').getHostname() == 'a.example' && url('https://a:1/').getPort() == '1'",
  "url('https://a/b%20c').getEscapedPath() == '/b%20c' && url('git+ssh://a/b').getScheme() == 'git+ssh'",
  "url('https://a/?d=1&d=2').getQuery() == {'d': ['1', '2']} && isURL('https://a') && !isURL('a')",
  "isIP('10.0.0.1') && isIP('::1') && !isIP('10.0.0') && !isIP('10.0.0.1/8') && ip('::1').family() == 6",
  "cidr('10.0.0.0/8').containsIP('10.9.8.7') && !cidr('10.0.0.0/8').containsIP('11.0.0.1')",
  "cidr('2001:db8::/32').containsIP('2001:db8::1') && isCIDR('0.0.0.0/0') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0')",
  "semver('1.10.0').isGreaterThan(semver('1.9.9')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0'))",
  "semver('1.2.3').compareTo(semver('1.2.3')) == 0 && semver('1.2.3').minor == 2 && !isSemver('1.2') && isSemver('1.2.3-a+b')",
  "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('100m').isLessThan(quantity('0.2')) && !isQuantity('1 G')",
  "quantity('1e3').compareTo(quantity('1k')) == 0 && quantity('-1').isLessThan(quantity('0'))",
  "double('1e3') == 1000.0 && double('-.5') == -0.5 && int('+7') == 7 && int('-9223372036854775808') < 0 && uint('7') == 7u",
  "base64.decode('aGk=') == b'hi' && base64.encode(b'hi') == 'aGk='",
];

test('a text that is no number is an error, and nothing that every comparison is false of', () => {
  const texts = [
    "double('')",
    "double('most')",
    "double(' 1')",
    "double('0x10')",
    "double('1,5')",
    "int('')",
    "int('1.5')",
  ];
  const beyond = ["int('0x10')", "int('9223372036854775808')", "uint('-1')", "uint('18446744073709551616')"];
  for (const call of [...texts, ...beyond]) {
    const compiled = compile(policyOf(`${call} == ${call}`));
    assert.ok(compiled.ok);
    const outcome = evaluate('p', compiled.program, queryOf({}));
    assert.is(outcome.kind === 'failed' && outcome.failure.reason, 'Error', call);
  }
});

test('what a function has found out can be told in a finding', () => {
  const source = `validations:\n  - {expression: "false", message: m, findingExpression: "{'tests': tests(input), 'first': input[0].totals}"}`;
  const compiled = compile(source);
  assert.ok(compiled.ok);
  const input = [{ tests: [{ status: 'failed' }], totals: { tests: 1 } }];
  assert.equal(evaluate('p', compiled.program, queryOf(input)), {
    kind: 'evaluated',
    violations: [
      {
        subject: 'p',
        message: 'm',
        finding: { tests: { total: 1, failed: 1, errors: 0, skipped: 0 }, first: { tests: 1 } },
      },
    ],
  });
});

for (const expression of HOLDS) {
  test(expression, () => {
    const compiled = compile(policyOf(expression));
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.findings));
    assert.equal(evaluate('p', compiled.program, queryOf({})), { kind: 'evaluated', violations: [] });
  });
}

const FAILS: readonly (readonly [expression: string, message: RegExp])[] = [
  ["url('a').getHost() == ''", /this is no URL/],
  ["ip('10.0.0') == ''", /this is no IP address/],
  ["cidr('10.0.0.0/64').containsIP('10.0.0.1')", /this is no network/],
  ["cidr('10.0.0.0/8').containsIP('a')", /this is no IP address/],
  ["semver('1') == semver('1')", /Semantic Versioning/],
  ["quantity('1x').isGreaterThan(quantity('1'))", /this is no quantity/],
  ["semver('1.0.0').isGreaterThan(quantity('1'))", /only two values/],
  ["semver('1.0.0').isGreaterThan({'major': 2})", /only two values/],
  ["base64.decode('a_b') == b''", /this is no base64/],
  ["'a'.find(input.pattern) == ''", /error parsing regexp|missing/],
  ["'a'.matches(input.long)", /over 4096 characters/],
];

for (const [expression, message] of FAILS) {
  test(`${expression} is an error`, () => {
    const compiled = compile(policyOf(expression));
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.findings));
    const outcome = evaluate('p', compiled.program, queryOf({ pattern: '(', long: 'a'.repeat(5_000) }));
    assert.is(outcome.kind, 'failed');
    assert.match(JSON.stringify(outcome), message);
  });
}

test.run();
