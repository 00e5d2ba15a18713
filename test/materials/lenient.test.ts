import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MATERIAL_TYPES, type MaterialType } from '../../src/api/material-types.ts';
import { leniently } from '../../src/materials/kind.ts';
import { DOCUMENT_SAMPLES, readSample } from './document-samples.ts';
import { inspect } from './inspect.ts';
import { SCANNER_SAMPLES } from './scanner-samples.ts';

const test = suite('what a contract that is not strict lets through');

test('what only breaks the schema of its format is taken if the contract is not strict, and told', () => {
  const broken = (file: string, change: (document: Document) => void): string => {
    const document = JSON.parse(readSample(file).toString('utf8')) as Document;
    change(document);
    return JSON.stringify(document);
  };
  type Document = Record<string, unknown> & { document?: Record<string, unknown>; info?: Record<string, unknown> };
  const cases: readonly (readonly [MaterialType, string, (document: Document) => void])[] = [
    ['SBOM_CYCLONEDX_JSON', 'cyclonedx-1.6-python.json', (bom) => (bom.serialNumber = 7)],
    ['SBOM_SPDX_JSON', 'spdx-2.3-tools-python.json', (spdx) => (spdx.SPDXID = 7)],
    ['SBOM_SPDX_JSON', 'spdx-2.3-tools-python.json', (spdx) => delete spdx.documentNamespace],
    ['SBOM_SPDX_JSON', 'spdx-3.0-tools-java.json', (spdx) => (spdx['@graph'] = [{ type: 'software_Package' }])],
    ['CSAF_VEX', 'csaf-vex.json', (csaf) => delete csaf.document?.title],
    ['OPENAPI_SPEC', 'openapi-3.1-fastapi.json', (api) => delete api.info?.title],
    ['ASYNCAPI_SPEC', 'asyncapi-3.0-faststream.json', (api) => delete api.info?.title],
  ];
  for (const [type, file, change] of cases) {
    const strict = inspect(type, broken(file, change));
    assert.is(strict.ok, false, file);
    const lenient = leniently(strict);
    assert.ok(lenient.ok && lenient.tolerated !== undefined, file);
    assert.equal(lenient.tolerated[0], strict.ok === false && strict.findings[0], file);
  }
});

test('nothing else is taken by a contract that is not strict', () => {
  const samples = [...DOCUMENT_SAMPLES, ...SCANNER_SAMPLES].map(({ file }) => readSample(file));
  const texts = [
    '{}',
    '{"bomFormat":"CycloneDX","specVersion":"9"}',
    '{"a":1,"a":2}',
    '{"@context":"x"}',
    'openapi: 9.0.0',
  ];
  for (const bytes of [...samples, ...texts.map((text) => Buffer.from(text))]) {
    for (const type of MATERIAL_TYPES) {
      const inspection = inspect(type, bytes);
      if (!inspection.ok) assert.is(leniently(inspection).ok, false, `${type}: ${bytes.subarray(0, 80)}`);
    }
  }
});

test.run();
