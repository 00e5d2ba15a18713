import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContractSpec, PolicyGroupSpec } from '../../src/api/types.gen.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { bindTemplates, templateProblem } from '../../src/contract/group-templates.ts';
import { attachmentsOf } from '../../src/contract/policies.ts';
import { type Expansion, expandGroups, groupProblems } from '../../src/contract/policy-groups.ts';

const test = suite('groups of policies');

type Groups = Readonly<Record<string, PolicyGroupSpec>>;
type Taken = NonNullable<ContractSpec['policyGroups']>[number];

const expand = (spec: ContractSpec, groups: Groups): Expansion<ContractSpec> =>
  expandGroups(spec, (kind, name) => groups[kind === 'PolicyGroup' ? name : `cluster/${name}`], 'PolicyGroup');

function expanded(spec: ContractSpec, groups: Groups): ContractSpec {
  const expansion = expand(spec, groups);
  assert.ok(expansion.ok, JSON.stringify(expansion));
  const { spec: whole } = expansion as Extract<typeof expansion, { ok: true }>;
  return JSON.parse(
    JSON.stringify(whole, (key, value: unknown) => (key === 'from' ? undefined : value)),
  ) as ContractSpec;
}

const SBOM: PolicyGroupSpec = {
  inputs: [{ name: 'name', default: 'sbom' }, { name: 'banned', required: true }, { name: 'note' }],
  materials: [
    {
      name: '{{ inputs.name }}',
      type: 'SBOM_CYCLONEDX_JSON',
      policies: [
        { ref: { name: 'fresh' } },
        {
          ref: { kind: 'ClusterPolicy', name: 'licences' },
          with: { list: '{{inputs.banned}}, X', note: '{{ .inputs.note }}' },
          gate: false,
        },
        { ref: { name: 'off' }, disabled: true },
      ],
    },
    { type: 'SARIF', policies: [{ ref: { name: 'no-errors' }, onSkip: 'Allow' }] },
    { name: 'extra', type: 'SARIF', optional: true },
  ],
  attestation: [{ ref: { name: 'of-a-commit' } }],
};
const take = (more: Partial<Taken> = {}): ContractSpec => ({
  policyGroups: [{ ref: { name: 'sbom' }, with: { banned: 'GPL' }, ...more }],
});

test('a group becomes part of a contract, with its inputs filled in', () => {
  assert.equal(expanded({ deadline: '2h', ...take() }, { sbom: SBOM }), {
    deadline: '2h',
    materials: [
      { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' },
      { name: 'extra', type: 'SARIF', optional: true },
    ],
    policies: {
      materials: [
        { ref: { kind: 'Policy', name: 'fresh' }, selector: { name: 'sbom' } },
        {
          ref: { kind: 'ClusterPolicy', name: 'licences' },
          with: { list: 'GPL, X' },
          selector: { name: 'sbom' },
          gate: false,
        },
        { ref: { kind: 'Policy', name: 'no-errors' }, selector: { type: 'SARIF' }, onSkip: 'Allow' },
      ],
      attestation: [{ ref: { kind: 'Policy', name: 'of-a-commit' } }],
    },
  });
});

test('an attachment of a group is named by where it stands there', () => {
  const expansion = expand({ policies: { materials: [{ ref: { name: 'own' } }] }, ...take() }, { sbom: SBOM });
  assert.equal(
    attachmentsOf(expansion.ok ? expansion.spec.policies : undefined).map(({ at }) => at),
    [
      'spec.policies.materials[0]',
      "the PolicyGroup 'sbom': spec.materials[0].policies[0]",
      "the PolicyGroup 'sbom': spec.materials[0].policies[1]",
      "the PolicyGroup 'sbom': spec.materials[1].policies[0]",
      "the PolicyGroup 'sbom': spec.attestation[0]",
    ],
  );
});

test('what a contract says of the group counts where the group says nothing', () => {
  const { policies } = expanded(take({ gate: true, onSkip: 'Block', skip: ['fresh', 'off'] }), { sbom: SBOM });
  assert.equal(
    policies?.materials?.map(({ ref, gate, onSkip }) => [ref.name, gate, onSkip]),
    [
      ['licences', false, 'Block'],
      ['no-errors', true, 'Allow'],
    ],
  );
  assert.equal(policies?.attestation, [{ ref: { kind: 'Policy', name: 'of-a-commit' }, gate: true, onSkip: 'Block' }]);
});

test("the contract's own entries stay, and count over those of groups", () => {
  const own: ContractSpec = {
    materials: [{ name: 'sbom', type: 'SBOM_CYCLONEDX_JSON', optional: true, output: true }],
    policies: { materials: [{ ref: { name: 'own' } }] },
    ...take(),
  };
  const { materials, policies } = expanded(own, { sbom: SBOM });
  assert.equal(materials, [...(own.materials ?? []), { name: 'extra', type: 'SARIF', optional: true }]);
  assert.equal(policies?.materials?.[0], { ref: { name: 'own' } });
});

test('of two groups the one that asks for more counts', () => {
  const of = (optional: boolean): PolicyGroupSpec => ({ materials: [{ name: 'scan', type: 'SARIF', optional }] });
  for (const names of [
    ['a', 'b'],
    ['b', 'a'],
  ]) {
    const spec = { policyGroups: names.map((name) => ({ ref: { name } })) };
    assert.equal(expanded(spec, { a: of(true), b: of(false) }).materials, [{ name: 'scan', type: 'SARIF' }]);
  }
});

test('a group of the cluster attaches policies of the cluster, also to a contract', () => {
  const spec = { policyGroups: [{ ref: { kind: 'ClusterPolicyGroup', name: 'o' } }] } as const;
  const group = { attestation: [{ ref: { name: 'pinned' } }] };
  assert.equal(expanded(spec, { 'cluster/o': group }).policies?.attestation, [
    { ref: { kind: 'ClusterPolicy', name: 'pinned' } },
  ]);
  assert.not.ok(expand(spec, { o: group }).ok);
});

test('a policy of an entry without a name judges that type alone, each in the way that is said there', () => {
  const group: PolicyGroupSpec = {
    materials: [
      { type: 'SBOM_CYCLONEDX_JSON', policies: [{ ref: { name: 'p' }, with: { a: '1' } }] },
      { type: 'SBOM_SPDX_JSON', policies: [{ ref: { name: 'p' }, with: { a: '2' } }] },
    ],
  };
  const { materials, policies } = expanded({ policyGroups: [{ ref: { name: 'g' } }] }, { g: group });
  assert.is(materials, undefined);
  const policy = { ref: { kind: 'Policy' as const, name: 'p' } };
  assert.equal(policies?.materials, [
    { ...policy, with: { a: '1' }, selector: { type: 'SBOM_CYCLONEDX_JSON' } },
    { ...policy, with: { a: '2' }, selector: { type: 'SBOM_SPDX_JSON' } },
  ]);
});

test('a group that is disabled is not even looked for, and the same is not judged twice', () => {
  assert.equal(expanded({ policyGroups: [{ ref: { name: 'gone' }, disabled: true }] }, {}), {});
  const twice = { policyGroups: [...(take().policyGroups ?? []), ...(take().policyGroups ?? [])] };
  assert.equal(expanded(twice, { sbom: SBOM }), expanded(take(), { sbom: SBOM }));
});

test('what can not be followed leaves no contract, and the field is named', () => {
  const scan = (name: string): PolicyGroupSpec => ({ materials: [{ name, type: 'SARIF' }], inputs: [{ name: 'x' }] });
  const crowd = (count: number, name: string) =>
    Array.from({ length: count }, (_, index) => ({ ref: { name: `${name}-${index}` } }));
  const many: Groups = Object.fromEntries(
    [0, 1, 2].map((group) => [
      `g${group}`,
      {
        materials: Array.from({ length: 22 }, (_, index) => ({ name: `m-${group}-${index}`, type: 'SARIF' as const })),
      },
    ]),
  );
  for (const [spec, groups, reason, at, says] of [
    [take(), {}, 'GroupNotFound', 'spec.policyGroups[0].ref', /there is no PolicyGroup 'sbom'/],
    [take({ with: {} }), { sbom: SBOM }, 'InvalidSpec', 'spec.policyGroups[0].with.banned', /needs the input 'banned'/],
    [
      take({ with: { banned: '' } }),
      { sbom: SBOM },
      'InvalidSpec',
      'spec.policyGroups[0].with.banned',
      /needs the input/,
    ],
    [
      take({ with: { banned: 'x', nmae: 'y' } }),
      { sbom: SBOM },
      'InvalidSpec',
      'spec.policyGroups[0].with.nmae',
      /no input 'nmae'; it has name, banned, note/,
    ],
    [
      take({ skip: ['fresh', 'stale'] }),
      { sbom: SBOM },
      'InvalidSpec',
      'spec.policyGroups[0].skip[1]',
      /no policy 'stale'; it has fresh, licences, off, no-errors, of-a-commit/,
    ],
    [
      take({ with: { banned: 'x', name: 'Not A Name' } }),
      { sbom: SBOM },
      'InvalidSpec',
      'spec.policyGroups[0].with',
      /makes 'Not A Name' of spec.materials\[0\].name, which is no name/,
    ],
    [
      take({ with: { banned: 'x'.repeat(4096) } }),
      { sbom: SBOM },
      'InvalidSpec',
      'spec.policyGroups[0].with',
      /makes 4099 characters of spec.materials\[0\].policies\[1\].with.list/,
    ],
    [
      { materials: [{ name: 'sbom', type: 'SBOM_SPDX_JSON' }], ...take() },
      { sbom: SBOM },
      'InvalidSpec',
      'spec.policyGroups[0].ref',
      /'sbom' of type SBOM_CYCLONEDX_JSON, and the contract for one of type SBOM_SPDX_JSON/,
    ],
    [
      { policyGroups: [{ ref: { name: 'a' } }, { ref: { name: 'b' } }] },
      { a: scan('scan'), b: { materials: [{ name: 'scan', type: 'JUNIT_XML' }] } },
      'InvalidSpec',
      'spec.policyGroups[1].ref',
      /the PolicyGroup 'b' asks for 'scan' of type JUNIT_XML, and the PolicyGroup 'a' for one of type SARIF/,
    ],
    [
      { policyGroups: [{ ref: { name: 'a' } }] },
      { a: scan('{{ inputs.y }}') },
      'InvalidSpec',
      'spec.policyGroups[0].ref',
      /'a' can't be used: spec.materials\[0\].name: the group has no input 'y'; it has x/,
    ],
    [
      { policyGroups: [{ ref: { name: 'a' } }] },
      { a: scan('{{ inputs.x }}') },
      'InvalidSpec',
      'spec.policyGroups[0].with',
      /makes '' of spec.materials\[0\].name/,
    ],
    [
      { policyGroups: Object.keys(many).map((name) => ({ ref: { name } })) },
      many,
      'InvalidSpec',
      'spec.policyGroups',
      /there are 66 materials, and at most 64/,
    ],
    [
      { policyGroups: [{ ref: { name: 'crowd' } }] },
      { crowd: { materials: Array.from({ length: 5 }, () => ({ type: 'SARIF', policies: crowd(32, 'p') })) } },
      'InvalidSpec',
      'spec.policyGroups[0].ref',
      /attaches 160 policies, and at most 128/,
    ],
    [
      { policyGroups: Array.from({ length: 5 }, (_, index) => ({ ref: { name: `c${index}` } })) },
      Object.fromEntries([0, 1, 2, 3, 4].map((index) => [`c${index}`, { attestation: crowd(32, `p${index}`) }])),
      'InvalidSpec',
      'spec.policyGroups',
      /there are 160 policies of the attestation, and at most 128/,
    ],
  ] as const) {
    const expansion = expand(spec as ContractSpec, groups as Groups);
    assert.not.ok(expansion.ok, at);
    if (expansion.ok) continue;
    assert.equal([expansion.reason, expansion.at], [reason, at], expansion.message);
    assert.match(expansion.message, says);
  }
});

test('a contract whose groups nobody filled in is none', () => {
  const reading = effectiveContract('release', take(), []);
  assert.equal([reading.ok, reading.ok ? '' : reading.reason], [false, 'InvalidSpec']);
});

test('templates are looked at before anybody gives anything', () => {
  assert.equal(groupProblems(SBOM), []);
  for (const [text, says] of [
    ['{{ inputs.nmae }}', /no input 'nmae'; it has name/],
    ['{{ name }}', /begins no template/],
    ['{{ inputs.name', /begins no template/],
    ['{{ inputs.name | upper }}', /begins no template/],
    ['{{ {{ inputs.name }} }}', /begins no template/],
    ['{{ printf "%s" inputs.name }}', /begins no template/],
  ] as const) {
    const problems = groupProblems({
      inputs: [{ name: 'name' }],
      attestation: [{ ref: { name: 'p' }, with: { v: text } }],
    });
    assert.is(problems[0]?.at, 'spec.attestation[0].with.v');
    assert.match(problems[0]?.message ?? '', says);
  }
  assert.is(templateProblem('no {template} }}', []), undefined);
});

test('inputs are filled in once, whatever is in them', () => {
  const value = fc.oneof(fc.string(), fc.constantFrom('{{ inputs.b }}', '$&', '$1', "$'", '{{', '\\'));
  fc.assert(
    fc.property(value, value, fc.string(), (a, b, around) => {
      fc.pre(!around.includes('{'));
      const bound = bindTemplates(
        `${around}{{ inputs.a }}${around}{{inputs.b}}`,
        new Map([
          ['a', a],
          ['b', b],
        ]),
      );
      assert.is(bound, `${around}${a}${around}${b}`);
    }),
  );
});

test.run();
