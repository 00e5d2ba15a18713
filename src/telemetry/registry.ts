import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import manifest from '../../package.json' with { type: 'json' };

/** Gauges of the library under names that are for counters; the same by kind have better ones. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Where the metrics of one process are kept, with those of Node and of the build. */
export function createRegistry(component: 'operator' | 'receiver'): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({
    name: 'proviso_build_info',
    help: 'Which version runs; always 1.',
    labelNames: ['version', 'component'],
    registers: [registry],
  }).set({ version: manifest.version, component }, 1);
  return registry;
}
