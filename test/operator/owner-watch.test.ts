import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import { KubeError } from '../../src/kube/error.ts';
import { type Source, stalledSource } from '../../src/kube/source.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { slim, watchOwners } from '../../src/operator/owner-watch.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { eventually } from '../support/eventually.ts';

const test = suite('watch of owners');

/** What an API server answers to the one who asks for this path, a code or a document. */
function watched(answers: Readonly<Record<string, number | object>>) {
  const refuse = (path: string): object => {
    const answer = answers[path] ?? 404;
    if (typeof answer === 'object') return answer;
    throw new KubeError(answer, answer === 403 ? 'Forbidden' : 'NotFound', `${path} is refused`);
  };
  const transport: Transport = {
    send: <T>({ path }: { readonly path: string }) => Promise.try(() => refuse(path) as T),
    open: () => Promise.reject(new KubeError(403, 'Forbidden', 'no watch')),
  };
  const abort = new AbortController();
  const sources = new Map<string, Source<KubeObject>>();
  const errors: unknown[] = [];
  const owners = watchOwners({
    transport,
    signal: abort.signal,
    sources,
    isWanted: (kind) => kind === 'Job',
    onChange: () => {},
    onError: (error) => errors.push(error),
    log: createLogger('operator', 'silent'),
    now: () => new Date(),
  });
  const stop = (): Promise<void> => {
    abort.abort();
    return owners.stopped;
  };
  return { owners, sources, errors, stop };
}

const BATCH = { resources: [{ name: 'jobs' }, { name: 'jobs/status' }] };

test('a kind that is not there is absent, and one that nobody wants is not asked for', async () => {
  const { owners, sources, errors, stop } = watched({});
  await eventually('the answer', async () => owners.standing('Job') === 'absent');
  assert.is(owners.standing('PipelineRun'), 'unknown');
  assert.equal([sources.size, errors.length], [0, 0]);
  await stop();
});

test('discovery that is refused says nothing of a kind, and is told of', async () => {
  const { owners, sources, errors, stop } = watched({ '/apis/batch/v1': 403 });
  await eventually('an error', async () => errors.length > 0);
  assert.is(owners.standing('Job'), 'unknown');
  assert.is(sources.size, 0);
  await stop();
});

test('a kind that may not be listed is tried again and again, which is no stall', async () => {
  const { owners, sources, errors, stop } = watched({ '/apis/batch/v1': BATCH, '/apis/batch/v1/jobs': 403 });
  await eventually('a second try', async () => errors.length > 1);
  assert.is(owners.standing('Job'), 'listing');
  const source = sources.get('batch/jobs');
  assert.ok(source !== undefined && stalledSource(source.activity(), performance.now()) === undefined);
  await stop();
  assert.is(sources.size, 0);
});

test('a kind that is listed is watched', async () => {
  const list = {
    metadata: { resourceVersion: '7' },
    items: [{ metadata: { name: 'a', namespace: 'shop', uid: 'u' } }],
  };
  const { owners, stop } = watched({ '/apis/batch/v1': BATCH, '/apis/batch/v1/jobs': list });
  await eventually('the list', async () => owners.standing('Job') === 'watched');
  assert.equal(
    owners.inNamespace('Job', 'shop').map(({ metadata }) => metadata.name),
    ['a'],
  );
  assert.is(owners.find('Job', 'shop', 'u')?.outcome.reason, 'Running');
  assert.is(owners.find('Job', 'other', 'u'), undefined);
  await stop();
});

test('of a pipeline no more is kept than is asked for', () => {
  const kept = slim('PipelineRun', {
    metadata: { name: 'a', namespace: 'shop', uid: 'u', labels: { app: 'x' }, annotations: { big: 'x'.repeat(1000) } },
    spec: { params: [] },
    status: { pipelineSpec: {}, conditions: [{ type: 'Succeeded', status: 'True', reason: 'Succeeded' }] },
  } as KubeObject);
  assert.equal(kept, {
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: { name: 'a', namespace: 'shop', uid: 'u', labels: { app: 'x' } },
    outcome: { status: 'True', reason: 'Succeeded', message: 'Succeeded' },
  });
});

test.run();
