import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialType } from '../../src/api/material-types.ts';
import { mergeAnnotations } from '../../src/contract/annotations.ts';
import { completeness } from '../../src/contract/completeness.ts';
import { canonicalDigest } from '../../src/contract/digest.ts';
import type { Baseline, BaselineTerms, ContractMaterial, EffectiveContract } from '../../src/contract/effective.ts';
import { type Merging, mergeBaselines } from '../../src/contract/merge.ts';
import { some } from '../support/some.ts';

const test = suite('merge of baselines');
const SEED = 20261128;
const RUNS = 3000;

const NOTHING: BaselineTerms = {
  name: 'x',
  materials: [],
  envAllowList: [],
  annotations: [],
  enforcement: 'Audit',
  signers: [],
};
const contractOf = (terms: Partial<EffectiveContract>): EffectiveContract => ({
  ...NOTHING,
  name: 'release',
  deadlineSeconds: 3600,
  ...terms,
});
const baselineOf = (name: string, terms: Partial<BaselineTerms>): Baseline => ({
  name,
  revision: 1,
  digest: `sha256:${name}`,
  terms: { ...NOTHING, name, ...terms },
});
const material = (name: string, facts: Partial<ContractMaterial> = {}): ContractMaterial => ({
  name,
  type: 'ARTIFACT',
  optional: false,
  output: false,
  skipUpload: false,
  annotations: [],
  ...facts,
});
const merged = (contract: EffectiveContract, ...baselines: readonly Baseline[]): EffectiveContract => {
  const merging = mergeBaselines(contract, baselines);
  if (!merging.ok) throw new Error(messagesOf(merging).join('\n'));
  return merging.contract;
};
const messagesOf = (merging: Merging): readonly string[] =>
  (merging.ok ? merging.overruled : merging.conflicts).map(({ at, message }) => `${at}: ${message}`);
/** What must be there, in a line. */
const owedBy = (contract: EffectiveContract): string =>
  completeness(contract, [])
    .missing.map(({ name, materials }) => (name.includes('/') ? `${name}=${materials.map((each) => each.name)}` : name))
    .sort()
    .join(' ');

test('nothing governs: the contract is as it was', () => {
  const contract = contractOf({ materials: [material('a')] });
  assert.is(merged(contract), contract);
});

test('materials of both are owed, and what one side needs the other can not waive', () => {
  const contract = contractOf({
    materials: [material('sbom', { optional: true, skipUpload: true }), material('own', { skipUpload: true })],
  });
  const baseline = baselineOf('org', { materials: [material('sbom', { output: true }), material('scan')] });
  const found = merged(contract, baseline);
  assert.is(owedBy(found), 'own sbom scan');
  const sbom = some(found.materials.find(({ name }) => name === 'sbom'));
  assert.equal([sbom.output, sbom.skipUpload, sbom.optional], [true, false, false]);
  assert.equal(found.baselines, [{ name: 'org', revision: 1, digest: 'sha256:org' }]);
  const lax = baselineOf('org', { materials: [material('own', { optional: true })] });
  assert.is(owedBy(merged(contract, lax)), 'own');
});

const group = (name: string, ...members: readonly string[]) => members.map((each) => material(each, { group: name }));

test('groups: settled by what the other side needs, narrowed where they overlap', () => {
  const owed = (own: readonly ContractMaterial[], ...lists: readonly (readonly ContractMaterial[])[]) =>
    owedBy(
      merged(
        contractOf({ materials: own }),
        ...lists.map((materials, index) => baselineOf(`b${index}`, { materials })),
      ),
    );
  assert.is(owed(group('g', 'a', 'b'), [material('a')]), 'a');
  assert.is(owed([material('a')], group('g', 'a', 'b')), 'a');
  assert.is(owed(group('g', 'a', 'b'), group('g', 'c', 'd')), 'group/b0/g=c,d group/g=a,b');
  assert.is(owed(group('g', 'a', 'b'), group('h', 'a', 'b')), 'group/b0/h=a,b');
  assert.is(owed(group('g', 'a', 'b'), group('h', 'a', 'b', 'c')), 'group/b0/h=a,b');
  assert.is(owed(group('g', 'a', 'b', 'c'), group('h', 'a', 'b')), 'group/b0/h=a,b');
  assert.is(owed(group('g', 'a', 'b', 'c'), group('h', 'a', 'd')), 'group/b0/h=a,d group/g=b,c');
  assert.is(owed(group('g', 'a', 'b'), [...group('h', 'a', 'c'), ...group('i', 'b', 'd')]), 'a group/b0/i=b,d');
  assert.is(owed([], group('g', 'a', 'b'), group('g', 'b', 'c')), 'a group/b1/g=b,c');
  // Which side needs it doesn't free the other group of the member that it shares with a settled one.
  assert.is(owed([material('a'), ...group('g', 'b', 'c')], group('h', 'a', 'b')), 'a group/g=b,c');
});

test('another type, runner or value: the baseline wins over the contract, and that is told', () => {
  const contract = contractOf({
    materials: [
      ...group('g', 'a', 'b'),
      material('c', { type: 'SARIF' }),
      material('d', { annotations: [{ name: 'suite', value: 'unit' }, { name: 'who' }] }),
    ],
    runner: 'GENERIC',
    annotations: [{ name: 'level', value: 'low' }, { name: 'team' }, { name: 'own', value: 'x' }],
  });
  const baseline = baselineOf('org', {
    materials: [
      material('b', { type: 'STRING' }),
      material('c', { optional: true }),
      material('d', { annotations: [{ name: 'suite', value: 'all' }] }),
    ],
    runner: 'TEKTON_PIPELINE',
    annotations: [{ name: 'level', value: 'high' }, { name: 'team', value: 't' }, { name: 'own' }],
  });
  const merging = mergeBaselines(contract, [baseline]);
  assert.equal(messagesOf(merging), [
    "materials[b].type: the baseline 'org' has STRING, which counts instead of ARTIFACT",
    "materials[c].type: the baseline 'org' has ARTIFACT, which counts instead of SARIF",
    "materials[d].annotations[suite]: the baseline 'org' has 'all', which counts instead of 'unit'",
    "runner: the baseline 'org' has TEKTON_PIPELINE, which counts instead of GENERIC",
    "annotations[level]: the baseline 'org' has 'high', which counts instead of 'low'",
  ]);
  const found = merged(contract, baseline);
  assert.is(owedBy(found), 'a b d');
  assert.is(found.runner, 'TEKTON_PIPELINE');
  assert.equal(Object.fromEntries(found.annotations.map(({ name, value }) => [name, value])), {
    level: 'high',
    team: 't',
    own: 'x',
  });
});

test('proof of the runner that either side asks for is asked for', () => {
  const proven = { runner: 'KUBERNETES_JOB', runnerProven: true } as const;
  assert.is(merged(contractOf({ runner: 'KUBERNETES_JOB' }), baselineOf('b', proven)).runnerProven, true);
  assert.is(merged(contractOf(proven), baselineOf('b', { runner: 'KUBERNETES_JOB' })).runnerProven, true);
  assert.is(merged(contractOf({}), baselineOf('b', { runner: 'KUBERNETES_JOB' })).runnerProven, undefined);
});

test('a deadline only gets shorter, and one that no baseline states stays', () => {
  const contract = contractOf({ deadlineSeconds: 600 });
  const deadline = (...stated: readonly (number | undefined)[]) =>
    merged(
      contract,
      ...stated.map((seconds, index) =>
        baselineOf(`b${index}`, seconds === undefined ? {} : { deadlineSeconds: seconds }),
      ),
    ).deadlineSeconds;
  assert.equal([deadline(undefined), deadline(7200), deadline(60), deadline(300, 60, 7200)], [600, 600, 60, 60]);
});

test('baselines that contradict each other have no result, in whatever order', () => {
  const a = baselineOf('a', {
    materials: [material('m')],
    runner: 'GENERIC',
    annotations: [{ name: 'l', value: '1' }],
  });
  const b = baselineOf('b', {
    materials: [material('m', { type: 'SARIF' })],
    runner: 'JENKINS_JOB',
    annotations: [{ name: 'l', value: '2' }],
  });
  const expected = [
    "materials[m].type: the baseline 'a' has ARTIFACT, and 'b' has SARIF",
    "runner: the baseline 'a' has GENERIC, and 'b' has JENKINS_JOB",
    "annotations[l]: the baseline 'a' has '1', and 'b' has '2'",
  ];
  for (const baselines of [
    [a, b],
    [b, a],
  ]) {
    const merging = mergeBaselines(contractOf({}), baselines);
    assert.is(merging.ok, false);
    assert.equal(messagesOf(merging), expected);
  }
});

test('more than a run has place for is a conflict', () => {
  const many = (prefix: string, count: number) => Array.from({ length: count }, (_, i) => material(`${prefix}${i}`));
  const contract = contractOf({ materials: many('a', 40) });
  const of = (count: number) => mergeBaselines(contract, [baselineOf('b', { materials: many('b', count) })]);
  assert.is(of(24).ok, true);
  assert.equal(messagesOf(of(25)), ['materials: together there are 65, and at most 64 can be asked for']);
});

const TYPES: readonly MaterialType[] = ['ARTIFACT', 'SARIF'];
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const material_ = fc.record({
  name: fc.constantFrom(...NAMES),
  type: fc.oneof({ weight: 12, arbitrary: fc.constant('ARTIFACT' as const) }, fc.constantFrom(...TYPES)),
  how: fc.constantFrom('required', 'optional', 'optional', 'x', 'x', 'y', 'y'),
  output: fc.boolean(),
  skipUpload: fc.boolean(),
  isLenient: fc.boolean(),
});
const annotations = fc.uniqueArray(
  fc.record(
    { name: fc.constantFrom('p', 'q', 'r'), value: fc.constantFrom('1', '1', '1', '2') },
    { requiredKeys: ['name'] },
  ),
  { selector: ({ name }) => name, maxLength: 2 },
);
const terms: fc.Arbitrary<BaselineTerms> = fc
  .record(
    {
      materials: fc.uniqueArray(material_, { selector: ({ name }) => name }),
      envAllowList: fc.subarray(['A', 'B', 'C']),
      runner: fc.constantFrom('GENERIC', 'GENERIC', 'JENKINS_JOB'),
      annotations,
      enforcement: fc.constantFrom('Enforce' as const, 'Audit' as const),
      deadlineSeconds: fc.integer({ min: 60, max: 7200 }),
    },
    { requiredKeys: ['materials', 'envAllowList', 'annotations', 'enforcement'] },
  )
  .map(({ materials, ...rest }) => ({
    ...NOTHING,
    ...rest,
    materials: materials.map(({ how, isLenient, ...each }): ContractMaterial => {
      const owed = how === 'required' || how === 'optional' ? {} : { group: how };
      const strictness = isLenient ? ({ strict: false } as const) : {};
      return { ...each, annotations: [], optional: how === 'optional', ...owed, ...strictness };
    }),
  }));
const contracts = terms.map((each): EffectiveContract => ({ deadlineSeconds: 3600, ...each }));
const baselines = fc
  .array(terms, { minLength: 1, maxLength: 3 })
  .map((list) => list.map((each, index) => baselineOf(`b${index}`, each)));
const recorded = fc.uniqueArray(fc.record({ name: fc.constantFrom(...NAMES), type: fc.constantFrom(...TYPES) }), {
  selector: ({ name }) => name,
});
const law = <T extends readonly [unknown, ...unknown[]]>(property: fc.IProperty<T>): void =>
  fc.assert(property, { seed: SEED, numRuns: RUNS });
const isComplete = (of: EffectiveContract | BaselineTerms, there: Parameters<typeof completeness>[1]): boolean =>
  completeness({ deadlineSeconds: 0, ...of }, there).complete;

test('law: what satisfies the result satisfies every baseline, and the contract but for what is overruled', () => {
  let complete = 0;
  law(
    fc.property(contracts, baselines, recorded, (contract, governing, there) => {
      const merging = mergeBaselines(contract, governing);
      if (!merging.ok) return;
      const found = merging.contract;
      const everything = found.materials.map(({ name, type }) => ({ name, type }));
      assert.ok(isComplete(found, everything), 'it can be satisfied');
      const overruled = new Set(merging.overruled.map(({ at }) => at));
      const kept = contract.materials.filter(({ name }) => !overruled.has(`materials[${name}].type`));
      if (!isComplete(found, there)) return;
      complete += 1;
      for (const { name, terms: asked } of governing) assert.ok(isComplete(asked, there), `not complete for ${name}`);
      assert.ok(isComplete({ ...contract, materials: kept }, there), 'not complete for the contract');
    }),
  );
  assert.ok(complete > 100, `only ${complete} runs were complete`);
});

test('law: without groups the result asks for nothing that no side asks for', () => {
  const single = (each: ContractMaterial): ContractMaterial => {
    const { group: _, ...rest } = each;
    return { ...rest, type: 'ARTIFACT' };
  };
  law(
    fc.property(contracts, baselines, recorded, (contract, governing, there) => {
      const own = { ...contract, materials: contract.materials.map(single) };
      const asked = governing.map((each) => ({
        ...each,
        terms: { ...each.terms, materials: each.terms.materials.map(single) },
      }));
      const merging = mergeBaselines(own, asked);
      if (!merging.ok) return;
      const all = [own, ...asked.map((each) => each.terms)].every((each) => isComplete(each, there));
      assert.is(isComplete(merging.contract, there), all);
    }),
  );
});

test('law: nothing gets looser', () => {
  law(
    fc.property(contracts, baselines, annotations, (contract, governing, given) => {
      const merging = mergeBaselines(contract, governing);
      if (!merging.ok) return;
      const found = merging.contract;
      const stated = mergeAnnotations(
        found.annotations,
        Object.fromEntries(given.map(({ name, value = '3' }) => [name, value])),
      );
      for (const { terms: asked } of [...governing, { terms: contract }]) {
        assert.ok(asked.envAllowList.every((name) => found.envAllowList.includes(name)));
        assert.ok(found.deadlineSeconds <= (asked.deadlineSeconds ?? Number.POSITIVE_INFINITY));
        assert.ok(asked.enforcement === 'Audit' || found.enforcement === 'Enforce');
        for (const { name, output, skipUpload, strict } of asked.materials) {
          const each = some(found.materials.find((one) => one.name === name));
          const isReplaced = merging.overruled.some(({ at }) => at === `materials[${name}].type`);
          assert.ok(isReplaced || each.output || !output);
          assert.ok(isReplaced || !each.skipUpload || skipUpload);
          assert.ok(isReplaced || each.strict !== false || strict === false);
        }
        if (asked === contract) continue;
        assert.ok(asked.runner === undefined || asked.runner === found.runner);
        assert.ok(!stated.ok || mergeAnnotations(asked.annotations, stated.annotations).ok);
      }
    }),
  );
});

test('law: the order of the baselines means nothing, and merging again changes nothing', () => {
  law(
    fc.property(contracts, baselines, (contract, governing) => {
      const merging = mergeBaselines(contract, governing);
      assert.equal(mergeBaselines(contract, governing.toReversed()), merging);
      if (!merging.ok) return;
      const again = mergeBaselines(merging.contract, governing);
      assert.ok(again.ok);
      assert.equal(again.overruled, []);
      assert.is(canonicalDigest(again.contract), canonicalDigest(merging.contract));
    }),
  );
});

test('the digest of a merged contract says what was merged in', () => {
  const one = merged(contractOf({}), baselineOf('a', {}), baselineOf('b', {}));
  const { baselines: sources = [] } = one;
  assert.is(canonicalDigest(one), canonicalDigest({ ...one, baselines: sources.toReversed() }));
  assert.is.not(canonicalDigest(one), canonicalDigest(merged(contractOf({}), baselineOf('a', {}))));
});

test.run();
