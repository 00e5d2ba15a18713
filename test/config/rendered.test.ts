// deadline: 60
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunCommit } from '../../src/api/types.gen.ts';
import { recordOfRun } from '../../src/attestation/record.ts';
import { renderStatement } from '../../src/attestation/statement.ts';
import { processIo } from '../../src/cli/io.ts';
import { fillInputs } from '../../src/cli/policy/choices.ts';
import { readPolicy } from '../../src/cli/policy/file.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { mainComponentFacts } from '../../src/materials/sbom-facts.ts';
import { createCelEngine } from '../../src/policy/cel/engine.ts';
import { closeEngines, type PolicyEngines } from '../../src/policy/engines.ts';
import { regoEngine } from '../policy/rego/engine.ts';
import { some } from '../support/some.ts';
import { recordedMaterial, workflowRun } from '../support/workflow-run.ts';

const test = suite('policies over the statement that the control plane renders');
let engines: PolicyEngines;
test.before(async () => {
  engines = { CEL: createCelEngine(), Rego: await regoEngine() };
});
test.after(() => closeEngines(engines));

const IO = processIo();
const DIGEST = `sha256:${'1'.repeat(64)}`;
const KEY = 'SHA256:oeksDlHOlbpLgm4aUL9NjFnGuEF0svIksXmhKQe87dQ';
const COMMIT: RunCommit = {
  sha: 'c'.repeat(40),
  proven: true,
  remotes: [],
  signature: { format: 'SSH', fingerprint: KEY, keyProven: true },
};
const SIGNATURE = {
  'chainloop.material.signature.digest': DIGEST,
  'chainloop.material.signature.provider': 'cosign',
};

interface Facts {
  readonly commit?: RunCommit;
  readonly image?: Readonly<Record<string, string>>;
  readonly runner?: { readonly type: 'KUBERNETES_JOB' | 'GITHUB_ACTION'; readonly authenticated: boolean };
  /** Of what the SBOM is about. */
  readonly version?: string;
}

/** The subjects that a policy of the library objects to in the statement of a run that is known this of. */
async function objections(
  name: string,
  { commit, image = {}, version, runner }: Facts,
  given = {},
): Promise<readonly string[]> {
  const materials = [
    { name: 'image', type: 'CONTAINER_IMAGE', output: true } as const,
    { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' } as const,
  ];
  const reading = effectiveContract('release', { materials }, []);
  assert.ok(reading.ok);
  const run = workflowRun('build-1', 'shop');
  const facts = mainComponentFacts({ name: 'registry.example/shop', type: 'container', version });
  const record = recordOfRun(
    {
      ...run,
      metadata: { ...run.metadata, uid: 'uid-1' },
      spec: { ...run.spec, ...(commit === undefined ? {} : { commit }), ...(runner === undefined ? {} : { runner }) },
      status: {
        materials: [
          {
            ...recordedMaterial('image'),
            ...{
              type: 'CONTAINER_IMAGE',
              digest: DIGEST,
              reference: `registry.example/shop:1@${DIGEST}`,
              annotations: image,
            },
          },
          { ...recordedMaterial('sbom'), type: 'SBOM_CYCLONEDX_JSON', filename: 'sbom.json', annotations: facts },
        ],
      },
    },
    reading.contract,
  );
  const file = new URL(`../../config/policies/${name}.yaml`, import.meta.url).pathname;
  const { spec } = await readPolicy(IO, file);
  const inputs = fillInputs(spec, given);
  assert.ok(inputs.ok);
  const outcome = await engines[spec.engine ?? 'CEL'].evaluate(name, some(spec.source.inline), {
    input: JSON.parse(JSON.stringify(renderStatement(record, '2026-01-01T00:30:00Z'))),
    inputs: inputs.value,
    run: { namespace: 'shop', name: 'build-1', workflow: 'build' },
    now: '2026-01-01T00:30:00Z',
  });
  assert.is(outcome.kind, 'evaluated', JSON.stringify(outcome));
  return outcome.kind === 'evaluated' ? outcome.violations.map(({ subject }) => subject) : [];
}

test('commit-signed', async () => {
  const keys = { fingerprints: KEY };
  assert.equal(await objections('commit-signed', { commit: COMMIT }, keys), []);
  assert.equal(await objections('commit-signed', { commit: COMMIT }, { fingerprints: 'SHA256:x' }), ['commit-signed']);
  assert.equal(await objections('commit-signed', { commit: { ...COMMIT, proven: false } }, keys), ['commit-signed']);
  assert.equal(await objections('commit-signed', {}, keys), ['commit-signed']);
});

test('image-signed', async () => {
  assert.equal(await objections('image-signed', { image: SIGNATURE }), []);
  assert.equal(await objections('image-signed', {}), [`registry.example/shop@${DIGEST}`]);
});

test('artifact-in-sbom', async () => {
  assert.equal(await objections('artifact-in-sbom', { version: DIGEST }), []);
  assert.equal(await objections('artifact-in-sbom', { version: '1' }), ['registry.example/shop']);
  assert.equal(await objections('artifact-in-sbom', { version: '1' }, { by: 'name' }), []);
});

test('runner-authenticated', async () => {
  assert.equal(
    await objections('runner-authenticated', { runner: { type: 'KUBERNETES_JOB', authenticated: true } }),
    [],
  );
  for (const runner of [
    { type: 'KUBERNETES_JOB', authenticated: false },
    { type: 'GITHUB_ACTION', authenticated: true },
  ] as const) {
    assert.equal(await objections('runner-authenticated', { runner }), ['runner-authenticated']);
  }
});

test.run();
