import manifest from '../../package.json' with { type: 'json' };
import { Problem } from '../api/problem.ts';
import { formatTraceparent, parseTraceparent } from '../telemetry/trace-context.ts';
import { startTracing } from '../telemetry/tracing.ts';
import type { Io } from './io.ts';
import { recalledTrace } from './run-memory.ts';

/** The trace that a command is part of. */
export interface CommandTrace {
  /** What every request of the command carries. */
  readonly traceparent: string;
  /** Ends it; with what the command threw, if it did. Never throws, and takes seconds at most. */
  end(error?: unknown): Promise<void>;
}

/** No pipeline waits longer than that for a collector, in ms. */
const TIMEOUT = 2_000;

/**
 * Goes on with the trace that TRACEPARENT names, as pipelines hand it on; otherwise with that of the run that was opened here. What is about
 * no run, or opens one, begins a trace.
 */
export async function beginTrace({ env, cwd }: Pick<Io, 'env' | 'cwd'>, command: string): Promise<CommandTrace> {
  const recalled = ABOUT_A_RUN.includes(command) ? recalledTrace(cwd) : undefined;
  const parent = parseTraceparent(env.TRACEPARENT) ?? parseTraceparent(recalled);
  const options = { service: 'proviso-cli', version: manifest.version, env, timeoutMs: TIMEOUT, onFailure: () => {} };
  const tracing = await startTracing(options);
  const span = tracing.span(`proviso ${command}`, { kind: 'client', parent });
  return {
    traceparent: formatTraceparent(span.context),
    async end(error) {
      span.end(error === undefined ? undefined : error instanceof Problem ? error.code : 'internal');
      await tracing.close();
    },
  };
}

const ABOUT_A_RUN: readonly string[] = ['add', 'push', 'status', 'reset'];
