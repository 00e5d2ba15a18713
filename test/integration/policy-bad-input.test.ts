// deadline: 300
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { tool } from '../tools/tool.ts';

const key = generateTestKey();
const kinds = ['SARIF'];
const nested = (body: string, depth: number): string =>
  `[1,2,3,4,5,6,7,8,9,10].all(a${depth}, ${depth === 0 ? body : nested(body, depth - 1)})`;
const cel = (expression: string, message = 'never') =>
  `validations: [{expression: "${expression}", message: ${message}}]`;
const rego = (rule: string) => `package main\nimport rego.v1\n${rule}\n`;

/** What policies do, and how it ends. */
const POLICIES: Readonly<Record<string, { readonly engine: string; readonly source: string; readonly ends: RegExp }>> =
  {
    'cel-loop': { engine: 'CEL', source: cel(nested('true', 9)), ends: /^Timeout: the policy took over 5 seconds/ },
    'cel-memory': {
      engine: 'CEL',
      source: `variables:\n  - {name: a, expression: "'0123456789'.split('')"}\n${cel(
        'variables.a.map(a, variables.a.map(b, variables.a.map(c, variables.a.map(d, variables.a.map(e, variables.a.map(f, variables.a.map(g, variables.a))))))).size() > 0',
      )}`,
      ends: /^(OutOfMemory|Timeout): /,
    },
    'cel-regex': { engine: 'CEL', source: cel("!input.runs[0].tool.driver.name.matches('^(a+)+$')"), ends: /^$/ },
    'cel-throws': { engine: 'CEL', source: cel('input.nowhere.atAll'), ends: /^Error: / },
    'cel-shape': { engine: 'CEL', source: cel('input.version'), ends: /^(Error|InvalidResult): / },
    'rego-loop': {
      engine: 'Rego',
      source: rego(
        'result := {"violations": [x | some x in numbers.range(1, 100000); some y in numbers.range(1, 100000); x + y < 0]}',
      ),
      ends: /^(Timeout|OutOfMemory): /,
    },
    'rego-shape': { engine: 'Rego', source: rego('result := "fine"'), ends: /^(Error|InvalidResult): / },
    'rego-throws': {
      engine: 'Rego',
      source: rego('result := {"violations": [to_number(input.version)]}'),
      ends: /^Error: /,
    },
    many: {
      engine: 'Rego',
      source: rego('result := {"violations": [sprintf("violation %d", [n]) | some n in numbers.range(1, 10000)]}'),
      ends: /^violation 1$/,
    },
  };

const MANIFESTS = [
  ...Object.entries(POLICIES).flatMap(([name, { engine, source }]) => [
    manifest('Policy', name, { engine, kinds, source: { inline: source } }),
    contract(name, name),
    manifest('Workflow', name, { contractRef: { name } }),
  ]),
  contract('plain'),
  manifest('Workflow', 'plain', { contractRef: { name: 'plain' } }),
];
function contract(name: string, ...policies: readonly string[]): string {
  return manifest('Contract', name, {
    signers: [{ key: { inline: key.publicPem } }],
    materials: [{ name: 'scan', type: 'SARIF' }],
    policies: { materials: policies.map((policy) => ({ ref: { name: policy } })) },
  });
}
const SCAN = JSON.stringify({
  version: '2.1.0',
  runs: [{ tool: { driver: { name: `${'a'.repeat(40)}!` } }, results: [] }],
});

let shop: Shop;
const test = suite('policies that misbehave');
test.before(async () => {
  process.env.PROVISO_OPA = await tool('opa');
  shop = await openShop(MANIFESTS.join('\n---\n'));
});
test.after(() => shop?.stop());

async function open(workflow: string) {
  const token = await shop.tokenOf(workflow);
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
  assert.is(opened.status, 201, opened.body.toString());
  const path = `/v1/namespaces/shop/runs/${opened.json<RunMessage>().run}`;
  return {
    async add() {
      const answer = await shop.http.call(`${path}/materials/scan`, { method: 'PUT', token, body: SCAN });
      assert.is(answer.status, 200, answer.body.toString());
      return answer.json<MaterialMessage>().material;
    },
    async push() {
      const statement = await shop.http.call(`${path}/statement`, { token });
      const body = signedBundle(statement.body, key);
      return (await shop.http.call(`${path}/attestation`, { method: 'POST', token, body })).json<RunMessage>();
    },
  };
}

test('each ends for itself, and none is taken for a pass; others go on meanwhile', async () => {
  const names = Object.keys(POLICIES);
  const runs = new Map(await Promise.all(names.map(async (name) => [name, await open(name)] as const)));
  const loop = await open('cel-loop');
  let isOver = false;
  const looping = loop.add().finally(() => {
    isOver = true;
  });
  const plain = await open('plain');
  await plain.add();
  assert.is((await plain.push()).reason, 'Accepted');
  assert.not.ok(isOver, 'a run without policies waited for a loop');
  const ended = Promise.all([...runs].map(async ([name, run]) => [name, await run.add()] as const));
  for (const [name, { policies = [] }] of await ended) {
    const [judgement] = policies;
    assert.match(judgement?.message ?? '', POLICIES[name]?.ends ?? /^$/, name);
    const outcome = name === 'many' ? 'Violated' : name === 'cel-regex' ? 'Passed' : 'Failed';
    assert.is(judgement?.outcome, outcome, name);
  }
  await looping;
  for (const [name, run] of runs) {
    const expected = name === 'cel-regex' ? 'Accepted' : 'PolicyViolation';
    assert.is((await run.push()).reason, expected, name);
  }
});

test('10,000 violations are counted, told in part, and kept as evidence in bounds', async () => {
  const run = await open('many');
  const { policies, evaluations } = await run.add();
  assert.equal(
    policies?.map(({ outcome, violations, message }) => [outcome, violations, message]),
    [['Violated', 10_000, 'violation 1']],
  );
  assert.ok((evaluations?.size ?? 0) < 1 << 20, `${evaluations?.size} bytes`);
  const pushed = await run.push();
  assert.is(pushed.policies?.violations?.length, 1);
  assert.ok(JSON.stringify(pushed.policies).length < 4096);
});

test('the receiver is there afterwards, and judges as before', async () => {
  await eventually('readiness', async () => (await open('plain')) !== undefined);
  const again = await open('cel-regex');
  assert.is((await again.add()).policies?.[0]?.outcome, 'Passed');
});

test.run();
