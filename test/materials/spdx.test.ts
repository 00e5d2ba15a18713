import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { asArray, asRecord, type UnknownRecord } from '../../src/api/record.ts';
import { readSample } from './document-samples.ts';
import { facts, finding } from './inspect.ts';

const test = suite('SPDX');

const sample = (file: string) => JSON.parse(readSample(file).toString()) as UnknownRecord;
const V22 = sample('spdx-2.2-tools-python.json');
const V23 = sample('spdx-2.3-tools-python.json');
const V3 = sample('spdx-3.0-tools-java.json');
const refused = (document: object) => finding('SBOM_SPDX_JSON', JSON.stringify(document));

/** The document with the first element of a class changed, and where that is. */
function changed(type: string, change: (element: UnknownRecord) => object) {
  const graph = asArray(V3['@graph']).map((entry) => asRecord(entry) ?? {});
  const index = graph.findIndex((element) => element.type === type);
  const elements = graph.map((element, i) => (i === index ? change(element) : element));
  return { at: `/@graph/${index}`, document: { ...V3, '@graph': elements } };
}

test('2.2 and 2.3 each against its own schema', () => {
  const purpose = { primaryPackagePurpose: 'APPLICATION' };
  const withPurpose = (document: UnknownRecord) => ({
    ...document,
    packages: asArray(document.packages).map((entry) => ({ ...asRecord(entry), ...purpose })),
  });
  facts('SBOM_SPDX_JSON', JSON.stringify(withPurpose(V23)));
  assert.match(refused(withPurpose(V22)), /^\/packages\/0: .*'primaryPackagePurpose'/);
  assert.match(refused({ ...V23, spdxVersion: 'SPDX-2.2' }), /^\/packages\/0: /);
  for (const spdxVersion of ['SPDX-2.1', 'SPDX-2.4', '2.3', '', undefined]) {
    assert.match(refused({ ...V23, spdxVersion }), /^\/spdxVersion: the version must be one of SPDX-2\.2, SPDX-2\.3/);
  }
  assert.match(refused({ ...V23, documentNamespace: 'shop' }), /^\/documentNamespace/);
  const relationship = { spdxElementId: 'SPDXRef-a', relatedSpdxElement: 'SPDXRef-b', relationshipType: 'LIKES' };
  assert.match(refused({ ...V23, relationships: [relationship] }), /^\/relationships\/0\/relationshipType: /);
});

test('3.0.1: each element against its own class', () => {
  const without = changed('software_Package', ({ creationInfo: _, ...rest }) => rest);
  assert.ok(refused(without.document).startsWith(`${without.at}: must have required property 'creationInfo'`));
  const extra = changed('Relationship', (element) => ({ ...element, colour: 'red' }));
  assert.ok(refused(extra.document).startsWith(`${extra.at}: must NOT have unevaluated properties: 'colour'`));
  const hash = changed('software_Package', (element) => ({
    ...element,
    verifiedUsing: [{ type: 'Hash', algorithm: 'rot13', hashValue: '00' }],
  }));
  assert.ok(refused(hash.document).startsWith(`${hash.at}/verifiedUsing/0/algorithm: must be equal to one of`));
  const unknown = changed('Relationship', (element) => ({ ...element, type: 'Friendship' }));
  assert.ok(refused(unknown.document).startsWith(`${unknown.at}/type: must be equal to one of`));
});

test('3: another version, another context, and no graph', () => {
  const context = (version: string) => `https://spdx.org/rdf/${version}/spdx-context.jsonld`;
  for (const named of [context('3.0.0'), context('4'), 'https://example.com/', [context('3.0.1')], {}]) {
    assert.match(refused({ ...V3, '@context': named }), /^\/@context: the version must be one of/);
  }
  assert.match(refused({ '@context': context('3.0.1') }), /^\/: .*'@graph'/);
  assert.match(refused({ ...V3, spdxVersion: 'SPDX-2.3' }), /^\/: .*'spdxVersion'/);
});

test('3: roots that lead in a circle name no main component', () => {
  const { document } = changed('SpdxDocument', (element) => ({ ...element, rootElement: [element.spdxId] }));
  const { annotations } = facts('SBOM_SPDX_JSON', JSON.stringify(document));
  assert.is(annotations['chainloop.material.sbom.main_component.name'], undefined);
});

test('the time grows with the size, and not with its square', () => {
  const graph = asArray(V3['@graph']);
  const relation = graph.map(asRecord).find((element) => element?.type === 'Relationship');
  const seconds = (count: number): number => {
    const more = Array.from({ length: count }, (_, i) => ({ ...relation, spdxId: `urn:x:${i}` }));
    const text = JSON.stringify({ ...V3, '@graph': [...graph, ...more] });
    const started = process.cpuUsage().user;
    facts('SBOM_SPDX_JSON', text);
    return (process.cpuUsage().user - started) / 1e6;
  };
  seconds(1000);
  const small = seconds(1000);
  const large = seconds(16_000);
  assert.ok(large < 16 * Math.max(small, 0.02) * 4, `${small} s for 1,000, ${large} s for 16,000`);
});

test.run();
