import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialType } from '../../src/api/material-types.ts';
import type { TrustedSigner } from '../../src/api/trust.ts';
import type { ContractSpec } from '../../src/api/types.gen.ts';
import { mergeAnnotations } from '../../src/contract/annotations.ts';
import { completeness, describeOwed, summaryOf } from '../../src/contract/completeness.ts';
import { canonicalDigest } from '../../src/contract/digest.ts';
import type { EffectiveContract } from '../../src/contract/effective.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { some } from '../support/some.ts';

const test = suite('contract');
const SEED = 20261124;

function contractOf(spec: ContractSpec): EffectiveContract {
  const reading = effectiveContract('c', spec, []);
  if (!reading.ok) throw new Error(reading.message);
  return reading.contract;
}

test('an empty spec means the defaults', () => {
  const contract = contractOf({});
  assert.equal([contract.deadlineSeconds, contract.enforcement, contract.materials], [3600, 'Enforce', []]);
  assert.is(summaryOf(completeness(contract, [])), '0/0');
  assert.is(completeness(contract, []).complete, true);
});

test('attack: a threshold that one signer, listed twice, would seem to reach', () => {
  const key = { kind: 'key', publicKey: 'PEM', fingerprint: 'SHA256:a' } as const;
  const identity = { kind: 'identity', root: 'r', issuer: 'https://i', claims: [] } as const;
  const exact = { ...identity, subject: { exact: 'x' } };
  const glob = { ...identity, subject: { glob: 'x*' } };
  const of = (signers: readonly TrustedSigner[], signerThreshold: number) =>
    effectiveContract('c', { signerThreshold }, signers).ok;
  assert.equal([of([key, { ...key, validFrom: '2026-01-01T00:00:00Z' }], 2), of([exact, exact], 2)], [false, false]);
  assert.equal([of([key, exact], 2), of([glob, glob], 2), of([key, glob, exact], 3)], [true, true, true]);
});

test('the same meaning has the same digest, another meaning another', () => {
  const short = contractOf({ materials: [{ name: 'a', type: 'ARTIFACT' }] });
  const long = contractOf({
    enforcement: 'Enforce',
    deadline: '60m',
    materials: [{ type: 'ARTIFACT', name: 'a', optional: false, output: false }],
  });
  assert.is(canonicalDigest(short), canonicalDigest(long));
  const other = contractOf({ materials: [{ name: 'a', type: 'ARTIFACT', output: true }] });
  assert.is.not(canonicalDigest(short), canonicalDigest(other));
});

test('the order of lists, and an empty value for none, are form and not meaning', () => {
  const key = (fingerprint: string) => ({ kind: 'key', publicKey: fingerprint, fingerprint }) as const;
  const digestOf = (spec: ContractSpec, ...fingerprints: readonly string[]) => {
    const found = effectiveContract('c', spec, fingerprints.map(key));
    return found.ok ? canonicalDigest(found.contract) : found.message;
  };
  const note = { name: 'note', type: 'STRING' } as const;
  const web = { name: 'web', type: 'ARTIFACT' } as const;
  const one = digestOf(
    {
      materials: [note, { ...web, annotations: [{ name: 'a' }, { name: 'b', value: 'x' }] }],
      envAllowList: ['A', 'B'],
      annotations: [{ name: 'c', value: '' }, { name: 'd' }],
    },
    'k1',
    'k2',
  );
  const other = digestOf(
    {
      materials: [
        {
          ...web,
          annotations: [
            { name: 'b', value: 'x' },
            { name: 'a', value: '' },
          ],
        },
        note,
      ],
      envAllowList: ['B', 'A'],
      annotations: [{ name: 'd', value: '' }, { name: 'c' }],
    },
    'k2',
    'k1',
  );
  assert.is(one, other);
  assert.is.not(one, digestOf({ materials: [note, web], envAllowList: ['A', 'B'] }, 'k1', 'k2'));
});

test('optional materials may be missing, one of a group is enough, a wrong type does not count', () => {
  const contract = contractOf({
    materials: [
      { name: 'image', type: 'CONTAINER_IMAGE' },
      { name: 'note', type: 'STRING', optional: true },
      { name: 'cdx', type: 'SBOM_CYCLONEDX_JSON', group: 'sbom' },
      { name: 'spdx', type: 'SBOM_SPDX_JSON', group: 'sbom' },
    ],
  });
  const at = (...there: readonly (readonly [string, MaterialType])[]) =>
    completeness(
      contract,
      there.map(([name, type]) => ({ name, type })),
    );
  assert.is(summaryOf(at()), '0/2');
  assert.equal(
    at().missing.map(({ name }) => name),
    ['image', 'group/sbom'],
  );
  assert.match(
    describeOwed(some(at().missing[1])),
    /one of cdx \(SBOM_CYCLONEDX_JSON\), spdx.*proviso add cdx FILE or proviso add spdx FILE/,
  );
  assert.is(summaryOf(at(['spdx', 'SBOM_SPDX_JSON'])), '1/2');
  assert.is(summaryOf(at(['image', 'ARTIFACT'])), '0/2');
  assert.is(at(['image', 'CONTAINER_IMAGE'], ['cdx', 'SBOM_CYCLONEDX_JSON']).complete, true);
});

const TYPES: readonly MaterialType[] = ['ARTIFACT', 'SARIF', 'STRING'];
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const specs: fc.Arbitrary<ContractSpec> = fc.record({
  materials: fc.uniqueArray(
    fc.record(
      {
        name: fc.constantFrom(...NAMES),
        type: fc.constantFrom(...TYPES),
        optional: fc.boolean(),
        group: fc.constantFrom('x', 'y'),
      },
      { requiredKeys: ['name', 'type'] },
    ),
    { selector: ({ name }) => name },
  ),
});
const recorded = fc.uniqueArray(
  fc.record({ name: fc.constantFrom(...NAMES, 'extra'), type: fc.constantFrom(...TYPES) }),
  { selector: ({ name }) => name },
);

test('adding never makes a run less complete, order means nothing, counts add up', () => {
  fc.assert(
    fc.property(specs, recorded, (spec, there) => {
      const contract = contractOf(spec);
      const found = completeness(contract, there);
      assert.is(found.present + found.missing.length, found.required);
      assert.is(found.complete, found.missing.length === 0);
      assert.equal(completeness(contract, there.toReversed()), found);
      for (let count = 0; count <= there.length; count++) {
        assert.ok(completeness(contract, there.slice(0, count)).present <= found.present);
      }
      const everything = contract.materials.map(({ name, type }) => ({ name, type }));
      assert.is(completeness(contract, everything).complete, true);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('what can not be enforced is refused, what is disabled is not', () => {
  const reason = (spec: ContractSpec): string => {
    const reading = effectiveContract('c', spec, []);
    return reading.ok ? 'ok' : reading.reason;
  };
  assert.is(reason({ policies: { materials: [{ ref: { name: 'p' } }] } }), 'InvalidSpec');
  assert.is(reason({ policies: { attestation: [{ ref: { name: 'p' }, disabled: true }] } }), 'ok');
  assert.is(reason({ deadline: 'soon' }), 'InvalidSpec');
});

test('annotations: fixed ones are there, asked ones must be given, reserved ones may not', () => {
  const asked = [{ name: 'level', value: 'high' }, { name: 'suite' }];
  const merged = (given: Record<string, string>) => mergeAnnotations(asked, given);
  assert.equal(merged({ suite: 'unit' }), { ok: true, annotations: { suite: 'unit', level: 'high' } });
  const findings = (given: Record<string, string>) => {
    const outcome = merged(given);
    return outcome.ok ? [] : outcome.findings.map(({ at, message }) => `${at}: ${message}`);
  };
  assert.match(findings({})[0] ?? '', /suite: .*--annotation suite=VALUE/);
  assert.match(findings({ suite: 'u', level: 'low' })[0] ?? '', /level: .*'high', not 'low'/);
  assert.match(findings({ suite: 'u', 'chainloop.material.type': 'x' })[0] ?? '', /Proviso's own/);
  assert.match(findings({ suite: 'u', 'a b': 'x' })[0] ?? '', /letters/);
});

test('annotations: no more than a run can keep', () => {
  const fixed = Array.from({ length: 32 }, (_, index) => ({ name: `fixed${index}`, value: 'x' }));
  const given = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`own${index}`, 'y']));
  assert.is(mergeAnnotations(fixed, given(24)).ok, true);
  const tooMany = mergeAnnotations(fixed, given(25));
  assert.match(tooMany.ok ? '' : (tooMany.findings[0]?.message ?? ''), /there are 57, at most 56/);
});

test.run();
