import type { MaterialType } from '../../../src/api/material-types.ts';
import { asArray, asRecord, type UnknownRecord } from '../../../src/api/record.ts';
import { readSample } from '../../materials/document-samples.ts';

/** A document that can be made as large as is wanted, of a small one that a real tool wrote. */
export interface GrowingDocument {
  readonly name: string;
  readonly type: MaterialType;
  /** What reads the same bytes and checks nothing. */
  readonly peer: Peer;
  /** At least so many bytes, unless the kind takes fewer. */
  readonly make: (bytes: number) => string;
}

export type Peer = 'JSON.parse' | 'saxes' | 'js-yaml';

const json = (file: string): UnknownRecord => asRecord(JSON.parse(readSample(file).toString())) ?? {};

/** The JSON sample with the first entry of one of its lists again and again. */
function grownList(file: string, list: string, bytes: number, pick = (_: UnknownRecord) => true): string {
  const document = json(file);
  const entry = JSON.stringify(asArray(document[list]).find((one) => pick(asRecord(one) ?? {})));
  const mark = `"${list}":[`;
  const text = JSON.stringify(document);
  const at = text.indexOf(mark) + mark.length;
  return `${text.slice(0, at)}${`${entry},`.repeat(Math.ceil(bytes / entry.length))}${text.slice(at)}`;
}

/** The text with a piece again and again before the last time that the mark stands in it. */
function grownText(text: string, mark: string, piece: string, bytes: number): string {
  const at = text.lastIndexOf(mark);
  return `${text.slice(0, at)}${piece.repeat(Math.ceil(bytes / piece.length))}${text.slice(at)}`;
}

const grownOpenApi =
  (title: string) =>
  (bytes: number): string => {
    const document = json('openapi-3.1-fastapi.json');
    const [path] = Object.values(asRecord(document.paths) ?? {});
    const count = Math.ceil(bytes / JSON.stringify(path).length);
    const paths = Object.fromEntries(Array.from({ length: count }, (_, index) => [`/p${index}`, path]));
    return JSON.stringify({ ...document, info: { ...asRecord(document.info), title }, paths });
  };

const COMPONENT =
  '<component type="library"><name>a</name><version>1</version><hashes><hash alg="SHA-1">0123456789012345678901234567890123456789</hash></hashes><purl>pkg:npm/a@1</purl></component>';

/** What is largest of what pipelines hand in. */
export const GROWING_DOCUMENTS: readonly GrowingDocument[] = [
  ...['1.4', '1.6', '1.7'].map(
    (version): GrowingDocument => ({
      name: `CycloneDX ${version}, JSON`,
      type: 'SBOM_CYCLONEDX_JSON',
      peer: 'JSON.parse',
      make: (bytes) => grownList(`cyclonedx-${version}-python.json`, 'components', bytes),
    }),
  ),
  {
    name: 'CycloneDX 1.6, XML',
    type: 'SBOM_CYCLONEDX_JSON',
    peer: 'saxes',
    make: (bytes) => grownText(readSample('cyclonedx-1.6-python.xml').toString(), '</components>', COMPONENT, bytes),
  },
  {
    name: 'SPDX 2.3',
    type: 'SBOM_SPDX_JSON',
    peer: 'JSON.parse',
    make: (bytes) => grownList('spdx-2.3-tools-python.json', 'packages', bytes),
  },
  {
    name: 'SPDX 3.0.1',
    type: 'SBOM_SPDX_JSON',
    peer: 'JSON.parse',
    make: (bytes) => grownList('spdx-3.0-tools-java.json', '@graph', bytes, ({ type }) => type === 'software_Package'),
  },
  {
    name: 'CSAF 2.0',
    type: 'CSAF_VEX',
    peer: 'JSON.parse',
    make: (bytes) => grownList('csaf-vex.json', 'vulnerabilities', bytes),
  },
  { name: 'OpenAPI 3.1, JSON', type: 'OPENAPI_SPEC', peer: 'JSON.parse', make: grownOpenApi('Shop') },
  // One letter that isn't Latin, and a text takes two bytes for each.
  { name: 'OpenAPI 3.1, JSON, 店', type: 'OPENAPI_SPEC', peer: 'JSON.parse', make: grownOpenApi('店') },
  {
    name: 'OpenAPI 3.1, JSON, an escaped key',
    type: 'OPENAPI_SPEC',
    peer: 'JSON.parse',
    make: (bytes) => grownOpenApi('Shop')(bytes).replace('"info"', '"\\u0069nfo"'),
  },
  {
    name: 'OpenAPI 3.0, YAML',
    type: 'OPENAPI_SPEC',
    peer: 'js-yaml',
    make(bytes) {
      const path = '  /p:\n    get:\n      responses:\n        "200":\n          description: all of them\n';
      const count = Math.floor(Math.min(bytes, 8_000_000) / path.length);
      const paths = Array.from({ length: count }, (_, index) => path.replace('/p', `/${index}`));
      return `openapi: 3.0.3\ninfo: {title: a, version: "1"}\npaths:\n${paths.join('')}`;
    },
  },
  {
    name: 'JUnit',
    type: 'JUNIT_XML',
    peer: 'saxes',
    make: (bytes) =>
      grownText(
        '<testsuites><testsuite name="a"></testsuite></testsuites>',
        '</testsuite>',
        '<testcase classname="a.b.c" name="does something" time="0.1"/>',
        bytes,
      ),
  },
  {
    name: 'JaCoCo',
    type: 'JACOCO_XML',
    peer: 'saxes',
    make: (bytes) =>
      grownText(
        readSample('jacoco-maven.xml').toString(),
        '</report>',
        '<counter type="LINE" missed="1" covered="2"/>',
        bytes,
      ),
  },
];
