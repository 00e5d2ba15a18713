import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatDuration, parseDuration } from '../../src/api/duration.ts';
import type { ContractSpec } from '../../src/api/types.gen.ts';
import { differences } from '../../src/contract/difference.ts';
import type { EffectiveContract } from '../../src/contract/effective.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';

const test = suite('differences of contracts');

function meant(spec: ContractSpec): EffectiveContract {
  const reading = effectiveContract('release', spec, []);
  if (!reading.ok) throw new Error(reading.message);
  return reading.contract;
}

test('each thing that was added, taken away or changed is named once, by its name', () => {
  const before = meant({
    materials: [
      { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON', optional: true, annotations: [{ name: 'suite' }] },
      { name: 'scan', type: 'SARIF', output: true },
    ],
    envAllowList: ['A', 'B'],
    annotations: [{ name: 'criticality', value: 'high' }],
    description: 'what is owed',
  });
  const after = meant({
    materials: [
      { name: 'image', type: 'CONTAINER_IMAGE', output: true, group: 'main' },
      { name: 'tests', type: 'JUNIT_XML', group: 'main' },
      { name: 'sbom', type: 'SBOM_SPDX_JSON', annotations: [{ name: 'suite', value: 'all' }] },
    ],
    envAllowList: ['B', 'C'],
    annotations: [{ name: 'criticality', value: 'low' }],
    runner: { type: 'TEKTON_PIPELINE' },
    enforcement: 'Audit',
    deadline: '1h30m',
  });
  assert.equal(differences(before, after), [
    { at: 'description', before: 'what is owed' },
    { at: 'materials[sbom].type', before: 'SBOM_CYCLONEDX_JSON', after: 'SBOM_SPDX_JSON' },
    { at: 'materials[sbom].optional', before: 'true' },
    { at: 'materials[sbom].annotations[suite]', before: 'must be given', after: "'all'" },
    { at: 'materials[scan]', before: 'SARIF, output' },
    { at: 'envAllowList[A]', before: 'must be set' },
    { at: 'annotations[criticality]', before: "'high'", after: "'low'" },
    { at: 'enforcement', before: 'Enforce', after: 'Audit' },
    { at: 'deadline', before: '1h', after: '1h30m' },
    { at: 'materials[image]', after: 'CONTAINER_IMAGE, output, group main' },
    { at: 'materials[tests]', after: 'JUNIT_XML, group main' },
    { at: 'envAllowList[C]', after: 'must be set' },
    { at: 'runner', after: 'TEKTON_PIPELINE' },
  ]);
});

test('form and order are no difference', () => {
  const materials = [
    { name: 'a', type: 'SARIF' },
    { name: 'b', type: 'STRING' },
  ] as const;
  const same = meant({ materials: materials.toReversed(), deadline: '60m', enforcement: 'Enforce' });
  assert.equal(differences(meant({ materials }), same), []);
});

test('durations are written as they are read', () => {
  for (const text of ['0s', '59s', '1m', '1h', '1h30m', '720h', '1h1s']) {
    assert.is(formatDuration(parseDuration(text) ?? Number.NaN), text);
  }
});

test.run();
