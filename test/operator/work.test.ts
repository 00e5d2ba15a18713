import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { keyOf, type Store } from '../../src/kube/store.ts';
import type { OperatorContext } from '../../src/operator/context.ts';
import { CONTROLLERS } from '../../src/operator/observers.ts';
import type { QueueName } from '../../src/operator/sources.ts';
import { startWork } from '../../src/operator/work.ts';
import { createWorkQueue } from '../../src/queue/workqueue.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createOperatorMetrics } from '../../src/telemetry/metrics.ts';
import { IDS_ONLY, type SpanOptions, type Tracing } from '../../src/telemetry/tracing.ts';
import { workflowRun } from '../support/workflow-run.ts';

const test = suite('reconciles in logs and traces');
const NOW = new Date('2026-11-28T10:00:00Z');
const TRACE = 'ab'.repeat(16);
const annotations = { 'proviso.dev/traceparent': `00-${TRACE}-${'cd'.repeat(8)}-01` };
const open = workflowRun('build-1', 'shop');
const run: WorkflowRun = { ...open, metadata: { ...open.metadata, annotations } };

interface Told {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  readonly spans: readonly { readonly name: string; readonly options: SpanOptions; readonly failure?: string }[];
}

/** Reconciles an object once; what the reconcile does is to log, and to throw if it is told to. */
async function reconcileOnce(name: QueueName, object: Workflow | WorkflowRun, error?: Error): Promise<Told> {
  const lines: string[] = [];
  const log = createLogger('operator', 'debug', { write: (line) => void lines.push(line) });
  const spans: { name: string; options: SpanOptions; failure?: string }[] = [];
  const tracing: Tracing = {
    ...IDS_ONLY,
    span(spanName, options) {
      const span: (typeof spans)[number] = { name: spanName, options };
      spans.push(span);
      const end = (failure?: string) => void Object.assign(span, failure === undefined ? {} : { failure });
      return { ...IDS_ONLY.span(spanName, options), end };
    },
  };
  const queue = createWorkQueue();
  const client = {} as KubeClient;
  const { signal } = new AbortController();
  const metrics = createOperatorMetrics(CONTROLLERS);
  const options = { name, queue, workers: 1, metrics, log, tracing, cut: signal, clientOf: () => client };
  const store = { get: () => object } as unknown as Store<Workflow | WorkflowRun>;
  const context = { log, client, now: () => NOW } as unknown as OperatorContext;
  const done = Promise.withResolvers<void>();
  const working = startWork(options, context, store, async (own) => {
    await Promise.resolve();
    own.log.info('looked');
    done.resolve();
    if (error !== undefined) throw error;
    return {};
  });
  queue.add(keyOf(object.metadata));
  await done.promise;
  await queue.shutDown();
  await working;
  return { lines: lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>), spans };
}

test('a reconcile says in each line what it is, of which run, and in which trace', async () => {
  const { lines, spans } = await reconcileOnce('workflowruns', run, new Error('no'));
  assert.equal(
    lines.map(({ msg }) => msg),
    ['looked', 'Reconcile failed'],
  );
  const ids = new Set(lines.map(({ reconcileID }) => reconcileID));
  assert.is(ids.size, 1);
  for (const line of lines) {
    const { controller, key, namespace, workflow, run: name, trace_id } = line;
    const expected = { controller: 'workflowruns', key: 'shop/build-1', namespace: 'shop', workflow: 'build' };
    assert.equal({ controller, key, namespace, workflow }, expected);
    assert.equal([name, trace_id], ['build-1', TRACE]);
  }
  assert.equal([spans[0]?.name, spans[0]?.failure], ['reconcile workflowruns', 'retry']);
  assert.ok(ids.has(spans[0]?.options.attributes?.['proviso.reconcile']));
});

test('a run is in its trace until an hour after its verdict; a Workflow is in none, whatever it is annotated with', async () => {
  const finished = (finishTime: string): WorkflowRun => ({ ...run, status: { finishTime } });
  const workflow: Workflow = {
    metadata: { namespace: 'shop', name: 'build', annotations },
    spec: { contractRef: { name: 'c' } },
  };
  const forged = { ...run, metadata: { ...run.metadata, annotations: { 'proviso.dev/traceparent': 'x'.repeat(55) } } };
  for (const [name, object, traceId] of [
    ['workflowruns', finished('2026-11-28T09:00:01Z'), TRACE],
    ['workflowruns', finished('2026-11-28T08:59:59Z'), undefined],
    ['workflowruns', forged, undefined],
    ['workflows', workflow, undefined],
  ] as const) {
    const { spans, lines } = await reconcileOnce(name, object);
    assert.is(spans[0]?.options.parent?.traceId, traceId);
    assert.match(String(lines[0]?.trace_id), /^[0-9a-f]{32}$/);
    if (traceId === undefined) assert.is.not(lines[0]?.trace_id, TRACE);
  }
});

test.run();
