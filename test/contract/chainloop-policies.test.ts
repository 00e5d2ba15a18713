import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MATERIAL_TYPES } from '../../src/api/material-types.ts';
import { asRecord } from '../../src/api/record.ts';
import type { Contract, Policy } from '../../src/api/types.gen.ts';
import { type Imported, importDocument, isPolicy } from '../../src/contract/chainloop/document.ts';
import type { ImportOptions } from '../../src/contract/chainloop/options.ts';

const test = suite('policies of Chainloop');

const REGO = 'package main\n\nimport rego.v1\n\nviolations contains "no" if input.bad\n';
const OTHER = `${REGO}\n# another one\n`;

const policy = (spec: object, metadata: object = { name: 'fresh' }): object => ({
  apiVersion: 'workflowcontract.chainloop.dev/v1',
  kind: 'Policy',
  metadata,
  spec,
});

type Accepted = Extract<Imported, { ok: true }>;

function accepted(document: unknown, options: ImportOptions = {}): Accepted & { readonly policies: readonly Policy[] } {
  const result = importDocument(document, options);
  assert.ok(result.ok, JSON.stringify(result));
  const { objects, ...rest } = result as Accepted;
  return { objects, ...rest, policies: objects.filter(isPolicy) as readonly Policy[] };
}

const judged = ({ policies }: { readonly policies: readonly Policy[] }): readonly unknown[] =>
  policies.map(({ metadata, spec: { kinds, attestation, phases, source } }) => [
    metadata.name,
    kinds ?? attestation,
    phases,
    source.inline,
  ]);

test('the form with one type', () => {
  const { objects, lost, changed } = accepted(
    policy(
      {
        type: 'SBOM_CYCLONEDX_JSON',
        embedded: REGO,
        inputs: [
          { name: 'days', description: 'how old', default: '30' },
          { name: 'author', required: 'true' },
        ],
      },
      { name: 'fresh', description: 'is it fresh', annotations: { category: 'sbom' }, finding_type: 'VULNERABILITY' },
    ),
    { namespace: 'shop' },
  );
  assert.equal(objects, [
    {
      apiVersion: 'proviso.dev/v1alpha1',
      kind: 'Policy',
      metadata: {
        name: 'fresh',
        namespace: 'shop',
        annotations: { category: 'sbom', 'chainloop.dev/finding-type': 'VULNERABILITY' },
      },
      spec: {
        description: 'is it fresh',
        engine: 'Rego',
        kinds: ['SBOM_CYCLONEDX_JSON'],
        inputs: [
          { name: 'days', description: 'how old', default: '30' },
          { name: 'author', required: true },
        ],
        source: { inline: REGO },
      },
    },
  ]);
  assert.equal(lost, []);
  assert.equal(
    changed.map(({ at }) => at),
    ['metadata.description', 'metadata.findingType'],
  );
});

test('equal scripts are one policy, others one each', () => {
  const same = accepted(
    policy({
      policies: [
        { kind: 'SBOM_CYCLONEDX_JSON', embedded: REGO },
        { kind: 'SBOM_SPDX_JSON', embedded: REGO },
      ],
    }),
  );
  assert.equal(judged(same), [['fresh', ['SBOM_CYCLONEDX_JSON', 'SBOM_SPDX_JSON'], undefined, REGO]]);
  const split = accepted(
    policy({
      policies: [
        { kind: 'SBOM_CYCLONEDX_JSON', embedded: REGO },
        { kind: 'SBOM_CYCLONEDX_JSON', embedded: OTHER },
        { kind: 'SARIF', embedded: REGO },
        { kind: 'ATTESTATION', embedded: OTHER, attestation_phases: ['PUSH'] },
      ],
    }),
  );
  assert.equal(judged(split), [
    ['fresh-sbom-cyclonedx-json', ['SBOM_CYCLONEDX_JSON', 'SARIF'], undefined, REGO],
    ['fresh-sbom-cyclonedx-json-2', ['SBOM_CYCLONEDX_JSON'], undefined, OTHER],
    ['fresh-attestation', true, ['Push'], OTHER],
  ]);
  assert.match(JSON.stringify(split.changed), /became 3 policies.*several scripts judge SBOM_CYCLONEDX_JSON/);
  assert.equal([...same.lost, ...split.lost], []);
});

test('a script without a kind is asked whenever another one is; alone, of everything', () => {
  const beside = accepted(policy({ policies: [{ kind: 'SARIF', embedded: REGO }, { embedded: OTHER }] }));
  assert.equal(judged(beside), [
    ['fresh-sarif', ['SARIF'], undefined, REGO],
    ['fresh-sarif-2', ['SARIF'], undefined, OTHER],
  ]);
  const alone = accepted(policy({ policies: [{ embedded: REGO }] }));
  assert.equal(alone.policies[0]?.spec.kinds?.length, MATERIAL_TYPES.length - 1);
  assert.match(JSON.stringify(alone.changed), /for no type/);
});

test('an attestation is judged in every phase, unless phases are named', () => {
  const phases = (...given: readonly object[]): unknown =>
    accepted(policy({ policies: given.map((each) => ({ kind: 'ATTESTATION', embedded: REGO, ...each })) })).policies[0]
      ?.spec.phases;
  assert.equal(phases({}), ['Init', 'Push']);
  assert.equal(phases({ attestationPhases: ['INIT'] }), ['Init']);
  assert.equal(accepted(policy({ type: 'ATTESTATION', embedded: REGO })).policies[0]?.spec.phases, ['Init', 'Push']);
});

test('a policy that names no inputs keeps what its scripts ask for', () => {
  const source = `${REGO}\nx := input.args.days\ny := input.args["licenses"]\nz := object.get(input.args, "max", "")\n`;
  const { policies, changed } = accepted(policy({ type: 'SARIF', embedded: source }));
  assert.equal(policies[0]?.spec.inputs, [{ name: 'days' }, { name: 'licenses' }, { name: 'max' }]);
  assert.match(JSON.stringify(changed), /spec.inputs.*days, licenses, max/);
});

test('a script is read by its path, and refused where it can not be used', () => {
  const readScript = (path: string) =>
    path === 'fresh.rego' ? ({ ok: true, text: REGO } as const) : ({ ok: false, message: 'not there' } as const);
  for (const entry of [{ path: 'fresh.rego' }, { ref: 'file://fresh.rego' }, { ref: 'fresh.rego' }]) {
    const { policies } = accepted(policy({ policies: [{ kind: 'SARIF', ...entry }] }), { readScript });
    assert.is(policies[0]?.spec.source.inline, REGO);
  }
  assert.is(accepted(policy({ type: 'SARIF', path: 'fresh.rego' }), { readScript }).policies.length, 1);
  for (const [entry, expected] of [
    [{ path: 'gone.rego' }, /not there/],
    [{ ref: 'https://example.test/fresh.rego' }, /nothing is fetched/],
    [{ embedded: 'AGFzbQEAAAA=' }, /WebAssembly/],
    [{ embedded: `package a\n#${'x'.repeat(70_000)}` }, /room for 65536/],
    [{}, /no script/],
  ] as const) {
    const spec = {
      policies: [
        { kind: 'SARIF', ...entry },
        { kind: 'OPENVEX', embedded: REGO },
      ],
    };
    const { policies, lost } = accepted(policy(spec), { readScript });
    assert.equal(
      policies.map(({ spec: { kinds } }) => kinds),
      [['OPENVEX']],
    );
    assert.match(JSON.stringify(lost), expected);
    const alone = importDocument(policy({ policies: [{ kind: 'SARIF', ...entry }] }), { readScript });
    assert.not.ok(alone.ok);
    assert.match(JSON.stringify(alone), expected);
  }
});

test('what has no counterpart is lost', () => {
  const { lost } = accepted(
    policy({
      policies: [
        { kind: 'NO_SUCH', embedded: REGO },
        { kind: 'ATTESTATION', embedded: REGO, attestationPhases: ['LATER'] },
      ],
      autoMatch: { embedded: REGO },
      inputs: [{ description: 'nameless' }],
    }),
  );
  assert.equal(lost.map(({ at }) => at).toSorted(), [
    'spec.autoMatch',
    'spec.inputs[0]',
    'spec.policies[0].kind',
    'spec.policies[1].attestationPhases[0]',
  ]);
});

test('a contract attaches what stood in it, and what a policy beside it became', () => {
  const split = accepted(
    policy({
      inputs: [{ name: 'days' }],
      policies: [
        { kind: 'SBOM_CYCLONEDX_JSON', embedded: REGO },
        { kind: 'SBOM_SPDX_JSON', embedded: OTHER },
        { kind: 'ATTESTATION', embedded: OTHER },
      ],
    }),
  ).policies;
  const embedded = policy({ type: 'SARIF', embedded: REGO }, { name: 'inside' });
  const { objects, lost, changed } = accepted(
    {
      apiVersion: 'chainloop.dev/v1',
      kind: 'Contract',
      metadata: { name: 'release' },
      spec: {
        materials: [{ name: 'sbom', type: 'SBOM_SPDX_JSON' }],
        policies: {
          materials: [
            { ref: 'file://fresh.yaml', with: { days: '1', hours: '2' }, gate: 'true' },
            { ref: 'fresh', selector: { name: 'sbom' } },
            { embedded },
          ],
          attestation: [{ ref: 'fresh' }, { embedded: policy({ policies: [{ embedded: OTHER }] }, { name: 'said' }) }],
        },
      },
    },
    { policiesOf: (ref) => (/fresh/.test(ref) ? split : undefined), cluster: true },
  );
  const ref = (name: string): object => ({ kind: 'ClusterPolicy', name });
  assert.equal(lost, []);
  assert.match(JSON.stringify(changed), /materials\[0\]\.with\.hours.*no input has that name/);
  assert.equal(
    objects.map(({ kind, metadata }) => [kind, metadata.name]),
    [
      ['ClusterPolicy', 'inside'],
      ['ClusterPolicy', 'said'],
      ['Contract', 'release'],
    ],
  );
  assert.equal((objects.at(-1) as Contract).spec.policies, {
    materials: [
      { ref: ref('fresh-sbom-cyclonedx-json'), with: { days: '1' }, gate: true },
      { ref: ref('fresh-sbom-spdx-json'), with: { days: '1' }, gate: true },
      { ref: ref('fresh-sbom-spdx-json'), selector: { name: 'sbom' } },
      { ref: ref('inside') },
    ],
    attestation: [{ ref: ref('fresh-attestation') }, { ref: ref('said') }],
  } as unknown);
});

test('a policy that judges nothing of what it is attached to is lost, and told', () => {
  const found = accepted(policy({ type: 'SARIF', embedded: REGO })).policies;
  const { lost } = accepted(
    {
      apiVersion: 'chainloop.dev/v1',
      kind: 'Contract',
      metadata: { name: 'release' },
      spec: { policies: { attestation: [{ ref: 'fresh' }] } },
    },
    { policiesOf: () => found },
  );
  assert.match(JSON.stringify(lost), /spec.policies.attestation\[0\].*judges no attestation/);
});

/** Every object in a document. */
function objectsIn(value: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  const record = asRecord(value);
  return record === undefined ? [] : [record, ...Object.values(record).flatMap(objectsIn)];
}

test('no field of a policy is dropped in silence, wherever it stands', () => {
  const whole = policy(
    { policies: [{ kind: 'SARIF', embedded: REGO }], inputs: [{ name: 'days', default: '1' }] },
    { name: 'fresh', description: 'd' },
  );
  const name = fc.stringMatching(/^[a-z][a-z_]{0,9}$/).map((text) => `zz_${text}`);
  const value = fc.oneof(fc.string({ minLength: 1 }), fc.constant({ a: 'b' }));
  fc.assert(
    fc.property(fc.nat(objectsIn(whole).length - 1), name, value, (place, key, added) => {
      const document = structuredClone(whole);
      const target = objectsIn(document)[place];
      if (target !== undefined) target[key] = added;
      assert.is(accepted(document).lost.filter(({ at }) => at?.endsWith(key)).length, 1);
    }),
    { numRuns: 200 },
  );
});

test.run();
