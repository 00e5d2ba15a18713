import type { ReceiverMetrics } from '../../telemetry/receiver-metrics.ts';
import type { Checks } from '../checks/checks.ts';
import type { MemoryBudget } from '../memory.ts';

interface Loaded {
  readonly checks: Checks;
  readonly metrics: ReceiverMetrics;
}

type Budgets = Readonly<Record<'memory' | 'memoryOutside', MemoryBudget>>;

/** Says at each scrape how much is taken of memory and of the threads for checks; of requests, who admits them does. */
export function observeLoad({ checks, metrics }: Loaded, { memory, memoryOutside }: Budgets): void {
  const { saturation } = metrics;
  metrics.onScrape(() => {
    const { places, line } = checks.load();
    saturation.set({ resource: 'memory' }, memory.load());
    saturation.set({ resource: 'memory_outside' }, memoryOutside.load());
    saturation.set({ resource: 'checks' }, places);
    saturation.set({ resource: 'checks_waiting' }, line);
  });
}
