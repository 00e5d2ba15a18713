import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { facts, finding } from './inspect.ts';

const test = suite('materials of real writers');

test('a byte order mark, as compilers on Windows put it before SARIF, does no harm', () => {
  const sarif =
    '{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Microsoft (R) Visual C# Compiler"}},"results":[]}]}';
  assert.match(facts('SARIF', `\uFEFF${sarif}`).annotations['chainloop.material.tools'] ?? '', /Visual C# Compiler/);
  facts('SBOM_CYCLONEDX_JSON', '\uFEFF{"bomFormat":"CycloneDX","specVersion":"1.6","version":1}');
  assert.match(finding('SARIF', `\uFEFF\uFEFF${sarif}`), /byte order mark/);
});

test('JUnit in the encoding that it says, and not in another', () => {
  const report = (encoding: string) =>
    `<?xml version="1.0" encoding="${encoding}"?>\r\n<testsuite name="Grüezi"><testcase name="é"/></testsuite>`;
  const tests = (bytes: Buffer) => facts('JUNIT_XML', bytes).annotations['chainloop.material.junit.tests'];
  const utf16 = Buffer.from(`\uFEFF${report('utf-16')}`, 'utf16le');
  assert.is(tests(Buffer.from(report('UTF-8'))), '1');
  assert.is(tests(Buffer.from(`\uFEFF${report('UTF-8')}`)), '1');
  assert.is(tests(Buffer.from(report('ISO-8859-1'), 'latin1')), '1');
  assert.is(tests(utf16), '1');
  assert.is(tests(utf16.swap16()), '1');
  // What .NET's StringWriter makes when its text is then saved as UTF-8.
  assert.is(tests(Buffer.from(report('utf-16'))), '1');
  assert.match(finding('JUNIT_XML', Buffer.from(report('UTF-8'), 'latin1')), /^line 1: the text is not UTF-8/);
  assert.match(finding('JUNIT_XML', Buffer.from(report('klingon'))), /^line 1: the encoding 'klingon' is not known/);
});

test('JUnit: a case that fails in several places, as googletest writes it, is one failure', () => {
  const report = `<testsuites><testsuite name="a">
    <testcase name="x"><failure message="1"/><failure message="2"/></testcase>
    <testcase name="y"><failure message="3"/><error/></testcase>
    <testcase name="z"><skipped/></testcase>
  </testsuite><testsuite name="b"><error message="the suite could not be set up"/></testsuite></testsuites>`;
  const counted = facts('JUNIT_XML', report).annotations;
  const of = (name: string) => counted[`chainloop.material.junit.${name}`];
  assert.equal(['suites', 'tests', 'failures', 'errors', 'skipped'].map(of), ['2', '3', '2', '2', '1']);
});

test('CycloneDX that carries its own signature, by the name of an algorithm or its URI', () => {
  const value = 'ZHVtbXk';
  const publicKey = { kty: 'EC', crv: 'P-256', x: value, y: value };
  const bom = (signature: object) =>
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, signature });
  for (const algorithm of ['ES256', 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256']) {
    facts('SBOM_CYCLONEDX_JSON', bom({ algorithm, value, publicKey }));
    facts('SBOM_CYCLONEDX_JSON', bom({ signers: [{ algorithm, value, publicKey }] }));
  }
  assert.match(finding('SBOM_CYCLONEDX_JSON', bom({ algorithm: 'ROT13', value, publicKey })), /\/signature/);
});

test('SPDX with identifiers that the text of the standard forbids and its schema lets through', () => {
  const document = {
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: 'x',
    dataLicense: 'CC0-1.0',
    documentNamespace: 'https://example.com/x',
    creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: gh-sbom-0.0.9'] },
    documentDescribes: ['SPDXRef-actions-actions/checkout-3'],
    packages: [
      'SPDXRef-actions-actions/checkout-3',
      'SPDXRef-PACKAGE-error_prone_annotations-2.2.0.jar',
      'SPDXRef-libstdc++',
    ].map((SPDXID) => ({ SPDXID, name: SPDXID, downloadLocation: 'NOASSERTION' })),
  };
  const { annotations } = facts('SBOM_SPDX_JSON', JSON.stringify(document));
  assert.is(annotations['chainloop.material.sbom.main_component.name'], 'SPDXRef-actions-actions/checkout-3');
  const packages = [{ ...document.packages[0], SPDXID: 'checkout' }];
  assert.match(finding('SBOM_SPDX_JSON', JSON.stringify({ ...document, packages })), /^\/packages\/0\/SPDXID/);
});

test.run();
