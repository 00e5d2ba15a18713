import { KubeConfig } from '@kubernetes/client-node';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import { connectWith } from '../../src/kube/connect.ts';
import { startSource } from '../../src/kube/source.ts';
import { clientObserver, createKubeMetrics, observeCaches } from '../../src/telemetry/kube-metrics.ts';
import { createRegistry } from '../../src/telemetry/registry.ts';
import { freePort } from '../support/ports.ts';
import { readScrape } from '../support/scrape.ts';

const test = suite('metrics of the API server');

test('an API server that is away: requests without an answer, and how long nothing was heard', async () => {
  const config = new KubeConfig();
  const host = `127.0.0.1:${await freePort()}`;
  config.loadFromClusterAndUser({ name: 'c', server: `http://${host}`, skipTLSVerify: true }, { name: 'u' });
  const registry = createRegistry('receiver');
  const metrics = createKubeMetrics(registry);
  const { transport } = connectWith(config, clientObserver(metrics));
  const abort = new AbortController();
  const failed = Promise.withResolvers<void>();
  const source = startSource(transport, KIND.Waiver, {
    signal: abort.signal,
    onError() {
      metrics.watchRestarts.inc({ resource: 'waivers' });
      failed.resolve();
    },
  });
  await failed.promise;
  observeCaches(metrics, [['waivers', source]]);
  abort.abort();
  await source.stopped;
  const { sum } = readScrape(await registry.metrics());
  assert.ok((sum('rest_client_requests_total', { code: '<error>', method: 'GET', host }) ?? 0) >= 1);
  assert.ok((sum('rest_client_request_duration_seconds_count', { verb: 'GET', host }) ?? 0) >= 1);
  assert.ok((sum('proviso_watch_restarts_total', { resource: 'waivers' }) ?? 0) >= 1);
  assert.ok((sum('proviso_cache_age_seconds', { resource: 'waivers' }) ?? -1) >= 0);
});

test.run();
