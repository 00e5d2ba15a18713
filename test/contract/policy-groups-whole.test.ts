import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContractSpec, PolicyGroupSpec } from '../../src/api/types.gen.ts';
import { type Expansion, expandGroups } from '../../src/contract/policy-groups.ts';

const test = suite('groups of policies as a whole');

type Groups = Readonly<Record<string, PolicyGroupSpec>>;

const expand = (spec: ContractSpec, groups: Groups): Expansion<ContractSpec> =>
  expandGroups(spec, (_, name) => groups[name], 'PolicyGroup');

test('a group that would come to more than there is memory for is refused before it is filled in', () => {
  const text = '{{ inputs.x }}';
  const values = Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`v${index}`, text]));
  const group: PolicyGroupSpec = {
    inputs: [{ name: 'x' }],
    materials: Array.from({ length: 32 }, () => ({
      type: 'SARIF' as const,
      policies: Array.from({ length: 32 }, () => ({ ref: { name: 'p' }, with: values })),
    })),
  };
  const started = process.memoryUsage().heapUsed;
  const taken = { ref: { name: 'g' }, with: { x: 'y'.repeat(4096) } };
  const refused = expand({ policyGroups: Array.from({ length: 16 }, () => taken) }, { g: group });
  assert.match(refused.ok ? '' : refused.message, /attaches 1024 policies/);
  const grown = process.memoryUsage().heapUsed - started;
  assert.ok(grown < 2 ** 27, `${grown}`);
});

/** Groups and contracts that fit together. */
const type = fc.constantFrom('SARIF', 'JUNIT_XML', 'SBOM_SPDX_JSON');
const ref = fc.constantFrom('p', 'q', 'r').map((name) => ({ name }));
const policies = fc.array(fc.record({ ref, gate: fc.boolean() }, { requiredKeys: ['ref'] }), { maxLength: 3 });
const material = fc.record(
  { name: fc.constantFrom('a', 'b', 'c', '{{ inputs.n }}'), type, optional: fc.boolean(), policies },
  { requiredKeys: ['name', 'type'] },
);
const group = fc.record(
  {
    inputs: fc.constant([{ name: 'n', default: 'd' }]),
    materials: fc.array(material, { maxLength: 3 }),
    attestation: policies,
  },
  { requiredKeys: ['inputs'] },
);
const contract = fc.record({
  materials: fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'd'), type }), {
    selector: ({ name }) => name,
  }),
  policyGroups: fc.array(
    fc.record({
      ref: fc.constantFrom('x', 'y').map((name) => ({ name })),
      with: fc.record({ n: fc.constantFrom('a', 'e') }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

test('whatever is put together asks for no less than each of its parts, and for nothing that is left open', () => {
  let followed = 0;
  fc.assert(
    fc.property(contract, group, group, (spec, x, y) => {
      const expansion = expand(spec as ContractSpec, { x, y } as Groups);
      if (!expansion.ok) return;
      followed += 1;
      const { spec: whole } = expansion;
      assert.equal(whole.materials?.slice(0, spec.materials.length), spec.materials);
      const names = whole.materials?.map(({ name }) => name) ?? [];
      assert.is(new Set(names).size, names.length);
      assert.not.match(JSON.stringify(whole), /\{\{|policyGroups/);
      for (const { ref: taken, with: given } of spec.policyGroups) {
        const { materials = [], attestation = [] } = taken.name === 'x' ? x : y;
        for (const asked of materials) {
          const name = asked.name === '{{ inputs.n }}' ? given.n : asked.name;
          const found = whole.materials?.find((each) => each.name === name);
          assert.is(found?.type, asked.type);
          const isOwn = spec.materials.some((each) => each.name === name);
          if (!isOwn && asked.optional !== true) assert.is(found?.optional, undefined);
          for (const policy of asked.policies ?? []) {
            assert.ok(
              whole.policies?.materials?.some(
                (each) => each.ref.name === policy.ref.name && each.selector?.name === name,
              ),
            );
          }
        }
        for (const policy of attestation) {
          assert.ok(whole.policies?.attestation?.some((each) => each.ref.name === policy.ref.name));
        }
      }
      assert.equal(expand(whole, {}), { ok: true, spec: whole });
    }),
    { numRuns: 1000 },
  );
  assert.ok(followed > 200, `${followed}`);
});

test.run();
