// deadline: 120
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import { CONTROLLERS } from '../../src/operator/observers.ts';
import { ProvisoOperator } from '../../src/operator/operator.ts';
import { createEngines } from '../../src/policy/engines.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createOperatorMetrics } from '../../src/telemetry/metrics.ts';
import { eventually } from '../support/eventually.ts';
import { type Exchange, type ScriptedServer, startScripted } from './scripted-server.ts';
import { faults } from './survived.ts';

const test = faults('life cycle under fault', 'process.exit never called, every watch and lease ended');

/** The faults at which the library's own class calls `process.exit`, each as an answer to a watch. */
const FAULTS: Readonly<Record<string, (exchange: Exchange) => void>> = {
  'a watch that is refused with 500': (exchange) => exchange.json(500, { reason: 'InternalError', message: 'x' }),
  'a watch that is refused with 403': (exchange) => exchange.json(403, { reason: 'Forbidden', message: 'x' }),
  'a watch that is throttled': (exchange) => exchange.json(429, { message: 'x' }, { 'retry-after': '1' }),
  'a version that is gone': (exchange) => exchange.json(410, { reason: 'Expired', message: 'x' }),
  'a connection that is reset': ({ request }) => void request.socket.destroy(),
  'a stream that is reset': ({ request, response }) => {
    response.writeHead(200).flushHeaders();
    setTimeout(() => request.socket.destroy(), 20);
  },
  'a stream that ends': ({ response }) => void response.writeHead(200).end(),
  'a stream that is no JSON': ({ response }) => void response.writeHead(200).end('<html>\n'),
  'an event without metadata': (exchange) => exchange.events({ type: 'ADDED', object: {} }),
  'an error in the stream': (exchange) =>
    exchange.events({ type: 'ERROR', object: { kind: 'Status', code: 500, message: 'x' } }),
};

function operatorOn(server: ScriptedServer): ProvisoOperator {
  return new ProvisoOperator({
    issuers: new Map(),
    engines: createEngines(createLogger('operator', 'silent')),
    connection: server.connection,
    namespace: 'proviso-system',
    endpoint: 'https://proviso-receiver',
    workers: 1,
    identity: 'test',
    metrics: createOperatorMetrics(CONTROLLERS),
    log: createLogger('operator', 'silent'),
  });
}

/** Runs `work` and fails if anything in it asks the process to end. */
async function withoutExit(work: () => Promise<void>): Promise<void> {
  const exit = process.exit;
  const asked: unknown[] = [];
  process.exit = ((code: unknown) => void asked.push(code)) as typeof process.exit;
  try {
    await work();
  } finally {
    process.exit = exit;
  }
  assert.equal(asked, [], 'process.exit was called');
}

for (const [fault, answer] of Object.entries(FAULTS)) {
  test(`the real class of the library does not end the process at ${fault}`, () =>
    withoutExit(async () => {
      let watches = 0;
      const server = await startScripted((exchange) => {
        if (exchange.isWatch) {
          watches += 1;
          answer(exchange);
        } else if (exchange.url.pathname.includes('/leases')) {
          exchange.json(503, { reason: 'ServiceUnavailable', message: 'x' });
        } else exchange.list('5', []);
      });
      const operator = operatorOn(server);
      const started = operator.start().catch(() => {});
      await eventually('every resource to be watched', async () => operator.isSynced && watches >= 8);
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.is(operator.stalled(performance.now()), undefined);
      operator.stop();
      await started;
      await operator.stopped();
      await server.stop();
    }));
}

test('a stop is over soon at any moment, also while nothing answers', () =>
  withoutExit(async () => {
    const moments: Readonly<Record<string, (exchange: Exchange) => void>> = {
      'while it lists': () => {},
      'while it waits for the lease': (exchange) => {
        if (exchange.isWatch) exchange.response.writeHead(200).flushHeaders();
        else if (!exchange.url.pathname.includes('/leases')) exchange.list('5', []);
      },
      'while it leads': (exchange) => {
        if (exchange.isWatch) return void exchange.response.writeHead(200).flushHeaders();
        if (!exchange.url.pathname.includes('/leases')) return exchange.list('5', []);
        return exchange.request.method === 'GET' || exchange.request.method === 'PATCH'
          ? exchange.json(200, {
              metadata: { name: 'proviso-operator', namespace: 'proviso-system', resourceVersion: '1' },
              spec: { holderIdentity: 'test' },
            })
          : undefined;
      },
    };
    for (const [moment, script] of Object.entries(moments)) {
      const server = await startScripted(script);
      const operator = operatorOn(server);
      const started = operator.start().catch(() => {});
      await eventually('some requests', async () => server.exchanges.length >= 8);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const before = performance.now();
      operator.stop();
      await started;
      await operator.stopped();
      console.log(`stopped ${moment} after ${Math.round(performance.now() - before)} ms`);
      await server.stop();
    }
  }));

test('an operator whose watch does nothing any more says so, one whose server is away does not', async () => {
  const server = await startScripted((exchange) =>
    exchange.url.pathname.endsWith(KIND.Contract.plural) ? undefined : exchange.json(503, { message: 'x' }),
  );
  const operator = operatorOn(server);
  const started = operator.start().catch(() => {});
  await eventually('some requests', async () => server.exchanges.length >= 8);
  assert.is(operator.stalled(performance.now()), undefined);
  assert.match(operator.stalled(performance.now() + 200_000) ?? '', /^\S+: the watch does nothing any more$/);
  operator.stop();
  await started;
  await operator.stopped();
  await server.stop();
});

test.run();
