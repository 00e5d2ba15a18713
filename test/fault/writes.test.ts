// deadline: 120
import * as assert from 'uvu/assert';
import { CONTROLLERS } from '../../src/operator/observers.ts';
import { ProvisoOperator } from '../../src/operator/operator.ts';
import { createEngines } from '../../src/policy/engines.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createOperatorMetrics, type OperatorMetrics } from '../../src/telemetry/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { type Exchange, startScripted } from './scripted-server.ts';
import { faults } from './survived.ts';

const test = faults('writes under fault', 'writes sent, results counted, the end');

const CONTRACT = {
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'Contract',
  metadata: { name: 'release', namespace: 'shop', uid: 'u', generation: 1, resourceVersion: '5' },
  spec: {},
};

/**
 * An operator that leads and has one contract to work on. Everything goes well but the writes of its status, which `answer`
 * is asked for with how many there were before.
 */
async function leading(
  answer: (exchange: Exchange, count: number) => void,
  work: (seen: { statusWrites(): number; readonly metrics: OperatorMetrics }) => Promise<void>,
): Promise<void> {
  let writes = 0;
  const server = await startScripted((exchange) => {
    const { url, request, isWatch, json } = exchange;
    const { pathname } = url;
    if (isWatch) return void exchange.response.writeHead(200).flushHeaders();
    if (pathname.endsWith('/contracts/release/status')) return answer(exchange, writes++);
    if (pathname.endsWith('/contracts')) return json(200, { metadata: { resourceVersion: '5' }, items: [CONTRACT] });
    if (pathname.includes('/leases')) {
      const metadata = { name: 'proviso-operator', namespace: 'proviso-system', resourceVersion: '1' };
      return json(200, { metadata, spec: { holderIdentity: 'test' } });
    }
    if (request.method !== 'GET') return json(200, { metadata: { name: 'x', resourceVersion: '6' } });
    const isOne = /\/(secrets|controllerrevisions)\/[^/]+$/.test(pathname);
    return isOne ? json(404, { reason: 'NotFound', message: 'x' }) : exchange.list('5', []);
  });
  const metrics = createOperatorMetrics(CONTROLLERS);
  const operator = new ProvisoOperator({
    issuers: new Map(),
    engines: createEngines(createLogger('operator', 'silent')),
    connection: server.connection,
    namespace: 'proviso-system',
    endpoint: 'https://proviso-receiver',
    workers: 2,
    identity: 'test',
    metrics,
    log: createLogger('operator', 'silent'),
  });
  try {
    await operator.start();
    await work({ statusWrites: () => writes, metrics });
  } finally {
    operator.stop();
    await operator.stopped();
    await server.stop();
  }
}

const ok = ({ json }: Exchange): void =>
  json(200, { ...CONTRACT, metadata: { ...CONTRACT.metadata, resourceVersion: '7' } });
const seriesOf = async (metrics: OperatorMetrics, series: string): Promise<number> => {
  const line = (await metrics.render()).split('\n').find((each) => each.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1));
};
const ERRORS = 'controller_runtime_reconcile_errors_total{controller="contracts"}';
const REQUEUES = 'controller_runtime_reconcile_total{controller="contracts",result="requeue"}';

test('500 on a status is tried again until it goes through, and counted as what it is', async () => {
  await leading(
    (exchange, count) => (count < 2 ? exchange.json(500, { reason: 'InternalError', message: 'x' }) : ok(exchange)),
    async ({ statusWrites, metrics }) => {
      await eventually('the third write', async () => statusWrites() === 3);
      await eventually('the success to be counted', async () => {
        const series = 'controller_runtime_reconcile_total{controller="contracts",result="requeue_after"}';
        return (await seriesOf(metrics, series)) === 1;
      });
      assert.is(await seriesOf(metrics, ERRORS), 2);
    },
  );
});

test('409 for ever is no hot loop and no error', async () => {
  await leading(
    ({ json }) => json(409, { reason: 'Conflict', message: 'x' }),
    async ({ statusWrites, metrics }) => {
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      assert.ok(statusWrites() >= 2 && statusWrites() <= 6, `${statusWrites()} writes in 4 s`);
      assert.ok((await seriesOf(metrics, REQUEUES)) >= 2);
      assert.is(await seriesOf(metrics, ERRORS), 0);
    },
  );
});

test('429 is tried again when the server says, and not before', async () => {
  const times: number[] = [];
  await leading(
    (exchange, count) => {
      times.push(performance.now());
      if (count > 0) return ok(exchange);
      exchange.json(429, { reason: 'TooManyRequests', message: 'x' }, { 'retry-after': '3' });
    },
    async ({ statusWrites }) => {
      await eventually('the second write', async () => statusWrites() === 2);
      assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 2_990);
    },
  );
});

test('what the server can never take is not tried again and again', async () => {
  await leading(
    ({ json }) => json(422, { reason: 'Invalid', message: 'x' }),
    async ({ statusWrites, metrics }) => {
      await eventually('the first write', async () => statusWrites() === 1);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      assert.is(statusWrites(), 1);
      assert.is(
        await seriesOf(metrics, 'controller_runtime_terminal_reconcile_errors_total{controller="contracts"}'),
        1,
      );
    },
  );
});

test('a status write that never gets an answer holds up neither others nor the end', async () => {
  await leading(
    () => {},
    async ({ statusWrites, metrics }) => {
      await eventually('the write', async () => statusWrites() === 1);
      assert.ok((await seriesOf(metrics, 'workqueue_longest_running_processor_seconds{name="contracts"}')) > 0);
    },
  );
});

test.run();
