import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContractSpec, RecordedMaterial } from '../../src/api/types.gen.ts';
import { addCommand, settling } from '../../src/contract/asked.ts';
import { completeness } from '../../src/contract/completeness.ts';
import type { EffectiveContract } from '../../src/contract/effective.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { standing } from '../../src/contract/standing.ts';

const test = suite('how the materials of a run stand');
const SEED = 20261128;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const TYPES = ['ARTIFACT', 'SARIF', 'STRING'] as const;

function contractOf(spec: ContractSpec): EffectiveContract {
  const reading = effectiveContract('c', spec, []);
  if (!reading.ok) throw new Error(reading.message);
  return reading.contract;
}
const recorded = (name: string, type: string): RecordedMaterial => ({
  ...{ name, type, digest: `sha256:${'0'.repeat(64)}`, size: 1, stored: true },
  ...{ addTime: '2026-01-01T00:00:00Z', addedBy: 'system:serviceaccount:shop:proviso-build' },
});
const statesOf = (contract: EffectiveContract, there: readonly RecordedMaterial[]): readonly string[] =>
  standing(contract, there).map(({ name, state }) => `${name} ${state}`);

const CONTRACT = contractOf({
  materials: [
    { name: 'image', type: 'CONTAINER_IMAGE', output: true },
    { name: 'notes', type: 'STRING', optional: true },
    { name: 'cdx', type: 'SBOM_CYCLONEDX_JSON', group: 'sbom' },
    { name: 'spdx', type: 'SBOM_SPDX_JSON', group: 'sbom' },
    { name: 'tests', type: 'JUNIT_XML', annotations: [{ name: 'suite' }, { name: 'kind', value: 'unit' }] },
  ],
});

test('each state, in the order of the contract, then what it does not name', () => {
  const all = ['image missing', 'notes absent', 'cdx missing', 'spdx missing', 'tests missing'];
  assert.equal(statesOf(CONTRACT, []), all);
  const there = [
    ...[recorded('zip', 'ARTIFACT'), recorded('own', 'EVIDENCE'), recorded('spdx', 'SBOM_SPDX_JSON')],
    ...[recorded('image', 'ARTIFACT'), recorded('notes', 'EVIDENCE')],
  ];
  const expected = ['image wrong', 'notes wrong', 'cdx absent', 'spdx there', 'tests missing'];
  assert.equal(statesOf(CONTRACT, there), [...expected, 'own extra', 'zip extra']);
});

test('what is typed has the form of the type, and every annotation that the contract leaves open', () => {
  assert.equal(
    ['image', 'group/sbom', 'tests', 'notes', 'nothing', 'cdx'].map((name) => settling(CONTRACT, name).map(addCommand)),
    [
      ['proviso add image IMAGE@sha256:…'],
      ['proviso add cdx FILE', 'proviso add spdx FILE'],
      ['proviso add tests FILE --annotation suite=VALUE'],
      ['proviso add notes TEXT'],
      [],
      [],
    ],
  );
});

const contracts: fc.Arbitrary<ContractSpec> = fc.record({
  materials: fc.uniqueArray(
    fc
      .record({
        name: fc.constantFrom(...NAMES),
        type: fc.constantFrom(...TYPES),
        optional: fc.boolean(),
        group: fc.option(fc.constantFrom('g', 'h'), { nil: undefined }),
      })
      .map(({ group, ...material }) => (group === undefined ? material : { ...material, group })),
    { selector: ({ name }) => name },
  ),
});
const runs = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES, 'x', 'y'), fc.constantFrom(...TYPES, 'EVIDENCE')), {
  selector: ([name]) => name,
});

test('the rows say what completeness says, and each material once, however they come', () => {
  fc.assert(
    fc.property(contracts, runs, (spec, pairs) => {
      const contract = contractOf(spec);
      const there = pairs.map(([name, type]) => recorded(name, type));
      const rows = standing(contract, there);
      assert.equal(standing(contract, there.toReversed()), rows);
      const names = new Set([...contract.materials, ...there].map(({ name }) => name));
      assert.equal(rows.map(({ name }) => name).sort(), [...names].sort());
      const stateOf = (name: string) => rows.find((row) => row.name === name)?.state;
      const { missing, complete } = completeness(contract, there);
      const owed = new Set(missing.flatMap(({ materials }) => materials.map(({ name }) => name)));
      for (const { name } of contract.materials) {
        const state = stateOf(name);
        // What is owed is either not there or counts for nothing; what isn't is never called missing.
        assert.is(state === 'missing' || (state === 'wrong' && owed.has(name)), owed.has(name), `${name} ${state}`);
      }
      const needed = contract.materials.filter(({ group, optional }) => group === undefined && !optional);
      const groups = Map.groupBy(contract.materials, ({ group }) => group);
      groups.delete(undefined);
      const isSettled = (each: readonly { readonly name: string }[]) =>
        each.some(({ name }) => stateOf(name) === 'there');
      assert.is(needed.every((each) => isSettled([each])) && [...groups.values()].every(isSettled), complete);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('who types one command for each thing that is owed owes nothing any more', () => {
  fc.assert(
    fc.property(contracts, runs, fc.nat(), (spec, pairs, choice) => {
      const contract = contractOf(spec);
      const there = new Map(pairs.map(([name, type]) => [name, recorded(name, type)]));
      for (const { name } of completeness(contract, [...there.values()]).missing) {
        const commands = settling(contract, name).map(addCommand);
        const [, typed = ''] = /^proviso add (\S+) /.exec(commands[choice % commands.length] ?? '') ?? [];
        // The receiver records under a name that the contract has the type that it has there.
        const asked = contract.materials.find((material) => material.name === typed);
        there.set(typed, recorded(typed, asked?.type ?? 'EVIDENCE'));
      }
      assert.equal(completeness(contract, [...there.values()]).missing, []);
      assert.not.match(statesOf(contract, [...there.values()]).join(), 'missing');
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test.run();
