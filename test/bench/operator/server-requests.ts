import type { Transport } from '../../../src/kube/transport.ts';
import { samplesOf } from '../../support/samples.ts';

/** Requests by what was asked, as the API server counted them. */
export type RequestCounts = ReadonlyMap<string, RequestCount>;

export interface RequestCount {
  readonly verb: string;
  /** With the subresource: `workflows/status`. */
  readonly resource: string;
  readonly count: number;
}

/**
 * What the operator has to do with. The API server doesn't say who asked, so its own traffic to itself (flow control,
 * leases, the watches of its authorizer) is left out by kind, and nothing else may run while a difference is taken.
 */
const RESOURCES: ReadonlySet<string> = new Set([
  ...['contracts', 'workflows', 'workflowruns', 'evidencestores', 'controllerrevisions', 'events'],
  ...['serviceaccounts', 'secrets', 'roles', 'rolebindings'],
]);
const WRITES: ReadonlySet<string> = new Set(['POST', 'APPLY', 'PATCH', 'PUT', 'DELETE']);

/** Asks the API server how many requests it has answered so far. */
export async function readRequests(transport: Transport): Promise<RequestCounts> {
  const stream = await transport.open({ method: 'GET', path: '/metrics' });
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  const counts = new Map<string, RequestCount>();
  for (const { labels, value } of samplesOf(Buffer.concat(chunks).toString('utf8'), 'apiserver_request_total')) {
    const { verb = '', resource = '', subresource = '' } = labels;
    if (!RESOURCES.has(resource)) continue;
    const name = subresource === '' ? resource : `${resource}/${subresource}`;
    const key = `${verb} ${name}`;
    counts.set(key, { verb, resource: name, count: (counts.get(key)?.count ?? 0) + value });
  }
  return counts;
}

/** What was added between two readings. */
export function requestsBetween(before: RequestCounts, after: RequestCounts): readonly RequestCount[] {
  return [...after]
    .map(([key, each]) => ({ ...each, count: each.count - (before.get(key)?.count ?? 0) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

/** All requests. A watch is counted when it ends, so those that are open are missing. */
export const totalOf = (counts: readonly RequestCount[]): number => counts.reduce((sum, { count }) => sum + count, 0);

export const writesOf = (counts: readonly RequestCount[]): number =>
  totalOf(counts.filter(({ verb }) => WRITES.has(verb)));

export const statusWritesOf = (counts: readonly RequestCount[]): number =>
  totalOf(counts.filter(({ verb, resource }) => WRITES.has(verb) && resource.endsWith('/status')));

/** Counts by verb, the most frequent first. */
export function byVerb(counts: readonly RequestCount[]): readonly (readonly [verb: string, count: number])[] {
  const verbs = Map.groupBy(counts, ({ verb }) => verb);
  return [...verbs].map(([verb, each]) => [verb, totalOf(each)] as const).sort(([, a], [, b]) => b - a);
}
