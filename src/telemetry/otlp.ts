import { DiagLogLevel, diag, ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { TraceContext } from './trace-context.ts';
import type { Tracing, TracingOptions } from './tracing.ts';

const KIND = { client: SpanKind.CLIENT, server: SpanKind.SERVER, internal: SpanKind.INTERNAL } as const;

/** Long enough for why, and too short for what was sent. */
const MAX_MESSAGE = 200;

/** Traces that are sent to a collector, JSON by HTTP; the exporter reads OTEL_EXPORTER_OTLP_HEADERS and its like itself. */
export function startOtlp(url: string, { service, version, env, timeoutMs, onFailure }: TracingOptions): Tracing {
  const told = (message: string): void => onFailure(message.slice(0, MAX_MESSAGE));
  const silent = (): void => {};
  const logger = { error: told, warn: silent, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
  const named = { 'service.name': env.OTEL_SERVICE_NAME || service, 'service.version': version };
  const provider = new TracerProvider({
    resource: detectResources({ detectors: [envDetector] }).merge(resourceFromAttributes(named)),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url, timeoutMillis: timeoutMs }) })],
  });
  const tracer = provider.getTracer('proviso', version);
  return {
    span(name, { kind, parent, attributes = {} }) {
      const span = tracer.startSpan(name, { kind: KIND[kind], attributes: { ...attributes } }, below(parent));
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        context: { traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 },
        rename: (better) => void span.updateName(better),
        set: (more) => void span.setAttributes({ ...more }),
        end(failure) {
          if (failure !== undefined) {
            span.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR, message: failure });
          }
          span.end();
        },
      };
    },
    close: () => provider.shutdown().catch((error: unknown) => told(String(error))),
  };
}

function below(parent: TraceContext | undefined) {
  if (parent === undefined) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
