import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RecordedMaterial, WorkflowRun } from '../../src/api/types.gen.ts';
import type { Acceptance } from '../../src/attestation/acceptance.ts';
import { renderProvenance } from '../../src/attestation/provenance.ts';
import { recordOfRun } from '../../src/attestation/record.ts';
import { renderSummary } from '../../src/attestation/vsa.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { readSummary } from '../../src/verify/summary-form.ts';
import { some } from '../support/some.ts';

const test = suite('statements of the control plane');
const VERIFIER = 'https://proviso.dev/cluster/uid-c';
const TIME = '2026-01-01T00:30:00.000Z';
const hex = (digit: string): string => digit.repeat(64);

const material = (name: string, digit: string, more: Partial<RecordedMaterial> = {}): RecordedMaterial => ({
  name,
  type: 'ARTIFACT',
  digest: `sha256:${hex(digit)}`,
  size: 1,
  stored: true,
  addTime: TIME,
  addedBy: 'me',
  annotations: { 'chainloop.material.claim': 'claimed' },
  ...more,
});

/** A run with everything that a client may claim at init. */
function run(identity: Partial<WorkflowRun['spec']['identity']>, authenticated: boolean): WorkflowRun {
  return {
    metadata: { name: 'build-1', namespace: 'shop', uid: 'uid-1' },
    spec: {
      workflowRef: { name: 'build', uid: 'uid-w' },
      contract: { name: 'release', revision: 3, revisionName: 'release-abc', digest: `sha256:${hex('c')}` },
      identity: { username: 'system:serviceaccount:shop:proviso-build', ...identity },
      runKey: 'k',
      runner: { type: 'TEKTON_PIPELINE', authenticated, url: 'https://claimed.example.com' },
      commit: {
        sha: 'd'.repeat(40),
        author: 'Claimed',
        remotes: [{ name: 'origin', url: 'https://claimed.example.com/r' }],
      },
      annotations: { claimed: 'annotation' },
      environment: { CLAIMED: 'variable' },
      evidenceStoreName: 'default',
      deadlineTime: '2026-01-01T01:00:00Z',
    },
    status: {
      startTime: '2026-01-01T00:00:00Z',
      materials: [
        material('web', '1', { filename: 'web.tgz' }),
        material('note', '2', { type: 'STRING', value: 'claimed text' }),
        material('sbom', '3'),
      ],
    },
  };
}

const owner = { apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', name: 'release-7', uid: 'uid-p' };

function acceptance(accepted: WorkflowRun, outputs: readonly string[] = ['web', 'note']): Acceptance {
  const materials = [
    { name: 'web', type: 'ARTIFACT' as const, output: outputs.includes('web') },
    { name: 'note', type: 'STRING' as const, output: outputs.includes('note') },
  ];
  const reading = effectiveContract('release', { materials }, []);
  if (!reading.ok) throw new Error(reading.message);
  const record = recordOfRun(accepted, reading.contract);
  return { record, verifierId: VERIFIER, version: '1.2.3', attestation: `sha256:${hex('a')}`, time: TIME };
}

const OUTPUT = { name: 'web.tgz', digest: { sha256: hex('1') } };

test('the verification summary of a run of a pipeline', () => {
  assert.equal(renderSummary(acceptance(run({ owner }, true))), {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [OUTPUT],
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: {
      verifier: { id: VERIFIER, version: { proviso: '1.2.3' } },
      timeVerified: TIME,
      resourceUri: `${VERIFIER}/namespaces/shop/workflows/build`,
      policy: {
        uri: `${VERIFIER}/namespaces/shop/contracts/release/revisions/release-abc`,
        digest: { sha256: hex('c') },
      },
      inputAttestations: [
        { uri: `${VERIFIER}/namespaces/shop/workflowruns/build-1/attestation`, digest: { sha256: hex('a') } },
      ],
      verificationResult: 'PASSED',
      verifiedLevels: ['PROVISO_CONTRACT_MET', 'SLSA_BUILD_LEVEL_2'],
      slsaVersion: '1.1',
    },
  });
});

test('the provenance of a run of a pipeline', () => {
  assert.equal(renderProvenance(acceptance(run({ owner }, true))), {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [OUTPUT],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://proviso.dev/buildtypes/workflowrun/v1',
        externalParameters: {
          workflow: { namespace: 'shop', name: 'build', uid: 'uid-w' },
          contract: { name: 'release', revision: 3, revisionName: 'release-abc', digest: `sha256:${hex('c')}` },
          owner,
        },
        internalParameters: { username: 'system:serviceaccount:shop:proviso-build' },
      },
      runDetails: {
        builder: { id: `${VERIFIER}/runners/TEKTON_PIPELINE`, version: { proviso: '1.2.3' } },
        metadata: { invocationId: 'uid-1', startedOn: '2026-01-01T00:00:00Z', finishedOn: TIME },
        byproducts: [
          {
            name: 'attestation',
            uri: `${VERIFIER}/namespaces/shop/workflowruns/build-1/attestation`,
            digest: { sha256: hex('a') },
          },
          { name: 'materials/note', digest: { sha256: hex('2') } },
          { name: 'materials/sbom', digest: { sha256: hex('3') } },
        ],
      },
    },
  });
});

test('of a run without a pod nothing is said about its build', () => {
  const outside = acceptance(run({}, false));
  assert.is(renderProvenance(outside), undefined);
  assert.equal(renderSummary(outside).predicate.verifiedLevels, ['PROVISO_CONTRACT_MET']);
});

test('a pod of another namespace proves nothing about the build either', () => {
  const foreign = acceptance(run({ pod: { name: 'p', uid: 'uid-f' } }, false));
  assert.is(renderProvenance(foreign), undefined);
  assert.equal(renderSummary(foreign).predicate.verifiedLevels, ['PROVISO_CONTRACT_MET']);
});

test('attack: what a pipeline only claims stands in neither statement, nor does it raise a level', () => {
  const bare = { owner: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'uid-b' } };
  for (const each of [run({ owner }, true), run(bare, false), run({}, false)]) {
    const text = JSON.stringify([renderSummary(acceptance(each)), renderProvenance(acceptance(each))]);
    assert.not.match(text, /claimed/i);
    assert.not.match(text, /dddddddd/);
  }
  const summary = renderSummary(acceptance(run(bare, false)));
  assert.equal(summary.predicate.verifiedLevels, ['PROVISO_CONTRACT_MET', 'SLSA_BUILD_LEVEL_1']);
  const { builder } = some(renderProvenance(acceptance(run(bare, false)))).predicate.runDetails as {
    builder: { id: string };
  };
  assert.is(builder.id, `${VERIFIER}/runners/POD`);
});

test('a run without outputs is spoken of by its attestation', () => {
  const subject = [{ name: 'attestation', digest: { sha256: hex('a') } }];
  const none = acceptance(run({ owner }, true), ['note']);
  assert.equal(renderSummary(none).subject, subject);
  assert.equal(renderProvenance(none)?.subject, subject);
});

test('every summary holds to the rules of SLSA', () => {
  for (const each of [run({ owner }, true), run({ owner }, false), run({}, false)]) {
    const reading = readSummary(renderSummary(acceptance(each)).predicate);
    assert.ok(reading.ok, JSON.stringify(reading));
  }
});

/** A document with every text and number in it made the same, and what a list has of one form once. */
function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((each) => JSON.stringify(formOf(each))))];
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, formOf(member)]));
}

test('the examples of the documentation are of the form that is signed', async () => {
  const page = await readFile(new URL('../../docs/statements.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) => JSON.parse(some(text)) as object);
  const job = acceptance(run({ owner }, true));
  assert.equal(examples.map(formOf), [renderSummary(job), renderProvenance(job)].map(formOf));
});

test.run();
