import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialType } from '../../../src/api/material-types.ts';
import { coverageOf } from '../../../src/policy/facts/coverage.ts';
import { testCounts } from '../../../src/policy/facts/tests.ts';
import { projectMaterial } from '../../../src/policy/project/material.ts';
import { sampleBytes } from '../samples.ts';

const test = suite('materials as policies see them');

function project(type: MaterialType, content: string | Uint8Array): unknown {
  const projection = projectMaterial(type, Buffer.from(content));
  if (!projection.ok) throw new Error(`${projection.finding.at}: ${projection.finding.message}`);
  return projection.value;
}

test('a JUnit report of pytest', () => {
  const value = project('JUNIT_XML', sampleBytes('junit-pytest.xml'));
  assert.equal(JSON.parse(JSON.stringify(value)), [
    {
      name: 'pytest',
      tests: [
        { name: 'test_total', classname: 'test_price', status: 'passed', message: '' },
        {
          name: 'test_wrong',
          classname: 'test_price',
          status: 'failed',
          message: 'assert 600 == 601\n +  where 600 = total(200, 3)',
        },
        { name: 'test_later', classname: 'test_price', status: 'skipped', message: 'not yet' },
      ],
      totals: { tests: 3, passed: 1, failed: 1, error: 0, skipped: 1 },
    },
  ]);
  assert.equal(testCounts(value), { total: 3n, failed: 1n, errors: 0n, skipped: 1n });
});

test('JUnit: archives, suites in suites, and cases without a suite', () => {
  for (const name of ['junit-reports.zip', 'junit-reports.tar.gz']) {
    assert.ok(testCounts(project('JUNIT_XML', sampleBytes(name))).total > 0n, name);
  }
  const nested = project(
    'JUNIT_XML',
    `<testsuites><testsuite name="a"><testcase name="1"/><testsuite name="b"><testcase name="2"><error message="e"/></testcase></testsuite>
      <testcase name="3"><skipped/><failure message="f"/><error message="late"/></testcase></testsuite><testcase name="4"/></testsuites>`,
  ) as readonly {
    readonly name: string;
    readonly tests: readonly { readonly name: string; readonly status: string }[];
  }[];
  assert.equal(
    nested.map(({ name, tests }) => [name, ...tests.map((each) => `${each.name} ${each.status}`)]),
    [
      ['a', '1 passed', '3 failed'],
      ['b', '2 error'],
      ['', '4 passed'],
    ],
  );
});

test('coverage of JaCoCo and of coverage.py', () => {
  assert.equal(coverageOf(project('JACOCO_XML', sampleBytes('jacoco-maven.xml'))), { lines: 50, branches: 50 });
  assert.equal(coverageOf(project('COBERTURA_XML', sampleBytes('cobertura-coverage-py.xml'))), {
    lines: 75,
    branches: 50,
  });
  const jacoco = project('JACOCO_XML', sampleBytes('jacoco-maven.xml')) as { readonly packages: readonly object[] };
  assert.is(jacoco.packages.length, 1);
  assert.equal(coverageOf(project('COBERTURA_XML', '<coverage line-rate="1"/>')), { lines: 100, branches: null });
  assert.equal(
    coverageOf(project('JACOCO_XML', '<report name="r"><counter type="LINE" missed="0" covered="0"/></report>')),
    {
      lines: null,
      branches: null,
    },
  );
});

test('JSON stays what it is', () => {
  assert.equal(project('SBOM_CYCLONEDX_JSON', '{"bomFormat":"CycloneDX"}'), { bomFormat: 'CycloneDX' });
});

test('of what is signed, the statement', () => {
  for (const name of ['slsa-v1-cosign.sigstore.json', 'slsa-v0.2-cosign.dsse.json']) {
    const { predicateType } = project('SLSA_PROVENANCE', sampleBytes(name)) as { readonly predicateType: string };
    assert.match(predicateType, /^https:\/\/slsa\.dev\/provenance\/v/);
  }
  const line = JSON.stringify(JSON.parse(Buffer.from(sampleBytes('slsa-v0.2-cosign.dsse.json')).toString()));
  assert.throws(() => project('ATTESTATION', `${line}\n${line}\n`), /there are 2 statements in it/);
  assert.throws(() => project('ATTESTATION', '{}'));
});

test('attack: what can not be read is no empty report', () => {
  const cases: readonly (readonly [MaterialType, string])[] = [
    ['JUNIT_XML', '<testsuite><testcase>'],
    ['JUNIT_XML', '<html/>'],
    ['JACOCO_XML', '<report><counter type="LINE" missed="x" covered="1"/></report>'],
    ['JACOCO_XML', '<!DOCTYPE report [<!ENTITY a "b">]><report/>'],
    ['COBERTURA_XML', '<coverage'],
    ['EVIDENCE', 'no JSON'],
    ['SARIF', '{"a":1,"a":2}'],
  ];
  for (const [type, content] of cases) assert.throws(() => project(type, content), undefined, content);
  for (const input of [null, {}, [1], [{}], { tests: [] }]) assert.throws(() => testCounts(input), /no JUnit report/);
  for (const input of [null, {}, []]) assert.throws(() => coverageOf(input), /no report/);
});

test.run();
