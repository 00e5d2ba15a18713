import { readdir, readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCrds, type SchemaNode } from '../../scripts/gen/crds.ts';
import {
  CLUSTER_CONTRACT_RULES,
  CONTRACT_RULES,
  EVIDENCE_STORE_RULES,
  POLICY_GROUP_RULES,
  POLICY_RULES,
  TRUST_ROOT_RULES,
  WAIVER_RULES,
  WORKFLOW_RULES,
} from '../../src/api/rules.ts';
import { PATTERN_WORDS } from '../../src/api/schema-findings.ts';
import { SCHEMAS } from '../../src/api/schemas.gen.ts';
import { SUBSCRIPTION_RULES } from '../../src/api/subscription-rules.ts';
import { authoredKind, type Validation, validateObject } from '../../src/api/validate.ts';
import { COMPLETE_OBJECTS, contract, REFUSED_OBJECTS } from './refused-objects.ts';

const test = suite('validate');

function judge(value: unknown): Validation<unknown> {
  const kind = authoredKind(value);
  return kind.ok ? validateObject(kind.object, value) : kind;
}

const findings = (value: unknown): readonly string[] => {
  const validation = judge(value);
  return validation.ok ? [] : validation.findings.map(({ at, message }) => `${at ?? ''}: ${message}`);
};

for (const { what, object, at, says } of REFUSED_OBJECTS) {
  test(`refuses ${what}`, () => {
    const found = findings(object);
    assert.is(found.length > 0, true);
    for (const line of found) assert.ok(line.startsWith(`${at}: `), line);
    assert.match(found[0] ?? '', says);
  });
}

for (const object of COMPLETE_OBJECTS) {
  test(`takes a ${(object as { kind: string }).kind} with every field`, () => {
    assert.equal(findings(object), []);
  });
}

test('shows what is wrong as it was written, and little of it', () => {
  const typed = (type: unknown) => findings(contract({ materials: [{ name: 'a', type }] }));
  assert.match(typed({ a: 1 })[0] ?? '', /^spec\.materials\[0\]\.type: '\{"a":1\}' is not allowed here/);
  const long = 'x'.repeat(1 << 20);
  for (const line of [
    ...typed(long),
    ...findings({ ...contract({}), kind: long }),
    ...findings(contract({ [long]: 1 })),
    ...findings(
      contract({
        materials: [
          { name: long, type: 'STRING' },
          { name: long, type: 'STRING' },
        ],
      }),
    ),
  ]) {
    assert.ok(line.length < 1000, line.slice(0, 200));
  }
});

test('takes the samples, and files as kubectl exports them', async () => {
  const folder = new URL('../../config/samples/', import.meta.url);
  for (const name of await readdir(folder)) {
    const sample = load(await readFile(new URL(name, folder), 'utf8')) as { metadata: object };
    assert.equal(findings(sample), [], name);
    const metadata = { ...sample.metadata, uid: 'u', generation: 1, creationTimestamp: 'now', managedFields: [] };
    assert.equal(findings({ ...sample, metadata, status: { conditions: [] } }), [], name);
  }
});

test('finds all that is wrong with the form at once', () => {
  const found = findings({ ...contract({ deadline: 1, owes: [] }), metadata: { name: 'x', label: {} } });
  assert.equal(found.map((line) => line.split(':')[0]).sort(), ['metadata.label', 'spec.deadline', 'spec.owes']);
});

test('says what the file is, when it is none of ours', () => {
  assert.match(findings('text')[0] ?? '', /must be an object with apiVersion, kind, metadata and spec/);
  assert.match(findings({ kind: 'Contracts' })[0] ?? '', /did you mean 'Contract'\?/);
  assert.match(findings({ kind: 'toString' })[0] ?? '', /is no kind/);
  assert.match(findings({ kind: 'WorkflowRun' })[0] ?? '', /is no kind that proviso\.dev\/v1alpha1 lets people write/);
  assert.match(findings({ spec: {} })[0] ?? '', /kind: is required/);
  assert.match(
    findings({ ...contract({}), apiVersion: 'proviso.dev/v1' })[0] ?? '',
    /did you mean 'proviso\.dev\/v1alpha1'\?/,
  );
});

test('a field named like a member of every object is still unknown', () => {
  assert.match(findings(contract({ constructor: 1 }))[0] ?? '', /unknown field 'constructor'/);
  assert.match(findings(contract(JSON.parse('{"__proto__": 1}')))[0] ?? '', /unknown field '__proto__'/);
});

test('has every rule that the API server has for what people write, in the same words', async () => {
  const expected = (await readCrds())
    .filter(({ kind }) => Object.hasOwn(SCHEMAS, kind))
    // What stands in several places of a kind, as signers do, is one rule.
    .flatMap(({ schema }) => [...new Set(rulesOf({ ...schema, properties: { spec: schema.properties?.spec ?? {} } }))]);
  const ours = [
    ...[CONTRACT_RULES, CLUSTER_CONTRACT_RULES, WORKFLOW_RULES, EVIDENCE_STORE_RULES, TRUST_ROOT_RULES],
    ...[POLICY_RULES, POLICY_RULES, POLICY_GROUP_RULES, POLICY_GROUP_RULES, WAIVER_RULES, SUBSCRIPTION_RULES],
  ].flatMap((rules) => [...new Set(rules.map(({ message }) => message))]);
  assert.equal([...ours].sort(), expected.sort());
});

test('has words for every pattern', () => {
  const patterns = new Set(
    [...JSON.stringify(SCHEMAS).matchAll(/"pattern":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text),
  );
  const known = new Set(Object.keys(PATTERN_WORDS).map((pattern) => JSON.stringify(pattern).slice(1, -1)));
  assert.equal([...patterns].sort(), [...known].sort());
});

function* rulesOf(node: SchemaNode): Generator<string> {
  type Rules = readonly { readonly rule: string; readonly message: string }[];
  const rules = (node['x-kubernetes-validations'] as Rules | undefined) ?? [];
  // Of a file alone it isn't known what was there before.
  for (const { message } of rules.filter(({ rule }) => !/\boldSelf\b/.test(rule))) yield message;
  for (const child of Object.values(node.properties ?? {})) yield* rulesOf(child);
  if (node.items !== undefined) yield* rulesOf(node.items);
  if (typeof node.additionalProperties === 'object') yield* rulesOf(node.additionalProperties);
}

test.run();
