import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sarifResults } from '../../../src/policy/facts/sarif.ts';
import { severityOf } from '../../../src/policy/facts/severity.ts';
import { vulnerabilitiesOf } from '../../../src/policy/facts/vulnerabilities.ts';
import { sample } from '../samples.ts';

const test = suite('vulnerabilities');

test('the documents that real tools write', () => {
  assert.equal(vulnerabilitiesOf(sample('openvex.json')), [
    { id: 'GO-2026-9001', severity: 'unknown', score: 0, status: 'affected', component: 'Unknown Product' },
  ]);
  assert.equal(vulnerabilitiesOf(sample('openvex-clean.json')), []);
  assert.equal(vulnerabilitiesOf(sample('csaf-vex.json'))[0], {
    id: 'CVE-2026-1234',
    severity: 'unknown',
    score: 0,
    status: 'under_investigation',
    component: 'Example shop 1.1',
  });
  assert.ok(vulnerabilitiesOf(sample('csaf-security-advisory.json')).length > 0);
  assert.equal(
    vulnerabilitiesOf(sample('gitlab-sast.json')).map(({ severity, component }) => [severity, component]),
    [['high', 'app.py']],
  );
  assert.equal(vulnerabilitiesOf(sample('twistcli.json')), [
    { id: 'CVE-2026-1234', severity: 'medium', score: 5.3, component: 'zlib@1.3.1-r1', status: 'unknown' },
  ]);
});

test('CycloneDX: the worst of several ratings, once for each component, with what was found out about it', () => {
  const document = {
    bomFormat: 'CycloneDX',
    components: [
      { 'bom-ref': 'a', name: 'a', purl: 'pkg:npm/a@1' },
      { 'bom-ref': 'b', name: 'b' },
    ],
    vulnerabilities: [
      {
        id: 'CVE-1',
        ratings: [{ severity: 'info' }, { score: 9.8, method: 'CVSSv31' }, { severity: 'high', score: 7.1 }],
        affects: [{ ref: 'a' }, { ref: 'b' }, { ref: 'elsewhere' }],
        analysis: { state: 'false_positive' },
      },
      { id: 'CVE-2' },
    ],
  };
  const first = { id: 'CVE-1', severity: 'critical', score: 9.8, status: 'not_affected' };
  assert.equal(vulnerabilitiesOf(document), [
    { ...first, component: 'pkg:npm/a@1' },
    { ...first, component: 'b' },
    { ...first, component: 'elsewhere' },
    { id: 'CVE-2', severity: 'unknown', score: 0, status: 'unknown', component: '' },
  ]);
});

test('CSAF: both ways to write a score, and the products inside of branches', () => {
  const document = (rating: object) => ({
    document: { csaf_version: '2.1' },
    product_tree: {
      branches: [
        {
          branches: [
            { product: { product_id: 'P', name: 'shop', product_identification_helper: { purls: ['pkg:oci/shop'] } } },
          ],
        },
      ],
    },
    vulnerabilities: [{ cve: 'CVE-1', product_status: { known_affected: ['P'], fixed: ['Q'] }, ...rating }],
  });
  const cvss = { baseScore: 8.1, baseSeverity: 'HIGH' };
  for (const rating of [{ scores: [{ cvss_v3: cvss }] }, { metrics: [{ content: { cvss_v4: cvss } }] }]) {
    assert.equal(vulnerabilitiesOf(document(rating)), [
      { id: 'CVE-1', severity: 'high', score: 8.1, status: 'affected', component: 'pkg:oci/shop' },
      { id: 'CVE-1', severity: 'high', score: 8.1, status: 'fixed', component: 'Q' },
    ]);
  }
});

const SARIF = {
  version: '2.1.0',
  runs: [
    {
      tool: {
        driver: {
          rules: [
            { id: 'CVE-1', properties: { 'security-severity': '9.8' } },
            { id: 'r', defaultConfiguration: { level: 'error' } },
          ],
        },
      },
      results: [
        {
          ruleId: 'CVE-1',
          level: 'note',
          message: { text: 'm' },
          locations: [{ physicalLocation: { artifactLocation: { uri: 'a.js' }, region: { startLine: 3 } } }],
        },
        { ruleIndex: 1, message: { text: 'm' }, suppressions: [{ kind: 'external', status: 'accepted' }] },
        { ruleId: 'x', message: { text: 'm' } },
        { ruleId: 'r', kind: 'pass', message: { text: 'm' } },
        { ruleId: 'r', message: { text: 'm' }, suppressions: [{ kind: 'external', status: 'rejected' }] },
      ],
    },
  ],
};

test('SARIF: levels that stand with the rule, suppressions, and the scores of scanners', () => {
  assert.equal(
    sarifResults(SARIF).map(({ rule, level, file, line, suppressed }) => [rule, level, file, line, suppressed]),
    [
      ['CVE-1', 'note', 'a.js', 3n, false],
      ['r', 'error', '', 0n, true],
      ['x', 'warning', '', 0n, false],
      ['r', 'none', '', 0n, false],
      ['r', 'error', '', 0n, false],
    ],
  );
  assert.equal(
    vulnerabilitiesOf(SARIF).map(({ id, severity, score, status }) => [id, severity, score, status]),
    [
      ['CVE-1', 'critical', 9.8, 'unknown'],
      ['r', 'unknown', 0, 'not_affected'],
      ['x', 'unknown', 0, 'unknown'],
      ['r', 'unknown', 0, 'unknown'],
    ],
  );
});

test('severities', () => {
  assert.equal(
    [0, 0.1, 4, 7, 9, 10].map((score) => severityOf(undefined, score)),
    ['unknown', 'low', 'medium', 'high', 'critical', 'critical'],
  );
  assert.is(severityOf('Moderate', 9.9), 'medium');
  assert.is(severityOf('whatever', 0), 'unknown');
});

test('attack: where nobody has looked, nothing was found, and that is not taken for good', () => {
  assert.throws(() => vulnerabilitiesOf({ bomFormat: 'CycloneDX', components: [] }), /nobody has looked/);
  assert.equal(vulnerabilitiesOf({ bomFormat: 'CycloneDX', vulnerabilities: [] }), []);
  for (const results of [undefined, null]) {
    assert.throws(() => sarifResults({ version: '2.1.0', runs: [{ results }] }), /the tool has failed/);
  }
});

test('attack: a document that is something else has no vulnerabilities, and is not taken for a clean one', () => {
  for (const input of [null, [], {}, { vulnerabilities: [] }, sample('spdx-2.3-tools-python.json')]) {
    assert.throws(() => vulnerabilitiesOf(input), /no list of vulnerabilities/);
  }
});

test.run();
