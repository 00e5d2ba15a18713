import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Contract, Policy, PolicyGroup } from '../../src/api/types.gen.ts';
import { type Imported, importDocument, isGroup, isPolicy } from '../../src/contract/chainloop/document.ts';
import type { ImportOptions } from '../../src/contract/chainloop/options.ts';
import type { Attachment } from '../../src/contract/policies.ts';
import { expandGroups } from '../../src/contract/policy-groups.ts';

const test = suite('groups of Chainloop');

const REGO = 'package main\n\nimport rego.v1\n\nviolations contains "no" if input.args.email == ""\n';
const OTHER = `${REGO}\n# another one\n`;

const document = (kind: string, name: string, spec: object): object => ({
  apiVersion: 'chainloop.dev/v1',
  kind,
  metadata: { name, description: 'what it is for' },
  spec,
});

type Accepted = Extract<Imported, { ok: true }>;

function accepted(value: unknown, options: ImportOptions = {}): Accepted {
  const result = importDocument(value, options);
  assert.ok(result.ok, JSON.stringify(result));
  return result as Accepted;
}

const groupIn = ({ objects }: Accepted): PolicyGroup => objects.find(isGroup) as PolicyGroup;
const policiesIn = ({ objects }: Accepted): readonly Policy[] => objects.filter(isPolicy) as readonly Policy[];

/** What an attachment says. */
const withoutPlace = ({ from: _, ...says }: Attachment): Attachment => says;

/** As Chainloop's own look. */
const QUALITY = document('PolicyGroup', 'quality', {
  inputs: [
    { name: 'sbom_name', default: 'sbom' },
    { name: 'user', required: 'true' },
    { name: 'domain', default: 'example.test' },
  ],
  policies: {
    materials: [
      {
        name: '{{ inputs.sbom_name }}',
        type: 'SBOM_CYCLONEDX_JSON',
        policies: [{ ref: 'mail', with: { email: '{{inputs.user}}@{{ .inputs.domain }}' }, gate: 'true' }],
      },
      { type: 'SARIF', optional: 'true', policies: [{ ref: 'chainloop://scan' }] },
      { name: 'tests', type: 'JUNIT_XML', optional: 'true' },
    ],
    attestation: [
      { embedded: document('Policy', 'inside', { policies: [{ embedded: REGO }], inputs: [{ name: 'email' }] }) },
    ],
  },
});

test('a group keeps its materials, inputs and templates', () => {
  const imported = accepted(QUALITY, { namespace: 'shop' });
  assert.equal(imported.lost, []);
  assert.equal(
    imported.objects.map(({ kind, metadata }) => [kind, metadata.name]),
    [
      ['Policy', 'inside'],
      ['PolicyGroup', 'quality'],
    ],
  );
  assert.equal(groupIn(imported), {
    apiVersion: 'proviso.dev/v1alpha1',
    kind: 'PolicyGroup',
    metadata: { name: 'quality', namespace: 'shop' },
    spec: {
      description: 'what it is for',
      inputs: [
        { name: 'sbom_name', default: 'sbom' },
        { name: 'user', required: true },
        { name: 'domain', default: 'example.test' },
      ],
      materials: [
        {
          name: '{{ inputs.sbom_name }}',
          type: 'SBOM_CYCLONEDX_JSON',
          policies: [{ ref: { name: 'mail' }, with: { email: '{{inputs.user}}@{{ .inputs.domain }}' }, gate: true }],
        },
        { type: 'SARIF', policies: [{ ref: { name: 'scan' } }] },
        { name: 'tests', type: 'JUNIT_XML', optional: true },
      ],
      attestation: [{ ref: { name: 'inside' } }],
    },
  });
  assert.match(JSON.stringify(imported.changed), /optional.*no effect without a name/);
});

test('a contract that takes it in comes to what it came to there', () => {
  const group = groupIn(accepted(QUALITY));
  const contract = accepted(
    document('Contract', 'release', {
      policyGroups: [{ ref: 'file://quality.yaml', with: { user: 'a', old: 'x' }, skip: ['scan'], gate: 'false' }],
    }),
    { groupOf: (ref) => (ref === 'file://quality.yaml' ? group : undefined) },
  );
  assert.equal(contract.lost, []);
  assert.match(JSON.stringify(contract.changed), /policyGroups\[0\]\.with\.old/);
  const { spec } = contract.objects.at(-1) as Contract;
  assert.equal(spec.policyGroups, [{ ref: { name: 'quality' }, with: { user: 'a' }, skip: ['scan'], gate: false }]);
  const expanded = expandGroups(spec, () => group.spec, 'PolicyGroup');
  assert.equal(expanded.ok && expanded.spec.policies?.materials?.map(withoutPlace), [
    {
      ref: { kind: 'Policy', name: 'mail' },
      with: { email: 'a@example.test' },
      selector: { name: 'sbom' },
      gate: true,
    },
  ]);
});

test('a policy of several scripts is also a group, which comes to the same as attaching what it became', () => {
  const spec = {
    inputs: [{ name: 'email', default: 'x' }],
    policies: [
      { kind: 'SBOM_CYCLONEDX_JSON', embedded: REGO },
      { kind: 'SARIF', embedded: REGO },
      { kind: 'SBOM_SPDX_JSON', embedded: OTHER },
      { kind: 'ATTESTATION', embedded: OTHER },
    ],
  };
  const imported = accepted(document('Policy', 'mail', spec));
  const group = groupIn(imported);
  const taken = { policyGroups: [{ ref: { name: 'mail' }, with: { email: 'me' } }] };
  const expanded = expandGroups(taken, () => group.spec, 'PolicyGroup');
  const attached = (name: string): object => ({ ref: { kind: 'Policy', name }, with: { email: 'me' } });
  const { materials, attestation } = (expanded.ok ? (expanded.spec as Contract['spec']).policies : undefined) ?? {};
  const said = { materials: materials?.map(withoutPlace), attestation: attestation?.map(withoutPlace) };
  assert.equal(said, {
    materials: [
      { ...attached('mail-sbom-cyclonedx-json'), selector: { type: 'SBOM_CYCLONEDX_JSON' } },
      { ...attached('mail-sbom-cyclonedx-json'), selector: { type: 'SARIF' } },
      { ...attached('mail-sbom-spdx-json'), selector: { type: 'SBOM_SPDX_JSON' } },
    ],
    attestation: [attached('mail-attestation')],
  });
  assert.equal(group.spec.inputs, policiesIn(imported)[0]?.spec.inputs);
  const one = accepted(document('Policy', 'mail', { policies: spec.policies.slice(0, 1) }));
  assert.equal(one.objects.filter(isGroup), []);
});

test('of a policy that became several a group attaches what judges, and skipping it skips those', () => {
  const split = policiesIn(
    accepted(
      document('Policy', 'mail', {
        inputs: [{ name: 'email' }],
        policies: [
          { kind: 'SBOM_CYCLONEDX_JSON', embedded: REGO },
          { kind: 'SBOM_SPDX_JSON', embedded: OTHER },
        ],
      }),
    ),
  );
  const policiesOf = (ref: string) => (ref === 'mail' ? split : undefined);
  const group = groupIn(
    accepted(
      document('PolicyGroup', 'quality', {
        policies: { materials: [{ type: 'SBOM_SPDX_JSON', policies: [{ ref: 'mail' }] }] },
      }),
      { policiesOf },
    ),
  );
  assert.equal(group.spec.materials?.[0]?.policies, [{ ref: { name: 'mail-sbom-spdx-json' } }]);
  const contract = accepted(document('Contract', 'release', { policyGroups: [{ ref: 'quality', skip: ['mail'] }] }), {
    policiesOf,
    groupOf: () => group,
  });
  assert.equal((contract.objects.at(-1) as Contract).spec.policyGroups?.[0]?.skip, ['mail-sbom-spdx-json']);
});

test('groups of the cluster, and what refers to them', () => {
  const imported = accepted(QUALITY, { cluster: true, namespace: 'shop' });
  const group = groupIn(imported);
  assert.equal([group.kind, group.metadata], ['ClusterPolicyGroup', { name: 'quality' }]);
  assert.equal(group.spec.attestation?.[0]?.ref, { kind: 'ClusterPolicy', name: 'inside' });
  const contract = accepted(document('Contract', 'release', { policyGroups: [{ ref: 'quality' }] }), { cluster: true });
  assert.equal((contract.objects[0] as Contract).spec.policyGroups, [
    { ref: { kind: 'ClusterPolicyGroup', name: 'quality' } },
  ]);
});

test('what has no counterpart is named, and what can not be filled in is refused', () => {
  const { lost } = accepted(
    document('PolicyGroup', 'quality', {
      later: 'x',
      policies: {
        more: 'x',
        materials: [
          {
            name: 'sbom',
            type: 'SBOM_CYCLONEDX_JSON',
            matchMode: 'PREFIX',
            policies: [
              { ref: 'a', selector: { name: 'other' }, requirements: [{ soc2: '1' }] },
              { ref: `b@sha256:${'a'.repeat(64)}`, selector: { name: 'sbom' } },
              { ref: 'https://example.test/c.yaml' },
            ],
          },
          { type: 'NO_SUCH' },
        ],
      },
    }),
  );
  assert.equal(lost.map(({ at }) => at).toSorted(), [
    'spec.later',
    'spec.policies.materials[0].matchMode',
    'spec.policies.materials[0].policies[0].requirements[0]',
    'spec.policies.materials[0].policies[0].selector',
    'spec.policies.materials[0].policies[1].ref',
    'spec.policies.materials[0].policies[2].ref',
    'spec.policies.materials[1].type',
    'spec.policies.more',
  ]);
  for (const [spec, says] of [
    [{ policies: { materials: [{ name: '{{ printf "x" }}', type: 'SARIF' }] } }, /begins no template/],
    [{ policies: { materials: [{ name: '{{ inputs.x }}', type: 'SARIF' }] } }, /no input 'x'/],
    [{}, /must have 'materials' or 'attestation'/],
  ] as const) {
    const result = importDocument(document('PolicyGroup', 'quality', spec));
    assert.not.ok(result.ok);
    assert.match(JSON.stringify(result), says);
  }
});

test.run();
