import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { hostname } from 'node:os';
import manifest from '../../package.json' with { type: 'json' };
import { type WebIdentityFlags, webIdentityOf } from '../evidence/web-identity.ts';
import { connect } from '../kube/connect.ts';
import { readIssuers } from '../oidc/issuers.ts';
import { closeEngines, createEngines } from '../policy/engines.ts';
import { openAuditLog } from '../telemetry/audit.ts';
import { watchEventLoop } from '../telemetry/event-loop.ts';
import { serveHealth } from '../telemetry/health.ts';
import { clientObserver } from '../telemetry/kube-metrics.ts';
import { createLogger } from '../telemetry/log.ts';
import { createOperatorMetrics } from '../telemetry/metrics.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { CONTROLLERS } from './observers.ts';
import { ProvisoOperator } from './operator.ts';

export interface OperatorOptions extends WebIdentityFlags {
  /** Proviso's own namespace. */
  readonly namespace: string;
  /** Where pipelines find the receiver, `https://…`. */
  readonly endpoint: string;
  /** Who the control plane's statements say has verified, a URI; default: named after the cluster. */
  readonly verifierId?: string;
  readonly healthPort: number;
  /** Reconciles at once, per kind. */
  readonly workers: number;
  readonly kubeconfig?: string;
  readonly logLevel: string;
  /** The list of allowed OIDC issuers; absent, there are none. */
  readonly oidcIssuers?: string;
  /** Whether finished runs stay until they are archived; default: they don't. */
  readonly archivedOnly?: boolean;
  /** Where decisions are written down: a file, or `-` for standard output; absent: nowhere. */
  readonly auditLogPath?: string;
}

/** Runs the operator until the signal; resolves when everything has ended. */
export async function runOperator(options: OperatorOptions, signal: AbortSignal): Promise<void> {
  const log = createLogger('operator', options.logLevel);
  const issuers = await readIssuers(options.oidcIssuers);
  const metrics = createOperatorMetrics(CONTROLLERS);
  const engines = createEngines(log);
  const tracing = await startTracing({
    ...{ service: 'proviso-operator', version: manifest.version, env: process.env, timeoutMs: 5_000 },
    onFailure: (why) => log.warn({ why }, 'Traces not sent'),
  });
  const audit = openAuditLog(options.auditLogPath, 'operator', (error) =>
    log.error({ err: error }, 'Audit line not written'),
  );
  const operator = new ProvisoOperator({
    metrics,
    audit,
    connection: connect(options.kubeconfig, clientObserver(metrics)),
    namespace: options.namespace,
    endpoint: options.endpoint,
    verifierId: options.verifierId,
    workers: options.workers,
    issuers,
    archivedOnly: options.archivedOnly === true,
    webIdentity: webIdentityOf(options),
    engines,
    identity: `${hostname()}_${randomUUID()}`,
    log,
    tracing,
  });
  const stopHealth = await serveHealth({
    port: options.healthPort,
    live: { progress: () => operator.stalled(performance.now()), loop: watchEventLoop() },
    metrics: metrics.render,
    ready: {
      caches: () => (operator.isSynced ? undefined : 'the first lists are not in yet'),
      stopping: () => (signal.aborted ? 'the operator is stopping' : undefined),
    },
  });
  signal.addEventListener('abort', () => operator.stop(), { once: true });
  try {
    await operator.start();
    log.info({ namespace: options.namespace, endpoint: options.endpoint }, 'Operator started');
    const asked = signal.aborted ? Promise.resolve() : once(signal, 'abort');
    const isDeposed = await Promise.race([operator.deposed.then(() => true), asked.then(() => false)]);
    // Started anew, it is a standby again.
    if (isDeposed) process.exitCode = 1;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    operator.stop();
    await operator.stopped();
    await closeEngines(engines);
    await tracing.close();
    await stopHealth();
    audit.close();
  }
  log.info('Operator stopped');
}
