import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkflowRun } from '../../../src/api/types.gen.ts';
import { createStore } from '../../../src/kube/store.ts';
import { Aside } from '../../../src/receiver/intake/aside.ts';
import { candidatesFor, claimsOfRun } from '../../../src/receiver/intake/candidates.ts';
import type { EnvelopeClaims } from '../../../src/receiver/intake/claims.ts';
import { createTouched } from '../../../src/receiver/intake/touched.ts';
import { digestsMentionedBy } from '../../../src/receiver/routes/referrers.ts';
import { digestOf, sampleRun } from '../../archive/sample.ts';

const test = suite('runs that an envelope may belong to');
const NOW = new Date('2026-11-01T10:00:00.000Z');
const ANYWHERE = { namespace: null, workflow: null };

interface Sample {
  readonly name: string;
  readonly namespace?: string;
  readonly workflow?: string;
  readonly app?: string;
  readonly owner?: string;
  readonly isOver?: boolean;
  readonly deadline?: string;
}
function openRun({ name, namespace = 'shop', workflow = 'build', app, owner, isOver, deadline }: Sample): WorkflowRun {
  const run = sampleRun({ name, namespace, workflow, materials: app === undefined ? {} : { app } });
  const identity = {
    username: 'x',
    ...(owner === undefined ? {} : { owner: { apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', name, uid: owner } }),
  };
  const status = { ...run.status, ...(isOver === true ? {} : { conditions: [] }) };
  return { ...run, spec: { ...run.spec, identity, deadlineTime: deadline ?? '2026-11-01T11:00:00.000Z' }, status };
}
function found(
  runs: readonly Sample[],
  claims: Partial<EnvelopeClaims>,
  place: Parameters<typeof candidatesFor>[1] = ANYWHERE,
) {
  const store = createStore<WorkflowRun>({
    mentioned: digestsMentionedBy,
    owner: ({ spec }) => [spec.identity.owner?.uid ?? ''],
  });
  store.replace(runs.map(openRun), true);
  const all = { predicateType: 'x', payloadDigest: 'x', subjects: [digestOf('app')], isOfChains: false, ...claims };
  try {
    const { runs: candidates, task } = candidatesFor(store, place, all, NOW);
    return [
      ...candidates.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
      ...(task === undefined ? [] : [`task ${task}`]),
    ];
  } catch (error) {
    if (error instanceof Aside) return error.reason;
    throw error;
  }
}

const A = { name: 'a', app: 'app', owner: 'uid-a' };
const B = { name: 'b', namespace: 'bank', app: 'app', owner: 'uid-b' };

test('by what it is about, in every namespace', () => {
  assert.equal(found([A, B, { name: 'c', app: 'other' }], {}), ['shop/a', 'bank/b']);
  assert.is(found([A], { subjects: [digestOf('nothing')] }), 'NoRun');
  assert.is(found([A], { subjects: [] }), 'NoRun');
});

test('only where it was said to belong', () => {
  assert.equal(found([A, B], {}, { namespace: 'bank', workflow: 'build' }), ['bank/b']);
  assert.is(found([A, B], {}, { namespace: 'bank', workflow: 'other' }), 'NoRun');
});

test('by the pipeline that it states, and then by nothing else', () => {
  assert.equal(found([A, B], { invocation: 'uid-b', subjects: [] }), ['bank/b']);
  assert.equal(found([A, B], { invocation: 'uid-b' }), ['bank/b']);
});

test('what states another uid has to prove that it is a task of the run', () => {
  assert.equal(found([A, B], { invocation: 'uid-z' }), ['shop/a', 'bank/b', 'task uid-z']);
  assert.is(found([A], { invocation: 'uid-z', subjects: [digestOf('nothing')] }), 'NoRun');
});

test('what Chains says of subjects alone counts for nobody', () => {
  assert.is(found([A, B], { isOfChains: true }), 'NoInvocation');
  assert.equal(found([A, B], { isOfChains: true, invocation: 'uid-a' }), ['shop/a']);
});

test('no run that is over, by its verdict or its deadline', () => {
  assert.is(found([{ ...A, isOver: true }], {}), 'NoRun');
  assert.is(found([{ ...A, isOver: true }], { invocation: 'uid-a' }), 'NoRun');
  assert.is(found([{ ...A, deadline: '2026-11-01T09:59:59.000Z' }], {}), 'NoRun');
});

test('an envelope that many runs would have to be asked about is no matter of any', () => {
  const many = Array.from({ length: 9 }, (_, index) => ({ ...A, name: `run-${index}` }));
  assert.is(found(many, {}), 'SeveralRuns');
});

test('an open run is found by its pipeline and its materials when it changes, and one that is over by nothing', () => {
  const touched = createTouched();
  const later = '2999-01-01T00:00:00.000Z';
  const change = (sample: Sample, type: 'added' | 'deleted' = 'added') =>
    touched.seen({ type, object: openRun({ deadline: later, ...sample }), initial: false });
  change(A);
  change({ ...B, isOver: true });
  change({ ...B, app: 'gone' }, 'deleted');
  assert.equal(touched.take(), ['uid-a', digestOf('app')]);
  assert.equal(touched.take(), []);
  assert.equal(claimsOfRun(openRun({ name: 'plain' })), []);
});

test('more changes than are remembered have all looked at again', () => {
  const touched = createTouched();
  const run = openRun({ name: 'a', deadline: '2999-01-01T00:00:00.000Z' });
  for (let index = 0; index < 50_010; index += 1) {
    const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: `uid-${index}` };
    const object = { ...run, spec: { ...run.spec, identity: { username: 'x', owner } } };
    touched.seen({ type: 'added', object, initial: false });
  }
  assert.is(touched.take(), 'all');
  assert.equal(touched.take(), []);
});

test.run();
