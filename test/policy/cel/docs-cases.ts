import { projectCobertura } from '../../../src/policy/project/cobertura.ts';
import { projectJacoco } from '../../../src/policy/project/jacoco.ts';
import { projectJunit } from '../../../src/policy/project/junit.ts';
import type { Projection } from '../../../src/policy/project/projection.ts';
import { projectStatement } from '../../../src/policy/project/statement.ts';
import { sample, sampleBytes } from '../samples.ts';

/** A document, and what a policy of the documentation says of it: the subjects it objects to, or why it says nothing. */
export interface DocsCase {
  readonly input: unknown;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly subjects: readonly string[] | 'skipped';
}

const contentOf = (projection: Projection): unknown => {
  if (!projection.ok) throw new Error(projection.finding.message);
  return projection.value;
};

const component = (name: string, license: string, more: object = {}) => ({
  'bom-ref': name,
  type: 'library',
  name,
  version: '1',
  purl: `pkg:npm/${name}@1`,
  licenses: [{ expression: license }],
  ...more,
});
const bom = (components: readonly object[], more: object = {}) => ({ bomFormat: 'CycloneDX', components, ...more });
const vulnerable = (id: string, ratings: readonly object[], state?: string) => ({
  id,
  ratings,
  affects: [{ ref: 'a' }],
  ...(state === undefined ? {} : { analysis: { state } }),
});
const withVulnerabilities = (...vulnerabilities: readonly object[]) =>
  bom([component('a', 'MIT')], { vulnerabilities });
const provenance = (...uris: readonly string[]) => ({
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { buildDefinition: { resolvedDependencies: uris.map((uri) => ({ uri })) } },
});
const slsa1 = contentOf(projectStatement(sampleBytes('slsa-v1-cosign.sigstore.json')));
const slsa02 = contentOf(projectStatement(sampleBytes('slsa-v0.2-cosign.dsse.json')));
const commit = (annotations: object) => ({ subject: [{ name: 'git.head', annotations }] });
const SIGNED = { proven: true, 'signature.fingerprint': 'SHA256:abc', 'signature.keyProven': true };
const KEYS = { fingerprints: 'SHA256:abc,SHA256:def' };
const sarif = (...results: readonly object[]) => ({
  version: '2.1.0',
  runs: [{ tool: { driver: { rules: [] } }, results }],
});
const result = (level: string, more: object = {}) => ({
  ruleId: 'r',
  level,
  message: { text: 'm' },
  locations: [{ physicalLocation: { artifactLocation: { uri: 'a.ts' }, region: { startLine: 3 } } }],
  ...more,
});

/** By the heading of the policy. The policy itself is called `p`. The time is 2026-02-03. */
export const DOCS_CASES: Readonly<Record<string, readonly DocsCase[]>> = {
  'Policies in CEL': [
    { input: {}, inputs: { licenses: 'MIT' }, subjects: 'skipped' },
    {
      input: bom([component('a', 'MIT'), component('b', 'ISC')]),
      inputs: { licenses: 'MIT' },
      subjects: ['pkg:npm/a@1'],
    },
  ],
  'A fresh SBOM': [
    { input: { metadata: { timestamp: '2026-02-01T00:00:00Z' } }, inputs: { max_age: '72h' }, subjects: [] },
    { input: { metadata: { timestamp: '2026-01-01T00:00:00Z' } }, inputs: { max_age: '72h' }, subjects: ['p'] },
    { input: { metadata: {} }, inputs: { max_age: '72h' }, subjects: ['p'] },
  ],
  'Components have versions and package URLs': [
    { input: sample('cyclonedx-1.6-python.json'), subjects: [] },
    { input: bom([]), subjects: ['p'] },
    { input: sample('spdx-3.0-tools-java.json'), subjects: ['idna'] },
  ],
  'Every component has a licence': [
    { input: bom([component('a', 'MIT'), { name: 'f', type: 'file' }]), subjects: [] },
    { input: bom([{ name: 'x' }, component('y', 'MIT', { licenses: [] })]), subjects: ['x', 'pkg:npm/y@1'] },
  ],
  'Only allowed licences': [
    { input: bom([component('a', 'MIT OR GPL-3.0-only')]), inputs: { licenses: 'MIT,ISC' }, subjects: [] },
    {
      input: bom([component('a', 'MIT AND GPL-3.0-only')]),
      inputs: { licenses: 'MIT,ISC' },
      subjects: ['pkg:npm/a@1'],
    },
  ],
  'No banned licences': [
    { input: bom([component('a', 'MIT')]), inputs: { licenses: 'GPL-3.0-only' }, subjects: [] },
    {
      input: bom([component('a', 'MIT AND GPL-3.0-only')]),
      inputs: { licenses: 'GPL-3.0-only' },
      subjects: ['pkg:npm/a@1'],
    },
  ],
  'No banned components': [
    { input: bom([component('a', 'MIT')]), inputs: { purls: 'pkg:npm/event-stream@' }, subjects: [] },
    { input: bom([component('a', 'MIT')]), inputs: { purls: 'pkg:npm/b@,pkg:npm/a@' }, subjects: ['pkg:npm/a@1'] },
  ],
  'No critical vulnerabilities': [
    { input: withVulnerabilities(vulnerable('C', [{ severity: 'critical' }], 'not_affected')), subjects: [] },
    { input: withVulnerabilities(vulnerable('C', [{ severity: 'high' }])), subjects: [] },
    { input: withVulnerabilities(vulnerable('C', [{ severity: 'critical', score: 9.8 }])), subjects: ['pkg:npm/a@1'] },
    { input: withVulnerabilities(vulnerable('C', [{ score: 9.8 }], 'exploitable')), subjects: ['pkg:npm/a@1'] },
    { input: sample('twistcli.json'), subjects: [] },
  ],
  'No CVSS score above a threshold': [
    { input: withVulnerabilities(vulnerable('C', [{ score: 6.9 }])), inputs: { max_score: '6.9' }, subjects: [] },
    {
      input: withVulnerabilities(vulnerable('C', [{ score: 7 }])),
      inputs: { max_score: '6.9' },
      subjects: ['pkg:npm/a@1'],
    },
    { input: withVulnerabilities(vulnerable('C', [])), inputs: { max_score: '10' }, subjects: ['pkg:npm/a@1'] },
    { input: sample('twistcli.json'), inputs: { max_score: '5' }, subjects: ['zlib@1.3.1-r1'] },
  ],
  'Built by a builder that is trusted': [
    { input: slsa1, inputs: { builders: 'https://shop.example/builder' }, subjects: [] },
    { input: slsa1, inputs: { builders: 'https://other.example' }, subjects: ['p'] },
    { input: slsa02, inputs: { builders: '' }, subjects: 'skipped' },
  ],
  'Built from the repository of the team': [
    { input: slsa1, inputs: { repository: 'git+https://git.example/shop' }, subjects: [] },
    { input: slsa1, inputs: { repository: 'git+https://git.example/sho' }, subjects: ['p'] },
    { input: provenance(), inputs: { repository: 'git+https://git.example/shop' }, subjects: ['p'] },
  ],
  'Base images from an allowed registry': [
    { input: provenance('docker://a.example/x', 'git+https://b'), inputs: { registries: 'a.example' }, subjects: [] },
    {
      input: provenance('docker://a.example.evil/x'),
      inputs: { registries: 'a.example' },
      subjects: ['docker://a.example.evil/x'],
    },
  ],
  'The commit is signed by a key that is known': [
    { input: commit(SIGNED), inputs: KEYS, subjects: [] },
    { input: commit({ ...SIGNED, 'signature.keyProven': false }), inputs: KEYS, subjects: ['p'] },
    { input: commit({ ...SIGNED, proven: false }), inputs: KEYS, subjects: ['p'] },
    { input: commit(SIGNED), inputs: { fingerprints: 'SHA256:other' }, subjects: ['p'] },
    { input: commit({ proven: true, signature: '-----BEGIN' }), inputs: KEYS, subjects: ['p'] },
    { input: { subject: [] }, inputs: KEYS, subjects: ['p'] },
  ],
  'Tests passed': [
    { input: [{ tests: [{ status: 'passed' }] }], subjects: [] },
    { input: [{ tests: [{ status: 'skipped' }] }], subjects: ['p'] },
    { input: contentOf(projectJunit(sampleBytes('junit-pytest.xml'))), subjects: ['p'] },
  ],
  'Enough is covered': [
    { input: contentOf(projectJacoco(sampleBytes('jacoco-maven.xml'))), inputs: { min_lines: '50' }, subjects: [] },
    {
      input: contentOf(projectCobertura(sampleBytes('cobertura-coverage-py.xml'))),
      inputs: { min_lines: '75.5' },
      subjects: ['p'],
    },
  ],
  'No errors of a linter': [
    { input: sarif(result('warning'), result('error', { suppressions: [{ kind: 'inSource' }] })), subjects: [] },
    { input: sarif(result('warning'), result('error')), subjects: ['a.ts:3'] },
  ],
  'No secrets': [
    { input: [], subjects: [] },
    { input: sample('gitleaks.json'), subjects: ['deploy.sh'] },
  ],
  'A good Scorecard': [
    { input: sample('scorecard.json'), inputs: { min_score: '6', checks: 'Binary-Artifacts' }, subjects: [] },
    { input: sample('scorecard.json'), inputs: { min_score: '7', checks: 'Binary-Artifacts' }, subjects: ['p'] },
  ],
};
