import { execFileSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseImageReference } from '../../src/materials/image-reference.ts';
import { facts, finding, inspect } from './inspect.ts';

const test = suite('materials');
const ROOT = new URL('../..', import.meta.url).pathname;

const cdx = (more: object = {}) => ({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, ...more });

test('SBOMs that the real npm writes, with their main component and tool', () => {
  const sbom = (format: string) =>
    execFileSync('npm', ['sbom', '--sbom-format', format, '--omit', 'dev'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 << 20,
    });
  const cyclonedx = facts('SBOM_CYCLONEDX_JSON', sbom('cyclonedx'));
  assert.is(cyclonedx.annotations['chainloop.material.sbom.main_component.version'], '0.1.0');
  assert.match(cyclonedx.annotations['chainloop.material.tools'] ?? '', /^\["(npm\/)?cli@/);
  const spdx = facts('SBOM_SPDX_JSON', sbom('spdx'));
  assert.is(spdx.annotations['chainloop.material.sbom.main_component.name'], 'proviso');
});

test('CycloneDX 1.4 to 1.7, each against its own schema', () => {
  for (const specVersion of ['1.4', '1.5', '1.6', '1.7'])
    facts('SBOM_CYCLONEDX_JSON', JSON.stringify(cdx({ specVersion })));
  assert.match(
    finding('SBOM_CYCLONEDX_JSON', JSON.stringify(cdx({ specVersion: '1.3' }))),
    /^\/specVersion: '1\.3' is not one of 1\.4/,
  );
  const lifecycles = { metadata: { lifecycles: [{ phase: 'build' }] } };
  facts('SBOM_CYCLONEDX_JSON', JSON.stringify(cdx({ specVersion: '1.5', ...lifecycles })));
  assert.match(
    finding('SBOM_CYCLONEDX_JSON', JSON.stringify(cdx({ specVersion: '1.4', ...lifecycles }))),
    /^\/metadata: .*'lifecycles'/,
  );
});

test('CycloneDX: what scanners are known to write wrong is taken', () => {
  const component = { type: 'library', name: 'a' };
  const vulnerabilities = [{ id: 'CVE-1', cwes: null }];
  const { annotations } = facts(
    'SBOM_CYCLONEDX_JSON',
    JSON.stringify(cdx({ components: [component, component], vulnerabilities })),
  );
  assert.is(annotations['chainloop.material.sbom.vulnerabilities_report'], 'true');
});

test('CycloneDX: what is let through is told, the first of it', () => {
  const component = { type: 'library', name: 'a' };
  const components = Array.from({ length: 8 }, () => component);
  const vulnerabilities = [{ id: 'CVE-0' }, { id: 'CVE-1', cwes: null }];
  const inspection = inspect('SBOM_CYCLONEDX_JSON', JSON.stringify(cdx({ components, vulnerabilities })));
  assert.equal(inspection.ok && inspection.tolerated?.map(({ at = '', message }) => `${at} ${message}`), [
    '/vulnerabilities/1/cwes must not be null',
    ...[1, 2, 3, 4].map((index) => `/components/${index} stands there already, as 0`),
    ' and 3 more',
  ]);
  const clean = inspect('SBOM_CYCLONEDX_JSON', JSON.stringify(cdx({ components: [component] })));
  assert.is(clean.ok && clean.tolerated, undefined);
});

test('CycloneDX: what is wrong is named with its place', () => {
  assert.match(finding('SBOM_CYCLONEDX_JSON', '{"bomFormat":"SPDX"}'), /^\/bomFormat/);
  assert.match(
    finding('SBOM_CYCLONEDX_JSON', JSON.stringify(cdx({ components: [{ name: 'a' }] }))),
    /^\/components\/0: .*'type'/,
  );
  assert.match(finding('SBOM_CYCLONEDX_JSON', JSON.stringify(cdx()).slice(0, -1)), /^line 1, column/);
  assert.match(finding('SBOM_CYCLONEDX_JSON', '{"a":1,"a":2}'), /^\/a: .*twice/);
  assert.match(finding('SBOM_CYCLONEDX_JSON', '[]'), /must be a JSON object/);
});

const spdxDocument = {
  spdxVersion: 'SPDX-2.3',
  SPDXID: 'SPDXRef-DOCUMENT',
  name: 'x',
  dataLicense: 'CC0-1.0',
  documentNamespace: 'https://example.com/x',
  creationInfo: { created: '2026-01-01T00:00:00Z', creators: ['Tool: syft-1.2.3'] },
};

test('SPDX: tools, and what is wrong with its place', () => {
  const { annotations } = facts('SBOM_SPDX_JSON', JSON.stringify(spdxDocument));
  assert.is(annotations['chainloop.material.tools'], '["syft@1.2.3"]');
  assert.match(
    finding('SBOM_SPDX_JSON', JSON.stringify({ ...spdxDocument, spdxVersion: 'SPDX-3.0' })),
    /^\/spdxVersion: .*SPDX-2\.2, SPDX-2\.3/,
  );
  const packages = [{ SPDXID: 'SPDXRef-a', name: 'a' }];
  assert.match(
    finding('SBOM_SPDX_JSON', JSON.stringify({ ...spdxDocument, packages })),
    /^\/packages\/0: .*downloadLocation/,
  );
});

test('SARIF that the real biome writes, and what is wrong with its place', () => {
  const report = execFileSync('biome', ['lint', '--reporter=sarif', 'src/api/labels.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  assert.match(facts('SARIF', report).annotations['chainloop.material.tools'] ?? '', /iome/);
  assert.match(finding('SARIF', '{"version":"2.0.0","runs":[]}'), /^\/version/);
  assert.match(
    finding('SARIF', '{"version":"2.1.0","runs":[{"tool":{"driver":{}}}]}'),
    /^\/runs\/0\/tool\/driver: .*'name'/,
  );
});

test('JUnit that the real Node test runner writes, with its counts', () => {
  const script =
    "const { test } = require('node:test'); test('one', () => {}); test('two', () => {}); test('three', { skip: true }, () => {});";
  const report = execFileSync(process.execPath, ['--test-reporter=junit', '-e', script]).toString();
  const { annotations } = facts('JUNIT_XML', report);
  assert.is(annotations['chainloop.material.junit.tests'], '3');
  assert.is(annotations['chainloop.material.junit.skipped'], '1');
  assert.match(finding('JUNIT_XML', '<testsuites/>'), /at least one <testsuite>/);
});

test('JUnit: bombs and nonsense, with the line', () => {
  const laughs =
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY l2 "&lol;&lol;">]>\n<testsuites>&l2;</testsuites>';
  assert.match(finding('JUNIT_XML', laughs), /^line 2.*document type/);
  const outside = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;</testsuite>';
  assert.match(finding('JUNIT_XML', outside), /document type/);
  assert.match(finding('JUNIT_XML', `${'<testsuite>'.repeat(200)}`), /nested over 100/);
  assert.match(finding('JUNIT_XML', '<coverage/>'), /not <coverage>/);
  assert.match(finding('JUNIT_XML', '<testsuite>\n\n</testsuit>'), /^line 3/);
  const attributes = Array.from({ length: 300 }, (_, index) => `a${index}="x"`).join(' ');
  assert.match(finding('JUNIT_XML', `<testsuite ${attributes}/>`), /over 200 attributes/);
});

test('STRING is UTF-8 text', () => {
  assert.is(facts('STRING', 'grüezi').value, 'grüezi');
  assert.match(finding('STRING', new Uint8Array([0xff])), /UTF-8/);
  assert.match(finding('STRING', 'a\0b'), /NUL/);
});

test('EVIDENCE: small JSON with id and data says which it is', () => {
  const { annotations } = facts('EVIDENCE', '{"id":"scan","schema":"v1","data":{}}');
  assert.equal(annotations, { 'chainloop.material.evidence.id': 'scan', 'chainloop.material.evidence.schema': 'v1' });
  assert.equal(facts('EVIDENCE', '{"id":"scan"}').annotations, {});
  assert.equal(facts('EVIDENCE', 'anything').annotations, {});
});

test('CONTAINER_IMAGE: references with a digest', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  const good = [
    'alpine',
    'alpine:3',
    'library/alpine',
    'ghcr.io/o/r',
    'localhost:5000/a',
    'localhost/a',
    '[::1]:5000/a/b',
    'r.example/a__b/c-d.e:v1',
  ];
  for (const name of good) assert.is(facts('CONTAINER_IMAGE', `${name}@${digest}`, true).digest, digest, name);
  assert.is(facts('CONTAINER_IMAGE', `a:1@${digest}`, true).annotations['chainloop.material.image.tag'], '1');
  assert.match(finding('CONTAINER_IMAGE', 'alpine:3', true), /has no digest; add @sha256/);
  const bad = [
    `UPPER@${digest}`,
    `a@sha256:${'A'.repeat(64)}`,
    `a//b@${digest}`,
    `a:@${digest}`,
    `-x.io/a@${digest}`,
    `a b@${digest}`,
    `@${digest}`,
  ];
  for (const reference of bad) assert.is(parseImageReference(reference).ok, false, reference);
});

test('CONTAINER_IMAGE: manifests and indexes', () => {
  const descriptor = { mediaType: 'x/y', digest: `sha256:${'a'.repeat(64)}`, size: 3 };
  const manifest = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor,
    layers: [descriptor],
  };
  assert.is(facts('CONTAINER_IMAGE', JSON.stringify(manifest)).mediaType, manifest.mediaType);
  facts('CONTAINER_IMAGE', JSON.stringify({ schemaVersion: 2, manifests: [descriptor] }));
  assert.match(
    finding('CONTAINER_IMAGE', JSON.stringify({ ...manifest, layers: [{ ...descriptor, digest: 'x' }] })),
    /^\/layers\/0\/digest/,
  );
  assert.match(finding('CONTAINER_IMAGE', JSON.stringify({ ...manifest, schemaVersion: 1 })), /^\/schemaVersion/);
  assert.match(finding('CONTAINER_IMAGE', '{"schemaVersion":2}'), /^\/mediaType/);
});

test.run();
