import { randomBytes } from 'node:crypto';

/** Where in a trace something happens (W3C Trace Context). */
export interface TraceContext {
  /** 32 hexadecimal digits, lower case. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
  /** Whether its spans are wanted. */
  readonly sampled: boolean;
}

const FORM = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The value of a `traceparent`; `undefined` for what is none, as a stranger may send anything. */
export function parseTraceparent(text: unknown): TraceContext | undefined {
  if (typeof text !== 'string' || text.length > 256) return undefined;
  const [, version, traceId, spanId, flags = '', more] = FORM.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export const formatTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** A place of its own below another, or at the beginning of a new trace. */
export function childOf(parent: TraceContext | undefined): TraceContext {
  const bytes = randomBytes(24).toString('hex');
  const spanId = bytes.slice(32);
  return parent === undefined ? { traceId: bytes.slice(0, 32), spanId, sampled: true } : { ...parent, spanId };
}
