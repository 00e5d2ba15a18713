import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import { createStore } from '../../src/kube/store.ts';
import type { OperatorContext } from '../../src/operator/context.ts';
import type { OwnerOutcome } from '../../src/operator/owner-outcome.ts';
import type { Owners } from '../../src/operator/owner-watch.ts';
import { endingOf, pipedOf, pipelineClaim } from '../../src/operator/run-pipeline.ts';
import { workflowRun } from '../support/workflow-run.ts';

const test = suite('runs and their pipelines');
const NOW = new Date('2026-11-28T10:10:00Z');
const END = '2026-11-28T10:05:00Z';
const owner = { apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', name: 'build-1', uid: 'p' };

const runOf = (identity: object, status: object = {}): WorkflowRun => {
  const run = workflowRun('build-1', 'shop');
  return { ...run, spec: { ...run.spec, identity: { username: 'u', ...identity } }, status };
};

/** What the operator finds of a run of the PipelineRun, with this outcome and this grace. */
function found(outcome: OwnerOutcome | undefined, grace: string, run: WorkflowRun, kind = 'PipelineRun') {
  const workflows = createStore<Workflow>();
  workflows.put({
    metadata: { name: 'build', namespace: 'shop', uid: run.spec.workflowRef.uid },
    spec: { contractRef: { name: 'release' }, source: { kind: kind as 'PipelineRun', grace } },
  });
  const metadata = { name: owner.name, namespace: 'shop', uid: owner.uid };
  const owners: Partial<Owners> = {
    standing: () => 'watched',
    find: (_, namespace, uid) =>
      outcome !== undefined && namespace === 'shop' && uid === owner.uid ? { ...owner, metadata, outcome } : undefined,
  };
  const context = { stores: { workflows }, owners, now: () => NOW } as unknown as OperatorContext;
  const piped = pipedOf(context, run);
  const claim = piped === undefined ? undefined : pipelineClaim(context, run, piped);
  const { at, reason } = endingOf(context, run, claim);
  return {
    claim: claim === undefined ? '' : `${claim.status} ${claim.reason}`,
    ends: `${reason} ${new Date(at).toISOString()}`,
  };
}

const good: OwnerOutcome = { status: 'True', reason: 'Succeeded', message: '', endTime: END };
const bad: OwnerOutcome = { status: 'False', reason: 'Failed', message: '', endTime: END };
const BY_DEADLINE = 'Expired 2030-01-01T00:00:00.000Z';

test('an open run ends its grace after a pipeline that ended well, and a minute after one that failed', () => {
  const run = runOf({ owner });
  assert.equal(found(good, '10m', run), { claim: 'True Succeeded', ends: 'Expired 2026-11-28T10:15:00.000Z' });
  assert.equal(found(bad, '10m', run), { claim: 'False Failed', ends: 'PipelineFailed 2026-11-28T10:06:00.000Z' });
  assert.equal(found(bad, '5s', run), { claim: 'False Failed', ends: 'PipelineFailed 2026-11-28T10:05:05.000Z' });
  const running: OwnerOutcome = { status: 'Unknown', reason: 'Running', message: '' };
  assert.equal(found(running, '10m', run), { claim: 'Unknown Running', ends: BY_DEADLINE });
});

test('the deadline of a run stands, whatever its pipeline does', () => {
  const run = runOf({ owner });
  const short = { ...run, spec: { ...run.spec, deadlineTime: '2026-11-28T10:05:30Z' } };
  assert.is(found(good, '10m', short).ends, 'Expired 2026-11-28T10:05:30.000Z');
});

test('attack: an end in the future puts nothing off for longer than the grace from now', () => {
  const late = { ...good, endTime: '2029-01-01T00:00:00Z' };
  assert.is(found(late, '10m', runOf({ owner })).ends, 'Expired 2026-11-28T10:20:00.000Z');
});

test('what was seen of an end stays when the pipeline goes, and what was never seen is said', () => {
  const seen = { type: 'PipelineSucceeded', status: 'False', reason: 'Failed', message: 'm', lastTransitionTime: END };
  const gone = found(undefined, '10m', runOf({ owner }, { conditions: [seen] }));
  assert.equal(gone, { claim: 'False Failed', ends: 'PipelineFailed 2026-11-28T10:06:00.000Z' });
  assert.equal(found(undefined, '10m', runOf({ owner })), { claim: 'Unknown Gone', ends: BY_DEADLINE });
});

test('attack: a run is not of a pipeline of another kind or namespace, or of a workflow made anew', () => {
  assert.equal(found(bad, '10m', runOf({ owner }), 'Job'), { claim: '', ends: BY_DEADLINE });
  assert.equal(found(bad, '10m', runOf({ owner: { ...owner, apiVersion: 'evil.dev/v1' } })), {
    claim: '',
    ends: BY_DEADLINE,
  });
  assert.equal(found(bad, '10m', runOf({})), { claim: '', ends: BY_DEADLINE });
  const other = runOf({ owner });
  const elsewhere = { ...other, metadata: { ...other.metadata, namespace: 'other' } };
  assert.equal(found(bad, '10m', elsewhere), { claim: '', ends: BY_DEADLINE });
});

test('a run that nobody opened is over at once, as its pipeline ended', () => {
  const owed = runOf({ username: '', owner });
  const run = { ...owed, spec: { ...owed.spec, deadlineTime: END } };
  assert.is(found(bad, '10m', run).ends, 'PipelineFailed 2026-11-28T10:05:00.000Z');
  assert.is(found(good, '10m', run).ends, 'Expired 2026-11-28T10:05:00.000Z');
});

test.run();
