// deadline: 120
import { FAILSAFE_SCHEMA, load, nullCoreTag } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialType } from '../../../src/api/material-types.ts';
import type { Policy } from '../../../src/api/types.gen.ts';
import { importDocument, isPolicy } from '../../../src/contract/chainloop/document.ts';
import type { CoveringEngine } from '../../../src/policy/coverage.ts';
import type { PolicyOutcome } from '../../../src/policy/evaluation.ts';
import { queryOf, regoEngine } from './engine.ts';
import { COMMIT, COMPONENTS, FRESH, LICENCES, NAMED, VULNERABILITIES } from './imported-policies.ts';

const test = suite('verdicts of imported policies');
let engine: CoveringEngine;

test.before(async () => {
  engine = await regoEngine();
});
test.after(() => engine.close());

const importedPolicies = (text: string): readonly Policy[] => {
  const imported = importDocument(load(text, { schema: FAILSAFE_SCHEMA.withTags(nullCoreTag) }));
  assert.ok(imported.ok, JSON.stringify(imported));
  const accepted = imported as Extract<typeof imported, { ok: true }>;
  assert.equal(accepted.lost, []);
  return accepted.objects.filter(isPolicy) as readonly Policy[];
};

/** What all that a policy became say of a material, by their names; only those judge it that are for its type. */
async function judge(
  text: string,
  type: MaterialType,
  input: unknown,
  given: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, PolicyOutcome>>> {
  const material = { name: 'mine', type, digest: `sha256:${'a'.repeat(64)}`, annotations: {} };
  const outcomes: Record<string, PolicyOutcome> = {};
  for (const { metadata, spec } of importedPolicies(text)) {
    if (spec.kinds?.includes(type) !== true) continue;
    const source = spec.source.inline ?? '';
    assert.equal(await engine.check(source), []);
    const inputs = Object.fromEntries(
      (spec.inputs ?? []).map((each) => [each.name, given[each.name] ?? each.default ?? '']),
    );
    const run = { namespace: 'shop', name: 'r', workflow: 'w', project: 'shop' };
    outcomes[metadata.name] = await engine.evaluate(metadata.name, source, queryOf(input, { inputs, material, run }));
  }
  return outcomes;
}

const violations = (outcome: PolicyOutcome | undefined): readonly string[] | string =>
  outcome?.kind === 'evaluated' ? outcome.violations.map(({ message }) => message) : (outcome?.kind ?? 'none');

test('an age that is limited by an argument, with its default and without', async () => {
  const sbom = { bomFormat: 'CycloneDX', metadata: { timestamp: '2026-04-27T03:02:01Z' } };
  const of = async (input: unknown, given?: Readonly<Record<string, string>>) =>
    (await judge(FRESH, 'SBOM_CYCLONEDX_JSON', input, given))['sbom-freshness'];
  assert.equal(violations(await of(sbom)), ['older than 5 days']);
  assert.equal(violations(await of(sbom, { limit: '30' })), []);
  assert.equal(await of({ bomFormat: 'CycloneDX' }), {
    kind: 'skipped',
    reasons: ['the file has no metadata.timestamp'],
  });
});

test('one value is a text and several are a list, and each kind has its script', async () => {
  const component = (id: string): object => ({ purl: `pkg:npm/${id.toLowerCase()}`, licenses: [{ license: { id } }] });
  const cyclonedx = { specVersion: '1.6', components: ['GPL-3.0', 'MIT', 'AGPL-3.0'].map(component) };
  for (const [licenses, expected] of [
    ['GPL-3.0', ['pkg:npm/gpl-3.0 has the banned license GPL-3.0']],
    [
      'GPL-3.0, AGPL-3.0',
      ['pkg:npm/agpl-3.0 has the banned license AGPL-3.0', 'pkg:npm/gpl-3.0 has the banned license GPL-3.0'],
    ],
    ['Apache-2.0', []],
  ] as const) {
    const outcomes = await judge(LICENCES, 'SBOM_CYCLONEDX_JSON', cyclonedx, { licenses });
    assert.equal(Object.keys(outcomes), ['banned-licenses-sbom-cyclonedx-json']);
    assert.equal(violations(Object.values(outcomes)[0]), expected);
  }
  const spdx = { spdxVersion: 'SPDX-2.3', packages: [{ name: 'readline', licenseDeclared: 'GPL-3.0' }] };
  const outcomes = await judge(LICENCES, 'SBOM_SPDX_JSON', spdx, { licenses: 'GPL-3.0\nMIT' });
  assert.equal(violations(outcomes['banned-licenses-sbom-spdx-json']), ['readline has the banned license GPL-3.0']);
});

test('Rego of before 1.0, with the keywords of the future and without', async () => {
  const of = async (input: unknown) =>
    violations(Object.values(await judge(COMPONENTS, 'SBOM_CYCLONEDX_JSON', input))[0]);
  assert.equal(await of({ components: [] }), ['no components']);
  assert.equal(await of({ components: [{ name: 'a' }, { name: 'b', version: '1' }] }), ['a has no version']);
  assert.equal(await of({ components: [{ name: 'b', version: '1' }] }), []);
  assert.equal(violations((await judge(NAMED, 'SARIF', { runs: [] }))['material-named']), [
    'mine of shop must begin with scan-',
  ]);
});

test('findings keep what they say, and a script that wants no trace leaves none', async () => {
  const found = {
    vulnerabilities: [{ id: 'CVE-1', ratings: [{ severity: 'high' }], affects: [{ ref: 'pkg:npm/a' }] }],
  };
  const of = async (type: MaterialType, input: unknown) =>
    Object.values(await judge(VULNERABILITIES, type, input, { severity: 'HIGH' }));
  assert.equal(await of('SBOM_CYCLONEDX_JSON', found), [
    {
      kind: 'evaluated',
      violations: [
        {
          subject: 'vulnerabilities-sbom-cyclonedx-json',
          message: 'CVE-1 is high',
          finding: {
            message: 'CVE-1 is high',
            external_id: 'CVE-1',
            package_purl: 'pkg:npm/a',
            severity: 'HIGH',
          },
        },
      ],
    },
  ]);
  assert.equal(await of('SBOM_CYCLONEDX_JSON', { components: [] }), [{ kind: 'ignored' }]);
  assert.equal(await of('OPENVEX', {}), [{ kind: 'ignored' }]);
  assert.equal(await of('SARIF', { runs: [] }), [{ kind: 'skipped', reasons: ['no runs'] }]);
  const run = {
    results: [
      { level: 'error', message: { text: 'a leak' } },
      { level: 'note', message: { text: 'no' } },
    ],
  };
  assert.equal((await of('SARIF', { runs: [run] })).map(violations), [['a leak']]);
});

test('a statement is judged where the policy is for the attestation', async () => {
  const [policy] = importedPolicies(COMMIT);
  assert.equal([policy?.spec.attestation, policy?.spec.phases], [true, ['Push']]);
  const of = async (input: unknown) =>
    violations(await engine.evaluate('of-a-commit', policy?.spec.source.inline ?? '', queryOf(input)));
  assert.equal(await of({ subject: [{ name: 'git.head', digest: { sha1: 'abc' } }] }), []);
  assert.equal(await of({ subject: [{ name: 'image', digest: { sha256: 'abc' } }] }), ['the run is of no commit']);
});

test.run();
