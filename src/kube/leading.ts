import { randomUUID } from 'node:crypto';
import type { KubeClient } from './client.ts';
import { type Leadership, runForLease } from './lease.ts';

export interface LeadingOptions {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Of the lease. */
  readonly name: string;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Does the work whenever the lease is ours, until the signal; `over` ends it when the lease is lost. */
export async function whileLeading(
  { client, namespace, name, signal, onError }: LeadingOptions,
  work: (over: AbortSignal, leadership: Leadership) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const leadership = runForLease({ client, namespace, name, identity: randomUUID(), signal, onError });
    const isOurs = await leadership.acquired.then(
      () => true,
      () => false,
    );
    const over = new AbortController();
    const ended = leadership.ended.then(() => over.abort());
    if (isOurs) await work(AbortSignal.any([signal, over.signal]), leadership);
    await ended;
  }
}
