import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type OwnerKind, type OwnerOutcome, outcomeOf } from '../../src/operator/owner-outcome.ts';

const test = suite('outcomes of owners');
const END = '2026-11-28T10:03:12Z';
const BEFORE = '2026-11-28T10:03:11Z';

/** A PipelineRun as Tekton 1.x leaves it. */
const pipelineRun = (status: string, reason: string, message: string, extra: object = {}) => ({
  apiVersion: 'tekton.dev/v1',
  kind: 'PipelineRun',
  metadata: { name: 'build-x7k2p', namespace: 'shop', labels: { 'tekton.dev/pipeline': 'build' } },
  spec: { pipelineRef: { name: 'build' }, timeouts: { pipeline: '1h0m0s' } },
  status: {
    childReferences: [
      { apiVersion: 'tekton.dev/v1', kind: 'TaskRun', name: 'build-x7k2p-test', pipelineTaskName: 'test' },
    ],
    ...(status === 'Unknown' ? {} : { completionTime: END }),
    conditions: [{ type: 'Succeeded', status, reason, message, lastTransitionTime: END }],
    provenance: { featureFlags: { coschedule: 'workspaces' } },
    startTime: '2026-11-28T10:00:00Z',
    ...extra,
  },
});

const argo = (status: object, spec: object = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name: 'build-q8z4w', namespace: 'shop', labels: { 'workflows.argoproj.io/completed': 'true' } },
  spec: { entrypoint: 'main', onExit: 'submit', ...spec },
  status: { startedAt: '2026-11-28T10:00:00Z', progress: '2/2', compressedNodes: 'H4sIAAAA', ...status },
});

const job = (conditions: readonly object[], extra: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'build-29', namespace: 'shop' },
  spec: { backoffLimit: 0 },
  status: { startTime: '2026-11-28T10:00:00Z', conditions, uncountedTerminatedPods: {}, ...extra },
});
const condition = (type: string, reason: string, message: string, lastTransitionTime = END) => ({
  ...{ type, status: 'True', reason, message, lastTransitionTime, lastProbeTime: lastTransitionTime },
});

const CASES: readonly (readonly [string, OwnerKind, object, Omit<OwnerOutcome, 'endTime'>, string?])[] = [
  [
    'a PipelineRun of which all tasks ran',
    'PipelineRun',
    pipelineRun('True', 'Succeeded', 'Tasks Completed: 3 (Failed: 0, Cancelled 0), Skipped: 0'),
    {
      status: 'True',
      reason: 'Succeeded',
      message: 'Succeeded: Tasks Completed: 3 (Failed: 0, Cancelled 0), Skipped: 0',
    },
    END,
  ],
  [
    'one that skipped some',
    'PipelineRun',
    pipelineRun('True', 'Completed', 'Tasks Completed: 2 (Failed: 0, Cancelled 0), Skipped: 1'),
    {
      status: 'True',
      reason: 'Succeeded',
      message: 'Completed: Tasks Completed: 2 (Failed: 0, Cancelled 0), Skipped: 1',
    },
    END,
  ],
  [
    'one that failed',
    'PipelineRun',
    pipelineRun('False', 'Failed', 'Tasks Completed: 1 (Failed: 1, Cancelled 0), Skipped: 2'),
    { status: 'False', reason: 'Failed', message: 'Failed: Tasks Completed: 1 (Failed: 1, Cancelled 0), Skipped: 2' },
    END,
  ],
  [
    'one that was never begun, since its pipeline is not there',
    'PipelineRun',
    pipelineRun('False', 'CouldntGetPipeline', "pipelines.tekton.dev 'build' not found"),
    { status: 'False', reason: 'Failed', message: "CouldntGetPipeline: pipelines.tekton.dev 'build' not found" },
    END,
  ],
  [
    'one that was cancelled',
    'PipelineRun',
    pipelineRun('False', 'Cancelled', 'PipelineRun "build-x7k2p" was cancelled'),
    { status: 'False', reason: 'Cancelled', message: 'Cancelled: PipelineRun "build-x7k2p" was cancelled' },
    END,
  ],
  [
    'one that took too long, without a completionTime',
    'PipelineRun',
    pipelineRun('False', 'PipelineRunTimeout', 'failed to finish within "1h0m0s"', { completionTime: undefined }),
    { status: 'False', reason: 'TimedOut', message: 'PipelineRunTimeout: failed to finish within "1h0m0s"' },
    END,
  ],
  [
    'one that was cancelled and still runs its finally tasks',
    'PipelineRun',
    pipelineRun('Unknown', 'CancelledRunningFinally', 'Tasks Completed: 2, Incomplete: 1'),
    { status: 'Unknown', reason: 'Running', message: 'CancelledRunningFinally' },
  ],
  [
    'one that nobody has looked at',
    'PipelineRun',
    { metadata: {} },
    { status: 'Unknown', reason: 'Running', message: '' },
  ],
  [
    'an Argo Workflow that succeeded',
    'ArgoWorkflow',
    argo({ phase: 'Succeeded', finishedAt: END }),
    { status: 'True', reason: 'Succeeded', message: 'Succeeded' },
    END,
  ],
  [
    'one that failed',
    'ArgoWorkflow',
    argo({ phase: 'Failed', finishedAt: END, message: "child 'build-q8z4w-1' failed" }),
    { status: 'False', reason: 'Failed', message: "Failed: child 'build-q8z4w-1' failed" },
    END,
  ],
  [
    'one with an error of the controller',
    'ArgoWorkflow',
    argo({ phase: 'Error', finishedAt: END, message: 'invalid spec: template name main undefined' }),
    { status: 'False', reason: 'Failed', message: 'Error: invalid spec: template name main undefined' },
    END,
  ],
  [
    'one that was terminated',
    'ArgoWorkflow',
    argo({ phase: 'Failed', finishedAt: END, message: "Stopped with strategy 'Terminate'" }, { shutdown: 'Terminate' }),
    { status: 'False', reason: 'Cancelled', message: "Failed: Stopped with strategy 'Terminate'" },
    END,
  ],
  [
    'one that runs, with a null where its end will stand',
    'ArgoWorkflow',
    argo({ phase: 'Running', finishedAt: null }),
    { status: 'Unknown', reason: 'Running', message: 'Running' },
  ],
  [
    'a Job that is complete',
    'Job',
    job(
      [
        condition('SuccessCriteriaMet', 'CompletionsReached', 'Reached expected number of succeeded pods', BEFORE),
        condition('Complete', 'CompletionsReached', 'Reached expected number of succeeded pods'),
      ],
      { completionTime: END, succeeded: 1 },
    ),
    {
      status: 'True',
      reason: 'Succeeded',
      message: 'CompletionsReached: Reached expected number of succeeded pods',
    },
    END,
  ],
  [
    'one that failed',
    'Job',
    job([
      condition('FailureTarget', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', BEFORE),
      condition('Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'),
    ]),
    {
      status: 'False',
      reason: 'Failed',
      message: 'BackoffLimitExceeded: Job has reached the specified backoff limit',
    },
    END,
  ],
  [
    'one that took too long',
    'Job',
    job([condition('Failed', 'DeadlineExceeded', 'Job was active longer than specified deadline')]),
    {
      status: 'False',
      reason: 'TimedOut',
      message: 'DeadlineExceeded: Job was active longer than specified deadline',
    },
    END,
  ],
  [
    'one that is about to fail, of which pods still run',
    'Job',
    job([condition('FailureTarget', 'PodFailurePolicy', 'Container main failed with exit code 3')]),
    { status: 'Unknown', reason: 'Running', message: '' },
  ],
];

for (const [what, kind, object, outcome, endTime] of CASES) {
  test(`${kind}: ${what}`, () => {
    assert.equal(outcomeOf(kind, object), endTime === undefined ? outcome : { ...outcome, endTime });
  });
}

test('attack: whatever stands in a status, nothing is thrown, and what can not be read has not ended', () => {
  const odd = [null, 7, 'x', [], {}, { conditions: 'Succeeded' }, { conditions: [null, 3, { type: 'Succeeded' }] }];
  for (const kind of ['PipelineRun', 'ArgoWorkflow', 'Job'] as const) {
    for (const status of odd) assert.is(outcomeOf(kind, { status }).status, 'Unknown', JSON.stringify(status));
    assert.is(outcomeOf(kind, undefined).status, 'Unknown');
  }
  const inherited = Object.create({ phase: 'Succeeded', finishedAt: END }) as object;
  assert.is(outcomeOf('ArgoWorkflow', { status: inherited }).status, 'Unknown');
});

test('a time that is none is left out, and a long message cut at a character', () => {
  const { endTime, message } = outcomeOf(
    'ArgoWorkflow',
    argo({ phase: 'Failed', finishedAt: 'yesterday', message: '😀'.repeat(400) }),
  );
  assert.is(endTime, undefined);
  assert.ok(message.length <= 512 && message.endsWith('😀…'), message.slice(-4));
});

test.run();
