import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialType } from '../../src/api/material-types.ts';
import { facts, finding, inspect } from './inspect.ts';

const test = suite('hostile materials');
const KIND_FILES = new URL('../../src/materials/', import.meta.url).href;

/** Inspects what each expression makes, in one process with little memory; its death fails the test. */
function inspectInLittleMemory(kind: string, contents: readonly string[]): readonly string[] {
  const script = `import { ${kind} } from '${KIND_FILES}${kind}.ts';
    for (const make of [${contents.map((content) => `() => ${content}`).join()}]) {
      const { ok, findings = [{}] } = ${kind}.inspect({ bytes: Buffer.from(make()) });
      console.log(ok, findings[0].message);
    }`;
  const args = ['--max-old-space-size=96', '--input-type=module-typescript', '--eval', script];
  const output = execFileSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] }).toString();
  return output.trim().split('\n');
}

test('a report of 8 MB takes no multiple of that in memory', () => {
  const filled = (piece: string) => `${JSON.stringify(piece)}.repeat(${Math.floor((8 << 20) / piece.length)})`;
  const attributes = `Array.from({ length: 1 << 20 }, (_, index) => 'a' + index + '=""').join(' ')`;
  const reports: readonly (readonly [string, RegExp])[] = [
    [`'<testsuite><![CDATA[' + ${filled(']x')} + ']]></testsuite>'`, /^true/],
    [`'<testsuite><!--' + ${filled('-x')} + '--></testsuite>'`, /^true/],
    [`'<testsuite>' + ${filled('\u0001')}`, /disallowed character/],
    [`'<testsuite>' + ${filled('<')}`, /disallowed character/],
    [`'<!DOCTYPE a [' + ${filled('<!ENTITY a "b">')}`, /no element in the first/],
    [`'<testsuite ' + ${attributes} + '/>'`, /over 200 attributes/],
  ];
  const found = inspectInLittleMemory(
    'junit',
    reports.map(([content]) => content),
  );
  for (const [index, [content, expected]] of reports.entries()) assert.match(found[index] ?? '', expected, content);
});

test('JSON whose values would fill the memory is refused before they exist', () => {
  const contents = ['{},', '[],', '[{}],'].map((piece) => `'{"a":[' + '${piece}'.repeat(5_000_000) + '1]}'`);
  for (const found of inspectInLittleMemory('sarif', contents)) assert.match(found, /^false there are over \d+ values/);
});

test('attack: members named by numbers take no room for all the numbers before', () => {
  // Each of them would have 6 KB.
  const json = `'{"version":"2.1.0","\\\\u0072uns":[' + '{"499":0},'.repeat(100_000) + '{}]}'`;
  for (const found of inspectInLittleMemory('sarif', [json])) assert.match(found, /^false must have required property/);
  const yaml = `'openapi: 3.0.3\\ninfo: {title: a, version: "1"}\\npaths:\\n' + ' - 499: 1\\n'.repeat(100_000)`;
  for (const found of inspectInLittleMemory('openapi', [yaml])) assert.match(found, /^false must be object/);
});

test('a refusal is short, whatever stands in the content', () => {
  const long = 'k'.repeat(1 << 20);
  const contents: readonly (readonly [MaterialType, string])[] = [
    ['SARIF', `{"${long}":1,"${long}":2}`],
    ['SBOM_CYCLONEDX_JSON', JSON.stringify({ bomFormat: 'CycloneDX', specVersion: long })],
    ['SBOM_CYCLONEDX_JSON', JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, [long]: 1 })],
    ['JUNIT_XML', `<testsuite ${long}="1" ${long}="2"/>`],
    ['JUNIT_XML', `<testsuite><${long}>`],
    ['CONTAINER_IMAGE', `{"schemaVersion":2,"layers":[${'1,'.repeat(1 << 20)}1]}`],
  ];
  for (const [type, content] of contents) assert.ok(finding(type, content).length < 5000, type);
});

test('what is recorded of a document fits into the run', () => {
  const names = ['n'.repeat(5000), '\u0001'.repeat(5000), '\u{1F600}'.repeat(5000)];
  for (const name of names) {
    const version = name.slice(0, 1024);
    const components = Array.from({ length: 40 }, () => ({ type: 'application', name, version }));
    const metadata = { tools: { components }, component: { type: 'application', name, version } };
    const bom = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata };
    const { annotations } = facts('SBOM_CYCLONEDX_JSON', JSON.stringify(bom));
    for (const [key, value] of Object.entries(annotations)) {
      assert.ok(value.length <= 4096, key);
      assert.ok(value.isWellFormed(), key);
    }
    assert.ok((JSON.parse(annotations['chainloop.material.tools'] ?? '') as unknown[]).length > 0);
  }
});

test('the digest of a STRING is that of what is recorded of it', () => {
  for (const content of ['\uFEFFtext', '\uFEFF', 'a\r\n', ' ', 'e\u0301']) {
    const recorded = facts('STRING', content).value ?? '';
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    assert.is(digest(recorded), digest(content));
  }
});

test('another type of document is not taken for this one', () => {
  const html = '<!DOCTYPE html>\n<html><body><testsuite/></body></html>';
  const cyclonedx = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
  const sarif = '{"version":"2.1.0","runs":[]}';
  const documents: Readonly<Record<string, string>> = { html, cyclonedx, sarif, empty: '{}', text: 'ok', xml: '<a/>' };
  const own: Readonly<Record<string, MaterialType>> = { cyclonedx: 'SBOM_CYCLONEDX_JSON', sarif: 'SARIF' };
  for (const [name, document] of Object.entries(documents)) {
    for (const type of ['JUNIT_XML', 'SARIF', 'SBOM_CYCLONEDX_JSON', 'SBOM_SPDX_JSON', 'CONTAINER_IMAGE'] as const) {
      assert.is(inspect(type, document).ok, own[name] === type, `${name} as ${type}`);
    }
  }
});

test('an image manifest is one thing only', () => {
  const descriptor = { mediaType: 'x/y', digest: `sha256:${'a'.repeat(64)}`, size: 3 };
  const refusal = (more: object) => finding('CONTAINER_IMAGE', JSON.stringify({ schemaVersion: 2, ...more }));
  assert.match(refusal({ mediaType: 'constructor', manifests: [descriptor] }), /^\/mediaType: expected one of/);
  assert.match(
    refusal({ manifests: [descriptor], config: descriptor, layers: [descriptor] }),
    /^\/config: must not be/,
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const both = { mediaType, config: descriptor, layers: [descriptor], manifests: [descriptor] };
  assert.match(refusal(both), /^\/manifests: must not be/);
  assert.match(refusal({ manifests: [] }), /^\/manifests: must name at least one/);
  assert.match(refusal({ manifests: [{ ...descriptor, size: -1 }] }), /^\/manifests\/0\/size/);
});

test.run();
