// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { CoveringEngine } from '../../../src/policy/coverage.ts';
import type { PolicyOutcome } from '../../../src/policy/evaluation.ts';
import { NO_GPL, queryOf, regoEngine, sbomOf } from './engine.ts';

const test = suite('rego engine');
let engine: CoveringEngine;

test.before(async () => {
  engine = await regoEngine();
});
test.after(() => engine.close());

const say = (result: string): string => `package main\nimport rego.v1\nresult := ${result}\n`;
const judge = (source: string, input: unknown = {}): Promise<PolicyOutcome> =>
  engine.evaluate('a policy', source, queryOf(input));

test('a policy for Chainloop names what it objects to; the rules that it leaves out are there', async () => {
  assert.equal(await engine.check(NO_GPL), []);
  assert.equal(await judge(NO_GPL, sbomOf(60)), {
    kind: 'evaluated',
    violations: [
      { subject: 'a policy', message: 'library-0 is under GPL-3.0-only' },
      { subject: 'a policy', message: 'library-50 is under GPL-3.0-only' },
    ],
  });
  assert.equal(await judge(NO_GPL, { bomFormat: 'CycloneDX' }), { kind: 'evaluated', violations: [] });
});

test('one that the input is not for is skipped, with the reason', async () => {
  assert.equal(await judge(NO_GPL, { spdxVersion: '2.3' }), {
    kind: 'skipped',
    reasons: ['the input is not of the kind that this policy judges'],
  });
  const own = await judge(say('{"skipped": true, "skip_reason": "no SBOM", "violations": []}'));
  assert.equal(own, { kind: 'skipped', reasons: ['no SBOM'] });
});

test('one that wants no trace leaves none', async () => {
  assert.equal(await judge('package main\nignore := true\n'), { kind: 'ignored' });
});

test('Rego of before 1.0 and of today are told apart', async () => {
  const old = 'package old.style["of-2019"]\n\nviolations[msg] {\n  any([input.bad])\n  msg := "bad"\n}\n';
  const implied = 'package now\n\nviolations contains "bad" if input.bad\n';
  for (const source of [old, implied]) {
    assert.equal(await engine.check(source), []);
    assert.equal(await judge(source, { bad: true }), {
      kind: 'evaluated',
      violations: [{ subject: 'a policy', message: 'bad' }],
    });
  }
});

test('what is wrong with a source is said in terms of the Rego that it is in', async () => {
  assert.equal(await engine.check('package a\n\nx if {\n  nonsense(1)\n}\n'), [
    { line: 4, column: 3, message: 'undefined function nonsense' },
  ]);
  const [old] = await engine.check('package a\n\nx[msg] {\n  msg := nonsense(1)\n}\n');
  assert.equal(old, { line: 4, column: 10, message: 'undefined function nonsense' });
  const [open] = await engine.check('package a\nx if {\n');
  assert.is(open?.message, 'unexpected eof token');
  assert.match((await engine.check('nothing'))[0]?.message ?? '', /package expected/);
  assert.is((await engine.check('')).length, 1);
  const judged = await judge('package a\n\nx if nonsense(1)\n');
  assert.equal(judged, {
    kind: 'failed',
    failure: {
      reason: 'Error',
      message: "the source can't be evaluated: line 3, column 6: undefined function nonsense",
    },
  });
});

test('an error in a built-in function fails the evaluation, with its place', async () => {
  const outcome = await judge(
    'package main\nimport rego.v1\nviolations contains m if {\n  m := json.unmarshal("{")\n}\n',
  );
  assert.equal(outcome, {
    kind: 'failed',
    failure: { reason: 'Error', message: 'line 4, column 8: json.unmarshal: unexpected EOF' },
  });
});

test("the input has Chainloop's form, which its content can't change", async () => {
  const source = say('{"violations": [json.marshal(input)]}');
  const inputs = { one: 'a', several: 'a, b\\,c ,,d', lines: 'x,y\nz\n', none: ' ' };
  const material = {
    name: 'sbom',
    type: 'SBOM_CYCLONEDX_JSON',
    digest: `sha256:${'0'.repeat(64)}`,
    annotations: { a: 'b' },
  };
  const run = { namespace: 'shop', name: 'checkout-1', workflow: 'checkout', project: 'web' };
  const input = { own: 1, args: 'mine', chainloop_metadata: { name: 'mine' } };
  const outcome = await engine.evaluate('a policy', source, queryOf(input, { inputs, material, run }));
  assert.is(outcome.kind, 'evaluated');
  assert.equal(JSON.parse(outcome.kind === 'evaluated' ? (outcome.violations[0]?.message ?? '') : ''), {
    own: 1,
    args: { one: 'a', several: ['a', 'b,c', 'd'], lines: ['x,y', 'z'] },
    chainloop_metadata: {
      name: 'sbom',
      digest: { sha256: '0'.repeat(64) },
      annotations: { a: 'b', 'chainloop.material.name': 'sbom', 'chainloop.material.type': 'SBOM_CYCLONEDX_JSON' },
      project_name: 'web',
    },
  });
});

test('an array is under elements; what is neither object nor array fails', async () => {
  const source = say('{"violations": [sprintf("%v", [input.elements])]}');
  assert.equal(await judge(source, [1, 2]), {
    kind: 'evaluated',
    violations: [{ subject: 'a policy', message: '[1, 2]' }],
  });
  for (const input of ['text', null, 1]) {
    const outcome = await judge(source, input);
    const message = 'a policy in Rego judges an object or an array, and this is something else';
    assert.equal(outcome, { kind: 'failed', failure: { reason: 'Error', message } });
  }
});

test('it is always the time that is judged by', async () => {
  const outcome = await judge(say('{"violations": [time.format(time.now_ns())]}'));
  assert.equal(outcome, { kind: 'evaluated', violations: [{ subject: 'a policy', message: '2026-05-04T03:02:01Z' }] });
});

test('violations may be objects; findings go before them; suppressed ones are marked', async () => {
  const found = '{"message": "old", "external_id": "CVE-1", "subject": "pkg:a", "suppress": true}';
  assert.equal(await judge(say(`{"violations": ["text"], "findings": [${found}]}`)), {
    kind: 'evaluated',
    violations: [{ subject: 'pkg:a', message: 'old', finding: JSON.parse(found), suppressed: true }],
  });
  const made = 'chainloop.vulnerability("bad", "CVE-2", "pkg:npm/b@1", "HIGH")';
  assert.equal(await judge(say(`{"violations": [${made}]}`)), {
    kind: 'evaluated',
    violations: [
      {
        subject: 'a policy',
        message: 'bad',
        finding: { message: 'bad', external_id: 'CVE-2', package_purl: 'pkg:npm/b@1', severity: 'HIGH' },
      },
    ],
  });
});

test("one that calls a function of Chainloop's that isn't here is skipped, and says which", async () => {
  const source =
    'package a\nimport rego.v1\nviolations contains m if m := chainloop.discover("sha256:…", "ATTESTATION")\n';
  assert.equal(await engine.check(source), []);
  const outcome = await judge(source);
  assert.is(outcome.kind, 'skipped');
  assert.match(outcome.kind === 'skipped' ? outcome.reasons.join() : '', /chainloop\.discover/);
  const [finding] = await engine.check(`${source}x := http.send({})\n`);
  assert.ok(finding, 'a second function that is not there is no reason to skip');
});

for (const [result, at] of [
  ['7', 'result: must be an object with `violations`, and is 7'],
  ['{}', 'result/violations: must be an array, or `findings` in its place, and is missing'],
  ['{"violations": {"a": 1}}', 'result/violations: must be an array or a set, and is {"a":1}'],
  ['{"violations": ["a", 1]}', 'result/violations/1: must be a string or an object with a `message`, and is 1'],
  [
    '{"violations": [{"msg": "a"}]}',
    'result/violations/0/message: must be a string that says something, and is missing',
  ],
  [
    '{"violations": [{"message": "a", "suppress": "yes"}]}',
    'result/violations/0/suppress: must be true or false, and is "yes"',
  ],
  ['{"violations": [], "skipped": "no"}', 'result/skipped: must be true or false, and is "no"'],
  ['{"violations": [], "skip_reason": 1}', 'result/skip_reason: must be a string, and is 1'],
  ['input.absent', 'result: must be an object with `violations`, and is missing'],
] as const) {
  test(`a result that is ${result} is none`, async () => {
    assert.equal(await judge(say(result)), { kind: 'failed', failure: { reason: 'InvalidResult', message: at } });
  });
}

test('the version of OPA is told', async () => {
  assert.match((await engine.version()) ?? '', /^1\.\d+\.\d+$/);
});

test.run();
