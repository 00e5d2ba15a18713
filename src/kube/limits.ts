import type { KubeRequest, Transport } from './transport.ts';

/** What every request of a transport is held to, besides what it asks for by itself. */
export interface RequestLimits {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Asked at the last moment before a write goes out; what it throws is thrown instead. */
  readonly beforeWrite?: () => void;
}

/** A write that was held back, since somebody else may lead by now. */
export class NotLeaderError extends Error {}

/**
 * Lets writes out only while `isLeader` says so at that very moment. A leader that was stopped for a while (a paused
 * process, a stalled loop) wakes up with requests half prepared; this is where they end.
 */
export const fence = (isLeader: () => boolean) => (): void => {
  if (!isLeader()) throw new NotLeaderError('this replica does not hold the lease');
};

/** The transport with limits; its connections are the same. */
export function limited(transport: Transport, limits: RequestLimits): Transport {
  const held = (call: KubeRequest): KubeRequest => {
    const signals = [call.signal, limits.signal].filter((signal) => signal !== undefined);
    const [signal] = signals.length > 1 ? [AbortSignal.any(signals)] : signals;
    const timeoutMs = call.timeoutMs ?? limits.timeoutMs;
    const before = call.method === 'GET' ? call.before : limits.beforeWrite;
    return {
      ...call,
      ...(signal === undefined ? {} : { signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(before === undefined ? {} : { before }),
    };
  };
  return { send: (call) => transport.send(held(call)), open: (call) => transport.open(held(call)) };
}
