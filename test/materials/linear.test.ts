import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { asArray, asRecord, type UnknownRecord } from '../../src/api/record.ts';
import { type PublishedName, publishedValidator } from '../../src/materials/published.ts';
import { readSample } from './document-samples.ts';
import { workOf } from './work.ts';

const test = suite('validation is linear in the size of a document');

const sample = (file: string): UnknownRecord => asRecord(JSON.parse(`${readSample(file)}`)) ?? {};
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

/** A document with so many entries in one of its lists, each of them like the first one that the sample has. */
function grownList(file: string, list: string, isEntry = (_: UnknownRecord): boolean => true) {
  const document = sample(file);
  const entries = asArray(document[list]).map((entry) => asRecord(entry) ?? {});
  const first = entries.find(isEntry) ?? {};
  return (count: number) => ({ ...document, [list]: [...entries, ...times(count, () => first)] });
}

/** The same of an object whose members have names of their own. */
function grownObject(document: UnknownRecord, member: string, name: string) {
  const [first] = Object.values(asRecord(document[member]) ?? {});
  return (count: number) => ({
    ...document,
    [member]: Object.fromEntries(times(count, (index) => [`${name}${index}`, first])),
  });
}

const INFO = { title: 'a', version: '1' };
const OPERATION = {
  parameters: [{ name: 'a', in: 'query', schema: { type: 'string' } }],
  responses: { '200': { description: 'x' } },
};
const PATHS = { '/': { get: OPERATION } };
const CHANNELS = { a: { publish: { message: { payload: { type: 'object' } } } } };

const WIDE: readonly (readonly [PublishedName, (count: number) => unknown])[] = [
  ...(['1.4', '1.5', '1.6', '1.7'] as const).map(
    (version) => [`cyclonedx/bom-${version}`, grownList(`cyclonedx-${version}-python.json`, 'components')] as const,
  ),
  ['spdx/spdx-2.2', grownList('spdx-2.2-tools-python.json', 'packages')],
  ['spdx/spdx-2.3', grownList('spdx-2.3-tools-python.json', 'packages')],
  ['spdx/spdx-3.0', grownList('spdx-3.0-tools-java.json', '@graph', ({ type }) => type === 'software_Package')],
  ['csaf/csaf-2.0', grownList('csaf-vex.json', 'vulnerabilities')],
  ['csaf/csaf-2.1', (count) => csaf21({ known_affected: times(count, (index) => `p${index}`) })],
  ['interface/openapi-2.0', grownObject(sample('openapi-2.0-apispec.json'), 'paths', '/p')],
  ['interface/openapi-3.0', grownObject({ openapi: '3.0.3', info: INFO, paths: PATHS }, 'paths', '/p')],
  ['interface/openapi-3.1', grownObject(sample('openapi-3.1-fastapi.json'), 'paths', '/p')],
  ['interface/openapi-3.2', grownObject({ openapi: '3.2.0', info: INFO, paths: PATHS }, 'paths', '/p')],
  ['interface/asyncapi-2.6', grownObject({ asyncapi: '2.6.0', info: INFO, channels: CHANNELS }, 'channels', 'c')],
  ['interface/asyncapi-3.0', grownObject(sample('asyncapi-3.0-faststream.json'), 'channels', 'c')],
];

/** The sample as of the next version, whose products must all be different. */
function csaf21(statuses: UnknownRecord): UnknownRecord {
  const { document, product_tree } = sample('csaf-vex.json');
  return {
    $schema: 'https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json',
    document: { ...asRecord(document), csaf_version: '2.1', distribution: { tlp: { label: 'CLEAR' } } },
    product_tree,
    vulnerabilities: [{ cve: 'CVE-2026-1000', notes: [{ category: 'summary', text: 'x' }], product_status: statuses }],
  };
}

test('twice as many entries are twice as much work, in every format and version', () => {
  for (const [name, make] of WIDE) {
    const validate = publishedValidator(name);
    assert.ok(validate(make(50)), `${name}: ${JSON.stringify(validate.errors)}`);
    const [few = 0, more = 0, most = 0] = [50, 100, 200].map((count) => workOf(validate, make(count)));
    assert.ok(more > few, `${name}: ${few}, ${more}`);
    assert.ok((most - more) / (more - few) < 2.01, `${name}: ${few}, ${more}, ${most}`);
  }
});

const nested = (depth: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown =>
  times(depth, () => undefined).reduce<unknown>(wrap, leaf);
const schemas = (depth: number) => nested(depth, { type: 'string' }, (a) => ({ type: 'object', properties: { a } }));
const PRODUCT = { category: 'product_version', name: '1', product: { name: 'a', product_id: 'a' } };

const DEEP: readonly (readonly [PublishedName, (depth: number) => unknown])[] = [
  ...(['1.4', '1.5', '1.6', '1.7'] as const).map((specVersion) => {
    const component = { type: 'library', name: 'a', version: '1' };
    const inner = (depth: number) => nested(depth, component, (one) => ({ ...component, components: [one] }));
    const bom = { bomFormat: 'CycloneDX', specVersion, version: 1 };
    return [`cyclonedx/bom-${specVersion}`, (depth: number) => ({ ...bom, components: [inner(depth)] })] as const;
  }),
  ...(['csaf/csaf-2.0', 'csaf/csaf-2.1'] as const).map((name) => {
    const inner = (depth: number) =>
      nested(depth, PRODUCT, (one) => ({ category: 'vendor', name: 'a', branches: [one] }));
    const csaf = name === 'csaf/csaf-2.0' ? sample('csaf-vex.json') : csaf21({ known_affected: ['a'] });
    return [name, (depth: number) => ({ ...csaf, product_tree: { branches: [inner(depth)] } })] as const;
  }),
  ['interface/openapi-2.0', (a) => ({ swagger: '2.0', info: INFO, paths: {}, definitions: { a: schemas(a) } })],
  [
    'interface/openapi-3.0',
    (a) => ({ openapi: '3.0.3', info: INFO, paths: {}, components: { schemas: { a: schemas(a) } } }),
  ],
  ...(['3.1', '3.2'] as const).map((version) => {
    const inner = (depth: number) =>
      nested(depth, { get: OPERATION }, (one) => ({ get: { ...OPERATION, callbacks: { a: { b: one } } } }));
    const make = (depth: number) => ({ openapi: `${version}.0`, info: INFO, paths: { '/': inner(depth) } });
    return [`interface/openapi-${version}`, make] as const;
  }),
];

test('twice as deep is twice as much work', () => {
  for (const [name, make] of DEEP) {
    const validate = publishedValidator(name);
    assert.ok(validate(make(8)), `${name}: ${JSON.stringify(validate.errors)}`);
    const [low = 0, deeper = 0, deepest = 0] = [8, 16, 32].map((depth) => workOf(validate, make(depth)));
    assert.ok(deeper > low, `${name}: ${low}, ${deeper}`);
    assert.ok((deepest - deeper) / (deeper - low) < 2.01, `${name}: ${low}, ${deeper}, ${deepest}`);
  }
});

test('a schema of data in AsyncAPI is read once for each level that it is nested, of which there are 100 at most', () => {
  for (const [name, version] of [
    ['interface/asyncapi-2.6', '2.6.0'],
    ['interface/asyncapi-3.0', '3.0.0'],
  ] as const) {
    const validate = publishedValidator(name);
    const make = (depth: number) => ({
      asyncapi: version,
      info: INFO,
      channels: {},
      components: { schemas: { a: schemas(depth) } },
    });
    assert.ok(validate(make(8)), `${name}: ${JSON.stringify(validate.errors)}`);
    const [low = 0, deeper = 0, deepest = 0] = [8, 16, 32].map((depth) => workOf(validate, make(depth)));
    assert.ok((deepest - deeper) / (deeper - low) < 4, `${name}: ${low}, ${deeper}, ${deepest}`);
  }
});

test.run();
