import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a process has to do with the API server, under the names of client-go where it has some. */
export interface KubeMetrics {
  /** Requests to the API server; the code is `<error>` when no answer came. */
  readonly requests: Counter<'code' | 'method' | 'host'>;
  readonly requestSeconds: Histogram<'verb' | 'host'>;
  readonly watchRestarts: Counter<'resource'>;
  /** Seconds since the API server last said something about a resource. */
  readonly cacheAge: Gauge<'resource'>;
}

/** One request, as the transport tells of it; `code` is 0 when no answer came. */
interface Exchange {
  readonly method: string;
  readonly host: string;
  readonly code: number;
  readonly seconds: number;
}

/** From a request that is answered from memory to one that hangs. */
export const WORK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

export function createKubeMetrics(registry: Registry): KubeMetrics {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'rest_client_requests_total',
      help: 'Requests to the API server.',
      labelNames: ['code', 'method', 'host'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'rest_client_request_duration_seconds',
      help: 'From a request to the headers of its answer.',
      labelNames: ['verb', 'host'],
      buckets: WORK_BUCKETS,
      registers,
    }),
    watchRestarts: new Counter({
      name: 'proviso_watch_restarts_total',
      help: 'Watches that were interrupted by an error.',
      labelNames: ['resource'],
      registers,
    }),
    cacheAge: new Gauge({
      name: 'proviso_cache_age_seconds',
      help: 'Seconds since the API server last said something about a resource; over 75 the watch is dead.',
      labelNames: ['resource'],
      registers,
    }),
  };
}

/** Counts each request that goes out. */
export const clientObserver =
  ({ requests, requestSeconds }: KubeMetrics) =>
  ({ method, host, code, seconds }: Exchange): void => {
    requests.inc({ method, host, code: code === 0 ? '<error>' : String(code) });
    requestSeconds.observe({ verb: method, host }, seconds);
  };

/** Sets how long ago the API server last said something about each resource, as it is at a scrape. */
export function observeCaches(
  { cacheAge }: KubeMetrics,
  sources: Iterable<readonly [string, { readonly activity: () => { readonly heardAt: number } }]>,
): void {
  for (const [resource, { activity }] of sources) {
    cacheAge.set({ resource }, (performance.now() - activity().heardAt) / 1000);
  }
}
