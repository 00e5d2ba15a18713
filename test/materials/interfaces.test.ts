import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialType } from '../../src/api/material-types.ts';
import { asRecord, type UnknownRecord } from '../../src/api/record.ts';
import { readSample } from './document-samples.ts';
import { facts, finding } from './inspect.ts';

const test = suite('descriptions of interfaces');

const INFO = { title: 'Shop', version: '1' };
const openapi = (version: string, more: object = {}) => ({ openapi: version, info: INFO, paths: {}, ...more });
const swagger = (more: object = {}) => ({ swagger: '2.0', info: INFO, paths: {}, ...more });
const asyncapi = (version: string, more: object = {}) => ({ asyncapi: version, info: INFO, channels: {}, ...more });
const refused = (type: MaterialType, document: object) => finding(type, JSON.stringify(document));

test('each version is checked against its own schema, and what is wrong is named with its place', () => {
  const get = (operation: object) => ({ paths: { '/a': { get: operation } } });
  const cases: readonly (readonly [MaterialType, object, RegExp])[] = [
    ['OPENAPI_SPEC', swagger(get({})), /^\/paths\/~1a\/get: .*'responses'/],
    ['OPENAPI_SPEC', swagger({ components: {} }), /^\/: .*'components'/],
    ['OPENAPI_SPEC', openapi('3.0.0', get({})), /^\/paths\/~1a\/get: .*'responses'/],
    ['OPENAPI_SPEC', openapi('3.0.3', { webhooks: {} }), /^\/: .*'webhooks'/],
    ['OPENAPI_SPEC', openapi('3.1.0', get({ responses: [] })), /^\/paths\/~1a\/get\/responses: must be object/],
    ['OPENAPI_SPEC', openapi('3.1.1', { info: { ...INFO, sumary: '' } }), /^\/info: .*unevaluated/],
    ['OPENAPI_SPEC', openapi('3.1.0', { paths: { '/a': { query: {} } } }), /^\/paths\/~1a: .*unevaluated/],
    ['OPENAPI_SPEC', openapi('3.2.0', { tags: [{}] }), /^\/tags\/0: .*'name'/],
    ['ASYNCAPI_SPEC', asyncapi('2.6.0', { operations: {} }), /^\/: .*'operations'/],
    ['ASYNCAPI_SPEC', asyncapi('2.6.0', { info: { title: 'a' } }), /^\/info: .*'version'/],
    ['ASYNCAPI_SPEC', asyncapi('3.0.0', { operations: { a: { action: 'shout' } } }), /^\/operations\/a/],
  ];
  for (const [type, document, expected] of cases) assert.match(refused(type, document), expected);
  facts('OPENAPI_SPEC', JSON.stringify(openapi('3.2.0', { paths: { '/a': { query: {} } } })));
  facts('OPENAPI_SPEC', JSON.stringify(openapi('3.1.0', { webhooks: {} })));
});

test('of several forms that a value may have, the closest is told', () => {
  const schemas = { Order: { type: 'object', properties: { id: { type: 'whole number' } } } };
  assert.match(
    refused('OPENAPI_SPEC', openapi('3.0.3', { components: { schemas } })),
    /^\/components\/schemas\/Order\/properties\/id\/type: .*array, boolean, integer/,
  );
});

test('a list whose entries must differ is searched for two that do not', () => {
  const schemas = { Order: { type: 'object', required: ['id', 'item', 'id'] } };
  assert.match(
    refused('OPENAPI_SPEC', openapi('3.0.3', { components: { schemas } })),
    /^\/components\/schemas\/Order\/required: .*0 and 2/,
  );
  const tags = [{ name: 'a' }, { name: 'b' }, { name: 'a' }];
  assert.match(refused('OPENAPI_SPEC', swagger({ tags })), /^\/tags: .*0 and 2/);
});

test('another version is refused with those that are known', () => {
  const known = 'must be a version of 2.0, 3.0, 3.1, 3.2, not';
  for (const version of ['1.2', '3', '3.3.0', '4.0.0', '30.0', '']) {
    assert.ok(refused('OPENAPI_SPEC', openapi(version)).includes(known), version);
  }
  assert.match(finding('OPENAPI_SPEC', 'swagger: 2.0\ninfo: {}\n'), /not 2, a number: put it into quotes/);
  assert.match(
    refused('OPENAPI_SPEC', { ...swagger(), openapi: '3.0.0' }),
    /^\/swagger: must not stand beside 'openapi'/,
  );
  assert.match(refused('OPENAPI_SPEC', { info: INFO }), /has its version in 'openapi' or 'swagger'/);
  assert.match(refused('ASYNCAPI_SPEC', asyncapi('2.5.0')), /must be a version of 2\.6, 3\.0, not 2\.5\.0/);
  assert.match(refused('ASYNCAPI_SPEC', asyncapi('2.6.1')), /^\/asyncapi/);
  assert.match(finding('ASYNCAPI_SPEC', '- asyncapi: 3.0.0'), /must be an object/);
});

test('YAML and JSON of one document give the same facts', () => {
  const json = readSample('openapi-3.1-fastapi.json').toString();
  const asYaml = facts('OPENAPI_SPEC', `# as YAML, of which JSON is a part\n${json}`);
  assert.equal(asYaml.annotations, facts('OPENAPI_SPEC', json).annotations);
  assert.is(asYaml.mediaType, 'application/vnd.oai.openapi+yaml');
  assert.is(facts('OPENAPI_SPEC', `\uFEFF ${json}`).mediaType, 'application/vnd.oai.openapi+json');
});

test('what would fill the stack or the memory is refused', () => {
  const deep = (open: string, count = 1_000_000) => `{"openapi":"3.1.0","info":${open.repeat(count)}`;
  assert.match(finding('OPENAPI_SPEC', deep('{"a":')), /nested over 100 levels/);
  assert.match(finding('ASYNCAPI_SPEC', deep('[')), /nested over 100 levels/);
  const levels = Array.from({ length: 25 }, (_, i) => `x-a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`);
  const bomb = `openapi: 3.1.0\nx-a0: &a0 lol\n${levels.join('\n')}`;
  assert.match(finding('OPENAPI_SPEC', bomb), /aliases make over/);
  assert.match(finding('OPENAPI_SPEC', 'openapi: 3.1.0\npaths: &a {x: *a}'), /in themselves/);
  assert.match(finding('GRAPHQL_SPEC', `type A { a(x: Int = ${'['.repeat(1_000_000)}`), /^line 1, .*over 100 levels/);
  assert.match(finding('GRAPHQL_SPEC', 'scalar A '.repeat(600_000)), /tokens/);
});

test('GraphQL: definitions of types, and nothing else', () => {
  const { annotations } = facts(
    'GRAPHQL_SPEC',
    `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3")
    directive @zeta on FIELD_DEFINITION
    directive @auth(role: String = "{[(") on OBJECT
    """ a "quote" and \\""" and {{{ """
    type A { a: [Int!]! # {{{
    }
    enum B { X }`,
  );
  assert.equal(annotations, {
    'chainloop.material.graphql.type_count': '2',
    'chainloop.material.graphql.directives': 'auth,zeta',
  });
  assert.match(finding('GRAPHQL_SPEC', 'type A { a: Int }\nquery { a }'), /^line 2, column 1: a request/);
  assert.match(finding('GRAPHQL_SPEC', 'type A { a: Int }\n\ntype A { b: Int }'), /^line 3, column 1: the type 'A'/);
  assert.match(finding('GRAPHQL_SPEC', 'type A {\n  a: }'), /^line 2, column 6: Expected Name/);
  assert.match(finding('GRAPHQL_SPEC', 'type A { a: Int "\0" }'), /^line 1, column 18: a NUL/);
  assert.match(finding('GRAPHQL_SPEC', '# nothing'), /Unexpected <EOF>/);
  const many = Array.from({ length: 3000 }, (_, i) => `directive @d${i} on FIELD`).join('\n');
  const listed = facts('GRAPHQL_SPEC', many).annotations['chainloop.material.graphql.directives'] ?? '';
  assert.ok(listed.length <= 4096 && /^d0,.*,d\d+$/.test(listed));
});

test('the time grows with the size, and not with its square', () => {
  const document = asRecord(JSON.parse(readSample('openapi-3.1-fastapi.json').toString())) ?? {};
  const paths = asRecord(document.paths) ?? {};
  const of = (count: number): UnknownRecord => ({
    ...document,
    tags: Array.from({ length: count * 5 }, (_, i) => ({ name: `t${i}` })),
    paths: Object.fromEntries(Array.from({ length: count }, (_, i) => [`/p${i}`, Object.values(paths)[0]])),
  });
  const seconds = (count: number): number => {
    const text = JSON.stringify(of(count));
    const started = process.cpuUsage().user;
    facts('OPENAPI_SPEC', text);
    return (process.cpuUsage().user - started) / 1e6;
  };
  seconds(500);
  const small = seconds(500);
  const large = seconds(8000);
  assert.ok(large < 16 * Math.max(small, 0.02) * 4, `${small} s for 500, ${large} s for 8000`);
});

test.run();
