import { setTimeout as sleep, setImmediate as yieldToOthers } from 'node:timers/promises';
import { KIND } from '../../api/kinds.ts';
import { REASON } from '../../api/reasons.ts';
import { evidenceOf } from '../../api/run-evidence.ts';
import type { EvidenceStore } from '../../api/types.gen.ts';
import { removeRun } from '../../archive/release.ts';
import type { EventRecorder } from '../../kube/events.ts';
import { type ExpiredOptions, expiredIn, type RetainingStore, retainingStores } from './expired.ts';
import { abandonRemovals, type RemoveBytesOptions, removeReleased } from './remove-bytes.ts';

export interface RetentionOptions extends ExpiredOptions, RemoveBytesOptions {
  readonly events: EventRecorder;
  /** Whether every record of every store is in the archive, without which it isn't known what is referred to. */
  readonly isComplete: () => Promise<boolean>;
}

/** From one look to the next, a tenth more or less. */
const EVERY_MS = 3600_000;

/** Removes what nothing keeps, again and again until the signal. */
export async function keepRetention(options: RetentionOptions): Promise<void> {
  const { log, signal } = options;
  while (!signal.aborted) {
    await applyRetention(options, new Date()).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'Retention not applied');
    });
    await sleep(EVERY_MS * (0.9 + 0.2 * Math.random()), undefined, { signal }).catch(() => {});
  }
}

/** Removes once what nothing keeps by `now`: runs from the archive, then bytes that nothing refers to. */
export async function applyRetention(options: RetentionOptions, now: Date): Promise<void> {
  const { client, log } = options;
  const stores = retainingStores(await client.list<EvidenceStore>(KIND.EvidenceStore)).filter(removes);
  if (stores.length === 0) return abandonRemovals(options.removals);
  if (!(await options.isComplete())) {
    log.warn('Retention not applied: not every evidence store was looked through for records of runs');
    return;
  }
  const runs = new Map<string, number>();
  for (const each of stores) runs.set(each.store.metadata.name, await removeRuns(options, each, now));
  const objects = await removeReleased(
    options,
    stores.flatMap(({ names }) => names),
  );
  for (const { store, names } of stores) {
    const removed = names.reduce((sum, name) => sum + (objects.get(name) ?? 0), 0);
    tell(options, store, { runs: runs.get(store.metadata.name) ?? 0, objects: removed });
  }
}

const removes = ({ retention, held }: RetainingStore): boolean =>
  retention.enforcement !== 'Audit' && held === undefined;

async function removeRuns(options: RetentionOptions, store: RetainingStore, now: Date): Promise<number> {
  let count = 0;
  for await (const { run, document, keptBy } of expiredIn(options, store, now)) {
    options.signal.throwIfAborted();
    if (!options.isLeader()) throw new Error('another receiver archives now');
    if (keptBy !== undefined) continue;
    const evidence = evidenceOf(document).map(({ storeName, digest }) => ({ store: storeName, digest }));
    if (await removeRun(options.database, run, evidence)) {
      count += 1;
      const { uid, namespace, name, workflow } = run;
      const what = { namespace, run: name, uid, workflow };
      options.audit.note({ action: 'RunRemoved', verdict: 'Allowed', what });
    }
    // SQLite answers at once, and requests would wait until all is done.
    await yieldToOthers();
  }
  return count;
}

function tell(
  { events, log }: RetentionOptions,
  store: EvidenceStore,
  { runs, objects }: { readonly runs: number; readonly objects: number },
): void {
  if (runs === 0 && objects === 0) return;
  log.info({ store: store.metadata.name, runs, objects }, 'Retention applied');
  const note = `${runs} runs removed from the archive, and ${objects} objects that nothing refers to from the store`;
  const facts = { type: 'Normal', reason: REASON.RetentionApplied, action: 'Remove', note } as const;
  events.record({ ...store, kind: KIND.EvidenceStore.kind }, facts);
}
