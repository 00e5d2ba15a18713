import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContractSpec, RecordedMaterial } from '../../src/api/types.gen.ts';
import { completeness } from '../../src/contract/completeness.ts';
import type { EffectiveContract } from '../../src/contract/effective.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { type RunOnRecord, trial } from '../../src/contract/trial.ts';

const test = suite('drafts on trial');

function meant(spec: ContractSpec): EffectiveContract {
  const reading = effectiveContract('release', spec, []);
  if (!reading.ok) throw new Error(reading.message);
  return reading.contract;
}
const recorded = (
  name: string,
  type: string,
  annotations: Readonly<Record<string, string>> = {},
): RecordedMaterial => ({
  name,
  type,
  digest: `sha256:${'0'.repeat(64)}`,
  size: 1,
  stored: true,
  addTime: '2026-01-01T00:00:00Z',
  addedBy: 'system:serviceaccount:shop:proviso-build',
  annotations,
});
const onRecord = (contract: EffectiveContract, more: Partial<RunOnRecord>): RunOnRecord => ({
  runner: 'GENERIC',
  runnerProven: false,
  environment: {},
  annotations: {},
  materials: [],
  contract,
  ...more,
});

test("what the run's own contract had fixed doesn't stand against another value, what the pipeline gave does", () => {
  const own = meant({
    annotations: [{ name: 'criticality', value: 'low' }, { name: 'suite' }],
    materials: [{ name: 'a', type: 'SARIF', annotations: [{ name: 'level', value: '1' }] }],
  });
  const draft = meant({
    annotations: [
      { name: 'criticality', value: 'high' },
      { name: 'suite', value: 'all' },
    ],
    materials: [{ name: 'a', type: 'SARIF', annotations: [{ name: 'level', value: '2' }, { name: 'who' }] }],
  });
  const run = onRecord(own, {
    annotations: { criticality: 'low', suite: 'some' },
    materials: [recorded('a', 'SARIF', { level: '1', 'chainloop.material.size': '1' })],
  });
  assert.equal(
    trial(draft, run).map(({ at }) => at),
    ['annotations[suite]', 'materials[a].annotations[who]'],
  );
});

test('proof of the runner is asked for, not only its name', () => {
  const draft = meant({ runner: { type: 'KUBERNETES_JOB', proven: true } });
  const found = (more: Partial<RunOnRecord>) => trial(draft, onRecord(draft, more)).map(({ message }) => message);
  assert.equal(found({ runner: 'KUBERNETES_JOB', runnerProven: true }), []);
  assert.equal(found({ runner: 'KUBERNETES_JOB' }), ['that it ran on KUBERNETES_JOB was only said']);
  assert.equal(found({}), ['it ran on GENERIC, not on KUBERNETES_JOB']);
});

test('a run that met its contract meets the same one on trial, and an incomplete one never does', () => {
  const names = ['a', 'b', 'c'] as const;
  const material = fc.record({ optional: fc.boolean(), type: fc.constantFrom('SARIF', 'JUNIT_XML') });
  fc.assert(
    fc.property(fc.tuple(material, material, material), fc.subarray([...names]), (specs, handedIn) => {
      const materials = names.map(
        (name, index) => ({ name, ...specs[index] }) as NonNullable<ContractSpec['materials']>[number],
      );
      const contract = meant({ materials });
      const there = handedIn.map((name) => recorded(name, materials.find((each) => each.name === name)?.type ?? ''));
      const findings = trial(contract, onRecord(contract, { materials: there }));
      assert.is(findings.length === 0, completeness(contract, there).complete);
    }),
  );
});

test.run();
