import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { asRecord } from '../../src/api/record.ts';
import type { Contract } from '../../src/api/types.gen.ts';
import { type Imported, importDocument } from '../../src/contract/chainloop/document.ts';

const test = suite('contracts of Chainloop');

type Accepted = Extract<Imported, { ok: true }> & { readonly contract: Contract };

function imported(document: unknown, name?: string): Accepted {
  const result = importDocument(document, name === undefined ? {} : { name });
  assert.ok(result.ok, JSON.stringify(result));
  const accepted = result as Extract<Imported, { ok: true }>;
  return { ...accepted, contract: accepted.objects.at(-1) as Contract };
}

/** Every scalar is a text, as the reader leaves it. */
const second = (spec: object, metadata: object = { name: 'release' }): object => ({
  apiVersion: 'chainloop.dev/v1',
  kind: 'Contract',
  metadata,
  spec,
});

const lostAt = ({ lost }: Accepted): readonly (string | undefined)[] => lost.map(({ at }) => at);

test('a contract of the first generation, in either spelling', () => {
  const document = {
    schema_version: 'v1',
    materials: [
      { type: 'CONTAINER_IMAGE', name: 'image', output: 'true', annotations: [{ name: 'arch' }] },
      { type: 'ARTIFACT', name: 'big', skip_upload: 'true', optional: 'false' },
      { type: 'STRING', name: 'note', optional: 'true' },
    ],
    env_allow_list: ['GIT_BRANCH'],
    runner: { type: 'GITHUB_ACTION' },
    annotations: [{ name: 'version', value: '1.10' }],
  };
  const { contract, changed, lost } = imported(document, 'release');
  assert.equal(contract, {
    apiVersion: 'proviso.dev/v1alpha1',
    kind: 'Contract',
    metadata: { name: 'release' },
    spec: {
      materials: [
        { name: 'image', type: 'CONTAINER_IMAGE', output: true, annotations: [{ name: 'arch' }] },
        { name: 'big', type: 'ARTIFACT', skipUpload: true },
        { name: 'note', type: 'STRING', optional: true },
      ],
      envAllowList: ['GIT_BRANCH'],
      runner: { type: 'GITHUB_ACTION' },
      annotations: [{ name: 'version', value: '1.10' }],
    },
  });
  assert.equal([changed, lost], [[], []]);
});

test('a description and an organization find a place, and what they became is told', () => {
  const metadata = { name: 'release', description: 'what is owed', organization: 'acme', annotations: { a: 'yes' } };
  const { contract, changed, lost } = imported(second({}, metadata));
  assert.equal(contract.metadata.annotations, { a: 'yes', 'chainloop.dev/organization': 'acme' });
  assert.equal(contract.spec, { description: 'what is owed' });
  assert.equal(
    changed.map(({ at }) => at),
    ['metadata.description', 'metadata.organization'],
  );
  assert.equal(lost, []);
});

test('policies keep their inputs as they were written', () => {
  const attachment = {
    ref: 'sbom-fresh',
    with: { check: 'yes', max: '1.10' },
    selector: { name: 'sbom' },
    gate: 'true',
  };
  const { contract, lost } = imported(
    second({ policies: { materials: [attachment], attestation: [{ ref: 'chainloop://signed' }] } }),
  );
  assert.equal(contract.spec.policies, {
    materials: [
      { ref: { name: 'sbom-fresh' }, with: { check: 'yes', max: '1.10' }, selector: { name: 'sbom' }, gate: true },
    ],
    attestation: [{ ref: { name: 'signed' } }],
  });
  assert.equal(lost, []);
});

test('what has no counterpart is named with its place', () => {
  const result = imported(
    second({
      materials: [{ type: 'NO_SUCH', name: 'x' }, { name: 'typeless' }, { type: 'SARIF' }, 'sbom'],
      policies: {
        materials: [
          { ref: 'file://local.yaml' },
          { embedded: { spec: {} }, requirements: [['soc2/1']] },
          { ref: `pinned@sha256:${'a'.repeat(64)}`, selector: { name: 'sb', matchMode: 'PREFIX' } },
        ],
      },
      policyGroups: [{ ref: 'https://example.test/slsa.yaml', later: 'x' }, { skip: ['p'] }],
      runner: { type: 'CHAINLOOP_SANDBOX' },
      envAllowList: [{ name: 'X' }],
    }),
  );
  assert.equal(lostAt(result).toSorted(), [
    'spec.envAllowList[0]',
    'spec.materials[0].type',
    'spec.materials[1].type',
    'spec.materials[2]',
    'spec.materials[3]',
    'spec.policies.materials[0].ref',
    'spec.policies.materials[1].embedded.metadata.name',
    'spec.policies.materials[1].embedded.spec',
    'spec.policies.materials[1].requirements[0]',
    'spec.policies.materials[2].ref',
    'spec.policies.materials[2].selector.matchMode',
    'spec.policyGroups[0].later',
    'spec.policyGroups[0].ref',
    'spec.policyGroups[1]',
    'spec.runner.type',
  ]);
});

test('what says the same in another form is changed, not lost', () => {
  const materials = [
    { name: 'a', type: 'SARIF', group: 'scan', optional: 'true' },
    { name: 'b', type: 'SARIF', group: 'scan' },
    { name: 'c', type: 'SARIF', group: 'alone' },
    { name: 'd', type: 'STRING', skipUpload: 'true' },
  ];
  const { contract, changed, lost } = imported(second({ materials, runner: { type: 'RUNNER_TYPE_UNSPECIFIED' } }));
  assert.equal(contract.spec, {
    materials: [
      { name: 'a', type: 'SARIF', group: 'scan' },
      { name: 'b', type: 'SARIF', group: 'scan' },
      { name: 'c', type: 'SARIF' },
      { name: 'd', type: 'STRING' },
    ],
  });
  assert.is(changed.length, 3);
  assert.equal(lost, []);
});

test('other documents are refused, and told what they are', () => {
  for (const [document, expected] of [
    [{ apiVersion: 'chainloop.dev/v1', kind: 'Workflow' }, /'Workflow' can't be imported/],
    [{ apiVersion: 'chainloop.dev/v1', kind: 'Policy' }, /no name/],
    [{ apiVersion: 'proviso.dev/v1alpha1', kind: 'Contract' }, /already/],
    [{ schemaVersion: 'v9' }, /nothing of Chainloop's/],
    ['text', /nothing of Chainloop's/],
    [[], /nothing of Chainloop's/],
    [{ schemaVersion: 'v1' }, /--name NAME/],
    [second({ materials: [{ name: 'UPPER', type: 'SARIF' }] }), /DNS label/],
  ] as const) {
    const result = importDocument(document);
    assert.not.ok(result.ok);
    if (!result.ok) assert.match(JSON.stringify(result.findings), expected);
  }
});

/** Every object in a document. */
function objectsIn(value: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  const record = asRecord(value);
  return record === undefined ? [] : [record, ...Object.values(record).flatMap(objectsIn)];
}

test('no field is dropped in silence, wherever it stands', () => {
  const whole = second(
    {
      materials: [{ name: 'a', type: 'SARIF', annotations: [{ name: 'x', value: 'y' }] }],
      runner: { type: 'GITHUB_ACTION' },
      annotations: [{ name: 'v' }],
      policies: { materials: [{ ref: 'p', selector: { name: 'a' } }], attestation: [{ ref: 'q' }] },
    },
    { name: 'release', description: 'd' },
  );
  const places = objectsIn(whole).length;
  const name = fc.stringMatching(/^[a-z][a-z_]{0,9}$/).map((text) => `zz_${text}`);
  fc.assert(
    fc.property(
      fc.nat(places - 1),
      name,
      fc.oneof(fc.string({ minLength: 1 }), fc.constant({ a: 'b' })),
      (place, key, value) => {
        const document = structuredClone(whole);
        const target = objectsIn(document)[place];
        assert.ok(target !== undefined);
        if (target !== undefined) target[key] = value;
        const result = imported(document);
        assert.is(result.lost.filter(({ at }) => at?.endsWith(key)).length, 1, JSON.stringify(result.lost));
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
