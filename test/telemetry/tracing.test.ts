import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { IDS_ONLY, startTracing, type TracingOptions } from '../../src/telemetry/tracing.ts';
import { startCollector } from '../support/collector.ts';

const test = suite('tracing');
const failures: string[] = [];
const options = (env: TracingOptions['env'], timeoutMs = 5_000): TracingOptions => ({
  ...{ service: 'proviso-test', version: '1.2.3', env, timeoutMs },
  onFailure: (message) => void failures.push(message),
});

test('without an endpoint, or switched off, nothing that sends is loaded', async () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' };
  for (const env of [{}, { OTEL_EXPORTER_OTLP_ENDPOINT: '' }, { ...endpoint, OTEL_SDK_DISABLED: 'true' }]) {
    assert.is(await startTracing(options(env)), IDS_ONLY);
  }
  const script = `
    const { registerHooks } = await import('node:module');
    let loaded = 0;
    registerHooks({ load: (url, context, next) => ((loaded += url.includes('opentelemetry') ? 1 : 0), next(url, context)) });
    const { startTracing } = await import('./src/telemetry/tracing.ts');
    const start = (env) => startTracing({ service: 's', version: '1', env, timeoutMs: 1, onFailure() {} });
    await start({});
    const before = loaded;
    await (await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })).close();
    console.log(before, loaded > 0);`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('../..', import.meta.url).pathname,
  });
  assert.is(stdout.trim(), '0 true');
});

test('spans reach a collector with their parents, names, attributes and failures', async () => {
  const collector = await startCollector();
  try {
    const tracing = await startTracing(options({ OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.endpoint}/` }));
    const parent = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), sampled: true };
    const above = tracing.span('POST', { kind: 'server', parent, attributes: { a: 1 } });
    const below = tracing.span('inside', { kind: 'internal', parent: above.context });
    above.rename('init');
    above.set({ b: 'two' });
    below.end('cluster-unavailable');
    above.end();
    tracing.span('unwanted', { kind: 'server', parent: { ...parent, sampled: false } }).end();
    await tracing.close();
    const byName = new Map(collector.spans.map((span) => [span.name, span]));
    assert.equal([...byName.keys()].toSorted(), ['init', 'inside']);
    const [init, inside] = [byName.get('init'), byName.get('inside')];
    assert.equal([init?.traceId, init?.parentSpanId], [parent.traceId, parent.spanId]);
    assert.equal([inside?.traceId, inside?.parentSpanId], [parent.traceId, init?.spanId]);
    assert.equal([init?.service, init?.attributes], ['proviso-test', { a: 1, b: 'two' }]);
    assert.equal(inside?.status, { code: 2, message: 'cluster-unavailable' });
    assert.equal(failures, []);
  } finally {
    collector.stop();
  }
});

test('a collector that is not there holds nothing up, and is told of', async () => {
  const tracing = await startTracing(
    options({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:9/v1/traces' }, 300),
  );
  tracing.span('lost', { kind: 'client' }).end();
  await tracing.close();
  assert.ok(failures.length > 0);
  assert.ok(failures.every((message) => message.length <= 200));
});

test.run();
