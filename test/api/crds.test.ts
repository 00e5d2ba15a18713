import { stat } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Crd, readCrds, type SchemaNode } from '../../scripts/gen/crds.ts';
import { KIND } from '../../src/api/kinds.ts';
import { GROUP, VERSION } from '../../src/api/labels.ts';
import { MATERIAL_TYPES, SIGNED_TYPES } from '../../src/api/material-types.ts';

const test = suite('crds');
const crds = await readCrds();

/** By kind: scope, short name, columns; those after the bar only with `-o wide`. */
const NAMES: Readonly<Record<string, readonly [scope: string, short: string, columns: string]>> = {
  Contract: ['Namespaced', 'ctr', 'Ready, Revision, Materials, Workflows, Age | Reason, Message'],
  ClusterContract: ['Cluster', 'cctr', 'Ready, Enforcement, Workflows, Compliant, Age | Reason, Message'],
  Workflow: [
    'Namespaced',
    'wkf',
    'Ready, Contract, Last run, Result, Success rate, Age | Team, Revision, Healthy, Message',
  ],
  WorkflowRun: [
    'Namespaced',
    'wkr',
    'Workflow, Succeeded, Reason, Materials, Signer, Age | Revision, Policies, Owner, Commit, Digest, Message',
  ],
  EvidenceStore: ['Cluster', 'evs', 'Ready, Provider, Default, Moved, Last check, Age | Fallback, Message'],
  TrustRoot: ['Cluster', 'tro', 'Ready, Expires, Age | Default, Digest, Message'],
  Policy: ['Namespaced', 'pvp', 'Ready, Engine, Kinds, Age | Used by, Asked, Violated, Failed, Digest, Message'],
  PolicyGroup: ['Namespaced', 'pvg', 'Ready, Policies, Materials, Age | Used by, Message'],
  ClusterPolicyGroup: ['Cluster', 'cpvg', 'Ready, Policies, Materials, Age | Used by, Baselines, Message'],
  ClusterPolicy: [
    'Cluster',
    'cpvp',
    'Ready, Engine, Kinds, Age | Used by, Baselines, Asked, Violated, Failed, Digest, Message',
  ],
  Subscription: [
    'Namespaced',
    'psub',
    'Ready, Delivering, Pending, Dead, Last delivery, Age | Delivered, Error, Message',
  ],
  Waiver: ['Namespaced', 'wvr', 'Active, Expires, Owner, Age | Waives, Approved by, Reason, Message'],
};

/** Below 262,144 bytes an object still fits into the annotation of a client-side `kubectl apply`. */
const MAX_FILE_BYTES = 200_000;
const MIN_DESCRIPTION_WORDS = 3;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

test('there is one of each kind', () => {
  assert.equal(crds.map(({ kind }) => kind).sort(), Object.keys(NAMES).sort());
});

for (const crd of crds) {
  test(`${crd.kind}: every field is described, bounded, and every list has a type`, () => {
    assert.equal([...faults(crd.schema, crd.kind)], []);
  });

  test(`${crd.kind}: names, scope and columns`, () => {
    const { metadata, spec } = crd.document;
    const [scope, short, columns] = NAMES[crd.kind] ?? ['', '', ''];
    const version = spec.versions[0];
    assert.is(metadata.name, `${crd.plural}.${GROUP}`);
    assert.is(crd.file, `${GROUP}_${crd.plural}.yaml`);
    assert.is(version?.name, VERSION);
    assert.is(spec.scope, scope);
    assert.equal(spec.names.shortNames, [short]);
    assert.equal(spec.names.categories, ['proviso']);
    const wide = version?.additionalPrinterColumns.filter(({ priority = 0 }) => priority > 0) ?? [];
    const narrow = version?.additionalPrinterColumns.filter(({ priority = 0 }) => priority === 0) ?? [];
    const text = [narrow, wide].map((list) => list.map(({ name }) => name).join(', ')).join(' | ');
    assert.is(text, columns);
    const kind = KIND[crd.kind as 'Contract'];
    assert.equal([kind.plural, kind.namespaced], [crd.plural, scope === 'Namespaced']);
  });

  test(`${crd.kind}: fits a client-side apply`, async () => {
    const yaml = await stat(new URL(`../../crds/${crd.file}`, import.meta.url));
    const json = JSON.stringify(crd.document).length;
    assert.ok(Math.max(yaml.size, json) < MAX_FILE_BYTES, `${yaml.size} bytes of YAML, ${json} of JSON`);
  });

  test(`${crd.kind}: every rule has a message that names no expression`, () => {
    for (const { rule, message } of rulesOf(crd.schema)) {
      assert.ok(typeof message === 'string' && message.length > 10, `${rule} has no message`);
      assert.not.match(message ?? '', /self|\(\)|&&|\|\|/);
    }
  });
}

test('the material types of the contract are those that the code knows', () => {
  const type = at(crds, 'Contract', 'spec', 'materials').items?.properties?.type;
  assert.equal(type?.enum, [...MATERIAL_TYPES]);
  const { selector } = at(crds, 'Contract', 'spec', 'policies', 'materials').items?.properties ?? {};
  assert.equal(selector?.properties?.type?.enum, [...MATERIAL_TYPES]);
});

test('signers of a material are for the types whose signatures the receiver verifies', () => {
  const material = at(crds, 'Contract', 'spec', 'materials').items;
  const rules = (material?.['x-kubernetes-validations'] ?? []) as readonly CelRule[];
  const types = SIGNED_TYPES.map((type) => `'${type}'`).join(', ');
  assert.ok(rules.some(({ rule }) => rule === `!has(self.signers) || self.type in [${types}]`));
});

test('policies of a namespace and of the cluster are for those types too, and alike but for what is told in words', () => {
  const [own, cluster] = ['Policy', 'ClusterPolicy'].map((kind) => at(crds, kind, 'spec'));
  assert.equal(own?.properties?.kinds?.items?.enum, [...MATERIAL_TYPES]);
  assert.equal(wordless(cluster), wordless(own));
});

test('groups of a namespace and of the cluster are alike but for what they attach, and have the types of a contract', () => {
  const [own, cluster] = ['PolicyGroup', 'ClusterPolicyGroup'].map((kind) => at(crds, kind, 'spec'));
  assert.equal(own?.properties?.materials?.items?.properties?.type?.enum, [...MATERIAL_TYPES]);
  assert.is(JSON.stringify(wordless(cluster)), JSON.stringify(wordless(own)).replaceAll('"Policy",', ''));
});

test('a baseline asks by the same schema as a contract, but for what is told in words', () => {
  const [contract, baseline] = ['Contract', 'ClusterContract'].map((kind) => at(crds, kind, 'spec'));
  const policies = ['policies', 'policyGroups'];
  const own = ['namespaceSelector', 'workflowSelector'];
  const members = (node: SchemaNode | undefined, except: readonly string[]) =>
    Object.entries(node?.properties ?? {}).filter(([name]) => !except.includes(name));
  assert.equal(wordless(members(baseline, [...own, ...policies])), wordless(members(contract, policies)));
  const rules = 'x-kubernetes-validations';
  assert.equal(baseline?.[rules], contract?.[rules]);
  const enums = (node: SchemaNode | undefined) =>
    JSON.stringify(policies.map((name) => wordless(node?.properties?.[name]))).replaceAll(/"Policy(?:Group)?",/g, '');
  assert.is(enums(baseline), enums(contract));
});

function wordless(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === 'description' ? undefined : member)));
}

test('a contract asks for the runners that a run can have', () => {
  const asked = at(crds, 'Contract', 'spec', 'runner').properties?.type?.enum;
  assert.equal(asked, at(crds, 'WorkflowRun', 'spec', 'runner').properties?.type?.enum);
});

test('the walk finds what is wrong', () => {
  const bad: SchemaNode = {
    type: 'object',
    description: 'A thing to walk.',
    properties: {
      text: { type: 'string', description: 'A text without end.' },
      list: { type: 'array', description: 'A list of numbers.', maxItems: 3, items: { type: 'integer' } },
      map: { type: 'object', description: 'A map of anything.', additionalProperties: true },
    },
  };
  assert.equal(
    [...faults(bad, 'Bad')],
    [
      'Bad.text has no maxLength',
      'Bad.list has no list type',
      'Bad.list[] has no description',
      'Bad.list[] has no minimum and maximum within 2^53',
      'Bad.map takes members of any form',
      'Bad.map has no maxProperties',
    ],
  );
});

function at(all: readonly Crd[], kind: string, ...path: readonly string[]): SchemaNode {
  const schema = all.find((crd) => crd.kind === kind)?.schema;
  return path.reduce<SchemaNode>((node, name) => node.properties?.[name] ?? {}, schema ?? {});
}

function* faults(node: SchemaNode, path: string): Generator<string> {
  const words = node.description?.split(' ').length ?? 0;
  if (node.description === undefined) yield `${path} has no description`;
  else if (words < MIN_DESCRIPTION_WORDS) yield `${path} has a description of ${words} words`;
  else if (!/[.]$/.test(node.description)) yield `${path} has a description that ends without a full stop`;
  yield* boundFaults(node, path);
  for (const [name, child] of Object.entries(node.properties ?? {})) yield* faults(child, `${path}.${name}`);
  if (node.items !== undefined) yield* faults(node.items, `${path}[]`);
  if (typeof node.additionalProperties === 'object') yield* faults(node.additionalProperties, `${path}{}`);
}

function* boundFaults(node: SchemaNode, path: string): Generator<string> {
  const { minimum, maximum } = node;
  switch (node.type) {
    case 'string':
      if (typeof node.maxLength !== 'number') yield `${path} has no maxLength`;
      return;
    case 'array':
      if (typeof node.maxItems !== 'number') yield `${path} has no maxItems`;
      if (!['atomic', 'set', 'map'].includes(String(node['x-kubernetes-list-type']))) yield `${path} has no list type`;
      return;
    case 'integer':
    case 'number': {
      const isBounded = typeof minimum === 'number' && typeof maximum === 'number' && maximum <= MAX_SAFE;
      if (!isBounded) yield `${path} has no minimum and maximum within 2^53`;
      return;
    }
    case 'object':
      if (node.properties !== undefined) return;
      if (typeof node.additionalProperties !== 'object') yield `${path} takes members of any form`;
      if (typeof node.maxProperties !== 'number') yield `${path} has no maxProperties`;
      return;
    case 'boolean':
      return;
    default:
      yield `${path} has the type ${node.type}`;
  }
}

interface CelRule {
  readonly rule: string;
  readonly message?: string;
}

function* rulesOf(node: SchemaNode): Generator<CelRule> {
  yield* (node['x-kubernetes-validations'] as readonly CelRule[] | undefined) ?? [];
  for (const child of Object.values(node.properties ?? {})) yield* rulesOf(child);
  if (node.items !== undefined) yield* rulesOf(node.items);
}

test.run();
