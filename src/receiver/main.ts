import { once } from 'node:events';
import type { Server } from 'node:https';
import manifest from '../../package.json' with { type: 'json' };
import { KIND } from '../api/kinds.ts';
import { digestsOf } from '../api/run-evidence.ts';
import type { EvidenceStore, WorkflowRun } from '../api/types.gen.ts';
import { createStoreAccess } from '../evidence/access.ts';
import { type WebIdentityFlags, webIdentityOf } from '../evidence/web-identity.ts';
import { connect, type KubeConnection } from '../kube/connect.ts';
import { createEventRecorder } from '../kube/events.ts';
import { stalledSource, startSource } from '../kube/source.ts';
import { type AllowedIssuers, readIssuers } from '../oidc/issuers.ts';
import { assertNotOurs } from '../oidc/own-issuer.ts';
import { createOidcVerifier } from '../oidc/verifier.ts';
import { endpointRules } from '../outbound/endpoints.ts';
import { closeEngines, createEngines } from '../policy/engines.ts';
import { openAuditLog } from '../telemetry/audit.ts';
import { watchEventLoop } from '../telemetry/event-loop.ts';
import { serveHealth } from '../telemetry/health.ts';
import { clientObserver, observeCaches } from '../telemetry/kube-metrics.ts';
import { createLogger } from '../telemetry/log.ts';
import { createReceiverMetrics } from '../telemetry/receiver-metrics.ts';
import { startTracing } from '../telemetry/tracing.ts';
import { createApp } from './app.ts';
import { type Archive, keepArchive } from './archive.ts';
import { decided } from './audit.ts';
import { createAccess } from './auth/access.ts';
import { createAuthenticator } from './auth/review.ts';
import { createCallerLimits } from './caller-limits.ts';
import { createChecks } from './checks/checks.ts';
import type { ReceiverContext } from './context.ts';
import { createContracts } from './contracts.ts';
import { createControlPlane } from './control-plane.ts';
import { followSubscriptions } from './delivery/subscriptions.ts';
import { keepIntake } from './intake/keep-intake.ts';
import { createTouched } from './intake/touched.ts';
import { createMemoryBudget, createOutsideBudget } from './memory.ts';
import { observedChecks } from './observed/checks.ts';
import { observedEngines } from './observed/engines.ts';
import { observeLoad } from './observed/load.ts';
import { dropSeries, workflowOf } from './observed/workflows.ts';
import { createRecordMaterials } from './record-materials.ts';
import { keepCurrent } from './reevaluation/keep-current.ts';
import { createAnnouncedRemovals } from './retention/announced.ts';
import { createRescue } from './retention/rescue.ts';
import { digestsMentionedBy } from './routes/referrers.ts';
import { awaitCertificate, createReceiverServer, followCertificate } from './serving.ts';
import { createSigningAuthority } from './signing-authority.ts';
import { createStores } from './stores.ts';
import { createTrustRoots } from './trust-roots.ts';
import { followWaivers } from './waivers.ts';

export interface ReceiverOptions extends WebIdentityFlags {
  /** Proviso's own namespace. */
  readonly namespace: string;
  readonly host: string;
  readonly port: number;
  readonly healthPort: number;
  readonly kubeconfig?: string;
  readonly logLevel: string;
  /** The list of allowed OIDC issuers; absent, there are none. */
  readonly oidcIssuers?: string;
  /** Where finished runs are kept, as `openArchive` takes it; absent, nowhere. */
  readonly archive?: string;
  /** Where besides the internet events may be told, origins with commas between them. */
  readonly eventEndpoints?: string;
  /** Where decisions are written down, `-` for standard output; absent, nowhere. */
  readonly auditLogPath?: string;
}

/** In-flight requests get this long after a signal to stop. */
const DRAIN_MS = 8_000;

/** Runs the receiver until the signal; resolves when everything is closed. */
export async function runReceiver(options: ReceiverOptions, signal: AbortSignal): Promise<void> {
  const log = createLogger('receiver', options.logLevel);
  const metrics = createReceiverMetrics();
  const connection = connect(options.kubeconfig, clientObserver(metrics.kube));
  const tracing = await startTracing({
    ...{ service: 'proviso-receiver', version: manifest.version, env: process.env, timeoutMs: 5_000 },
    onFailure: (why) => log.warn({ why }, 'Traces not sent'),
  });
  const audit = openAuditLog(options.auditLogPath, 'receiver', (error) =>
    log.error({ err: error }, 'Audit line not written'),
  );
  const endpoints = endpointRules(options.eventEndpoints?.split(',').map((entry) => entry.trim()) ?? []);
  const issuers = await readIssuers(options.oidcIssuers);
  await assertNotOurs(issuers, connection.credentials);
  const touched = createTouched();
  const interrupted = (resource: string) => (error: unknown) => {
    metrics.kube.watchRestarts.inc({ resource });
    log.warn({ err: error, resource }, 'Watch interrupted');
  };
  const runs = startSource<WorkflowRun>(connection.transport, KIND.WorkflowRun, {
    signal,
    indexers: {
      digest: digestsOf,
      mentioned: digestsMentionedBy,
      namespace: ({ metadata }) => [metadata.namespace ?? ''],
      owner: ({ spec }) => (spec.identity.owner === undefined ? [] : [spec.identity.owner.uid]),
      workflow: workflowOf,
    },
    onChange(change) {
      archive?.seen(change);
      touched.seen(change);
      if (change.type === 'deleted') dropSeries(metrics, runs.store, change.object);
    },
    onError: interrupted('workflowruns'),
  });
  const waivers = followWaivers(connection.transport, {
    signal,
    onError: interrupted('waivers'),
  });
  const subscriptions = followSubscriptions(connection.transport, {
    signal,
    onError: interrupted('subscriptions'),
  });
  metrics.onScrape(() => observeCaches(metrics.kube, Object.entries({ workflowruns: runs, waivers, subscriptions })));
  let archive: Archive | undefined;
  const state = { runs: false, waivers: false, serving: false };
  for (const [name, { synced }] of Object.entries({ runs, waivers })) {
    synced.then(
      () => {
        state[name as 'runs' | 'waivers'] = true;
      },
      () => {},
    );
  }
  const stopHealth = await serveHealth({
    port: options.healthPort,
    metrics: metrics.render,
    live: {
      runs: () => stalledSource(runs.activity(), performance.now()),
      waivers: () => stalledSource(waivers.activity(), performance.now()),
      subscriptions: () => stalledSource(subscriptions.activity(), performance.now()),
      loop: watchEventLoop(),
    },
    ready: {
      runs: () => (state.runs ? undefined : 'the workflow runs are not listed yet'),
      waivers: () => (state.waivers ? undefined : 'the waivers are not listed yet'),
      certificate: () => (state.serving ? undefined : 'the serving certificate is not there yet'),
      stopping: () => (signal.aborted ? 'the receiver is stopping' : undefined),
    },
  });
  const checks = createChecks(log);
  const engines = createEngines(log);
  try {
    const certificate = await awaitCertificate(connection.client, options.namespace, log, signal);
    const judges = {
      checks: observedChecks(checks, metrics.intake),
      engines: observedEngines(engines, metrics.intake),
    };
    const base = createContext(connection, options, issuers, runs.store, { ...judges, metrics, audit, tracing }, log);
    archive = keepArchive(options.archive, {
      ...{ ...base, namespace: options.namespace, synced: runs.synced, signal },
      // Filters of Subscriptions are no policies.
      ...{ subscriptions, endpoints, engines },
    });
    const context: ReceiverContext = { ...base, waivers: waivers.store, archive };
    await sweepStores(context);
    const server = createReceiverServer(
      certificate,
      createApp(context, () => signal.aborted),
      metrics.requests,
    );
    server.listen(options.port, options.host);
    await once(server, 'listening');
    state.serving = true;
    log.info({ host: options.host, port: options.port }, 'Receiver listening');
    await Promise.all([
      drainOn(server, signal),
      followCertificate(server, connection.client, options.namespace, log, signal),
      runs.stopped,
      waivers.stopped,
      subscriptions.stopped,
      archive.stopped,
      keepIntake(context, { namespace: options.namespace, synced: runs.synced, touched, signal }),
      keepCurrent({ ...context, engines }, { namespace: options.namespace, signal }),
    ]);
    await context.events.drain();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await checks.close();
    await closeEngines(engines);
    await tracing.close();
    await stopHealth();
    audit.close();
  }
  log.info('Receiver stopped');
}

function createContext(
  { client }: KubeConnection,
  options: ReceiverOptions,
  issuers: AllowedIssuers,
  runs: ReceiverContext['runs'],
  parts: Pick<ReceiverContext, 'checks' | 'engines' | 'metrics' | 'audit' | 'tracing'>,
  log: ReceiverContext['log'],
): Omit<ReceiverContext, 'waivers' | 'archive'> {
  const oidc = createOidcVerifier(issuers, {
    onFailure: (issuer, error) => log.warn({ issuer, err: error }, 'Keys of an OIDC issuer not read'),
  });
  const authenticate = createAuthenticator(client, oidc);
  const admit = createCallerLimits();
  const webIdentity = webIdentityOf(options);
  const [memory, memoryOutside] = [createMemoryBudget(), createOutsideBudget()];
  observeLoad(parts, { memory, memoryOutside });
  return {
    client,
    authenticate: async (request, response) => {
      const authenticated = await authenticate(request.headers.authorization);
      decided(response, { who: authenticated.caller.username });
      admit(authenticated.caller, response);
      return authenticated;
    },
    memory,
    memoryOutside,
    ...parts,
    access: createAccess(client),
    contracts: createContracts(client),
    stores: createStores(
      client,
      createStoreAccess(client, options.namespace, webIdentity),
      createRescue(createAnnouncedRemovals(client, options.namespace)),
      parts.metrics.storage,
    ),
    signing: createSigningAuthority(client, options.namespace),
    trustRoots: createTrustRoots(client, options.namespace),
    controlPlane: createControlPlane(client, options.namespace),
    runs,
    recordMaterials: createRecordMaterials({ client, runs }),
    events: createEventRecorder(client, 'receiver', (error) => log.warn({ err: error }, 'Event not sent')),
    log,
  };
}

/**
 * Puts back and removes what a killed receiver left in a directory. What it left elsewhere is no matter of a start: the
 * operator sweeps all stores again and again.
 */
async function sweepStores({ client, stores, log }: ReceiverContext): Promise<void> {
  for (const { metadata, spec } of await client.list<EvidenceStore>(KIND.EvidenceStore)) {
    if (spec.filesystem === undefined) continue;
    // What can't be swept takes room and nothing more: no reason not to start.
    const { bytes } = await stores.get(metadata.name);
    const removed = await bytes.sweep(Date.now()).catch((error: unknown) => {
      log.warn({ store: metadata.name, err: error }, 'Abandoned uploads not removed');
      return 0;
    });
    if (removed > 0) log.info({ store: metadata.name, removed }, 'Abandoned uploads removed');
  }
}

/** Waits for the signal, then for requests in flight, but not for ever. */
async function drainOn(server: Server, signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  // A connection that is kept alive gets idle once its request is answered, and then holds the end up for nothing.
  const idle = setInterval(() => server.closeIdleConnections(), 100);
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
}
