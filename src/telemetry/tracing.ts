import { childOf, type TraceContext } from './trace-context.ts';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Something that takes time and is part of a trace. */
export interface Span {
  readonly context: TraceContext;
  /** Calls it by what turned out to be done. */
  rename(name: string): void;
  /** No secret, and nothing that a stranger may have written at length. */
  set(attributes: Attributes): void;
  /** Ends it; `failure` is the stable code of what went wrong. */
  end(failure?: string): void;
}

export interface SpanOptions {
  /** Who asks, who is asked, or neither. */
  readonly kind: 'client' | 'server' | 'internal';
  readonly parent?: TraceContext | undefined;
  readonly attributes?: Attributes;
}

/** Makes spans. */
export interface Tracing {
  span(name: string, options: SpanOptions): Span;
  /** Sends what is not sent yet, and gives up after a while. Never throws. */
  close(): Promise<void>;
}

/** Traces that nobody collects: they have ids, so that logs can be told to belong together, and cost nothing else. */
export const IDS_ONLY: Tracing = {
  span: (_name, { parent }) => ({ context: childOf(parent), rename() {}, set() {}, end() {} }),
  close: () => Promise.resolve(),
};

export interface TracingOptions {
  /** `service.name`, unless OTEL_SERVICE_NAME says another. */
  readonly service: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long sending may take, in ms. */
  readonly timeoutMs: number;
  /** Told when spans can't be sent. */
  readonly onFailure: (message: string) => void;
}

/** Traces that are sent by OTLP over HTTP if an endpoint is set, and only then is what sends them loaded. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { env } = options;
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return IDS_ONLY;
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const shared = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!own && !shared) return IDS_ONLY;
  const { startOtlp } = await import('./otlp.ts');
  return startOtlp(own || `${shared?.replace(/\/$/, '')}/v1/traces`, options);
}
