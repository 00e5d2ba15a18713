import { join } from 'node:path';
import { KIND } from '../../src/api/kinds.ts';
import { digestsOf } from '../../src/api/run-evidence.ts';
import type { EvidenceStore, WorkflowRun } from '../../src/api/types.gen.ts';
import { openArchive } from '../../src/archive/open.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { createStoreAccess } from '../../src/evidence/access.ts';
import { connect } from '../../src/kube/connect.ts';
import { createEventRecorder, type EventRecorder } from '../../src/kube/events.ts';
import { startSource } from '../../src/kube/source.ts';
import { type AnnouncedRemovals, createAnnouncedRemovals } from '../../src/receiver/retention/announced.ts';
import { createRescue } from '../../src/receiver/retention/rescue.ts';
import { applyRetention, type RetentionOptions } from '../../src/receiver/retention/retention.ts';
import { createStores } from '../../src/receiver/stores.ts';
import { NO_AUDIT } from '../../src/telemetry/audit.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { createReceiverMetrics } from '../../src/telemetry/receiver-metrics.ts';
import type { ArchivedShop } from './archived-shop.ts';

const SYSTEM = 'proviso-system';
const HOUR_MS = 3600_000;

/** The retention of an archived shop, beside its receiver and with the rights of that, at the times that a test wants. */
export interface Retained {
  readonly database: ArchiveDatabase;
  readonly removals: AnnouncedRemovals;
  /** Applies it as if so many hours had passed. */
  apply(hours: number, changes?: Partial<RetentionOptions>): Promise<void>;
  /** Whether it knows that the run is in the cluster no more. */
  hasLost(run: string): boolean;
  /** Gives the default store this retention. */
  setPolicy(retention: EvidenceStore['spec']['retention'] | null): Promise<void>;
  stop(): Promise<void>;
}

export async function openRetained({ shop, dir }: ArchivedShop): Promise<Retained> {
  const { client, transport } = connect(
    await shop.stack.controlPlane.serviceAccountKubeconfig(SYSTEM, 'proviso-receiver'),
  );
  const abort = new AbortController();
  const runs = startSource<WorkflowRun>(transport, KIND.WorkflowRun, {
    signal: abort.signal,
    indexers: { digest: digestsOf },
    onChange: () => {},
    onError: () => {},
  });
  await runs.synced;
  const { database } = await openArchive(`sqlite:${join(dir, 'archive.db')}`);
  const removals = createAnnouncedRemovals(client, SYSTEM);
  const events: EventRecorder = createEventRecorder(client, 'receiver');
  return {
    database,
    removals,
    async apply(hours, changes = {}) {
      const options: RetentionOptions = {
        ...{ client, database, runs: runs.store, removals, events, audit: NO_AUDIT },
        stores: createStores(
          client,
          createStoreAccess(client, SYSTEM),
          createRescue(removals),
          createReceiverMetrics().storage,
        ),
        ...{ settleMs: 200, signal: abort.signal, log: createLogger('receiver', 'silent') },
        isLeader: () => true,
        isComplete: () => Promise.resolve(true),
        ...changes,
      };
      await applyRetention(options, new Date(Date.now() + hours * HOUR_MS));
      await events.drain();
    },
    hasLost: (name) => runs.store.get({ namespace: 'shop', name }) === undefined,
    async setPolicy(retention) {
      await shop.kubectl(`patch evidencestore default --type=merge -p ${JSON.stringify({ spec: { retention } })}`);
    },
    async stop() {
      abort.abort();
      await runs.stopped;
      await database.destroy();
    },
  };
}
