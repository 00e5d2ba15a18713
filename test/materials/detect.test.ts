import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MATERIAL_TYPES, type MaterialType } from '../../src/api/material-types.ts';
import { DETECTION, detectType } from '../../src/materials/detect.ts';
import { MAX_DOCUMENT_BYTES } from '../../src/materials/kind.ts';
import { DOCUMENT_SAMPLES, readSample } from './document-samples.ts';
import { SCANNER_SAMPLES } from './scanner-samples.ts';

const test = suite('detection of types');
const detect = (content: string | Uint8Array, size?: number): MaterialType => {
  const bytes = Buffer.from(content);
  return detectType({ bytes, size: size ?? bytes.length, digest: '' });
};
const DETECTED: ReadonlySet<MaterialType> = new Set(DETECTION.map(([type]) => type));
/** The types that nothing is taken for without being told. */
const NAMED_ONLY = [
  'CERTCC_DRANZER',
  'CHAINLOOP_PR_INFO',
  'CHECKMARX_JSON',
  'EVIDENCE',
  'GHAS_CODE_SCAN',
  'GHAS_DEPENDENCY_SCAN',
  'GHAS_SECRET_SCAN',
  'RADAMSA_CRASHES',
  'RADAMSA_REPORT',
  'STRING',
  'SYSINTERNALS_ACCESSCHK',
  'TRUFFLEHOG_JSON',
];

test('every document of a real tool is taken for what it is, or for nothing in particular', () => {
  for (const { file, type, also = [] } of [...DOCUMENT_SAMPLES, ...SCANNER_SAMPLES] as typeof DOCUMENT_SAMPLES) {
    const found = detect(readSample(file));
    if (!DETECTED.has(type)) assert.ok([...also, 'ARTIFACT'].includes(found), `${file}: ${found}`);
    else assert.ok([type, ...also].includes(found), `${file}: ${found}`);
  }
});

test('every type is either detected or left to be named', () => {
  const left = MATERIAL_TYPES.filter((type) => !DETECTED.has(type) && type !== 'ARTIFACT');
  assert.equal([...left].sort(), NAMED_ONLY);
});

test('what says nothing of itself is an artifact', () => {
  for (const text of ['[]', ' [ ]\n', '{}', 'plain words', '\0\u0001', '{"a":', '<a/>', 'a: 1'])
    assert.is(detect(text), 'ARTIFACT', text);
  const sbom = readSample('cyclonedx-1.6-python.json');
  assert.is(detect(sbom), 'SBOM_CYCLONEDX_JSON');
  assert.is(detect(sbom, MAX_DOCUMENT_BYTES + 1), 'ARTIFACT');
});

test.run();
