import { resolve } from 'node:path';
import { KIND } from '../../api/kinds.ts';
import { Problem } from '../../api/problem.ts';
import { keyOf } from '../../kube/store.ts';
import { type ClusterFlags, clusterProblem, openCluster } from '../backup/cluster.ts';
import { type Backup, openBackup } from '../backup/directory.ts';
import { type KeptObject, RESTORED_KINDS } from '../backup/objects.ts';
import { awaitReady, type NotReady } from '../backup/ready.ts';
import { restoreKeys } from '../backup/restore-keys.ts';
import { adoptRevision, type RestoreOptions, restoreObject } from '../backup/restore-objects.ts';
import { type RecordOutcomes, restoreRecords } from '../backup/restore-records.ts';
import { EXIT } from '../exit-code.ts';
import { isComplete, type Restored, type RestoredObject, restoreReport } from '../print/restored.ts';
import { printResult, type Session } from '../session.ts';

export interface RestoreFlags extends ClusterFlags {
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly timeout: string;
}

/** What has to be Ready, in the order in which one needs the other. */
const AWAITED = [KIND.EvidenceStore, KIND.TrustRoot, KIND.ClusterContract, KIND.Contract, KIND.Workflow] as const;

/** `proviso restore`: brings back what a backup has, in the order in which one needs the other, and says what it could not. */
export async function restore(session: Session, directory: string, flags: RestoreFlags): Promise<number> {
  const seconds = secondsOf(flags);
  const backup = await openBackup(resolve(session.io.cwd, directory));
  const client = await openCluster(flags);
  const options = { client, replace: flags.replace === true, dryRun: flags.dryRun === true };
  try {
    const keys = await restoreSecrets(options, backup);
    const objects = await restoreObjects(options, backup);
    const notReady = options.dryRun ? [] : await untilReady(session, options, backup, seconds);
    const areKeysThere = keys.every(({ outcome }) => outcome.kind === 'unchanged');
    const records = options.dryRun && !areKeysThere ? undefined : await restoreRuns(session, backup, options.dryRun);
    const restored: Restored = {
      dryRun: options.dryRun,
      objects: [...keys, ...objects],
      notReady,
      ...(records === undefined ? {} : { records }),
      notInBackup: backup.manifest.runs,
    };
    printResult(session, restored, () => restoreReport(session.io, restored));
    return isComplete(restored) ? EXIT.ok : EXIT.error;
  } catch (error) {
    throw clusterProblem(error);
  }
}

async function* objectsIn(backup: Backup, part: 'objects' | 'secrets'): AsyncGenerator<KeptObject, void> {
  for await (const line of backup.lines(part)) yield JSON.parse(line.toString('utf8')) as KeptObject;
}

async function restoreSecrets(options: RestoreOptions, backup: Backup): Promise<readonly RestoredObject[]> {
  const restored: RestoredObject[] = [];
  for await (const object of objectsIn(backup, 'secrets')) {
    restored.push({ ...nameOf(object), outcome: await restoreKeys(options, object) });
  }
  return restored;
}

async function restoreObjects(options: RestoreOptions, backup: Backup): Promise<readonly RestoredObject[]> {
  const restored: RestoredObject[] = [];
  /** Not there yet, for an API server that keeps nothing. */
  const missing = new Set<string>();
  for await (const object of objectsIn(backup, 'objects')) {
    const kind = RESTORED_KINDS.find((each) => each.kind === object.kind);
    if (kind === undefined) continue;
    const isIn = missing.has(object.metadata.namespace ?? '');
    const outcome = isIn ? ({ kind: 'created' } as const) : await restoreObject(options, kind, object);
    if (kind === KIND.Namespace && options.dryRun && outcome.kind === 'created') missing.add(object.metadata.name);
    restored.push({ ...nameOf(object), outcome });
  }
  for await (const object of objectsIn(backup, 'objects')) {
    if (object.kind === KIND.ControllerRevision.kind) await adoptRevision(options, object);
  }
  return restored;
}

const nameOf = ({ kind, metadata }: KeptObject): Pick<RestoredObject, 'kind' | 'object'> => ({
  kind,
  object: keyOf(metadata),
});

async function untilReady(
  { io }: Session,
  { client }: RestoreOptions,
  backup: Backup,
  seconds: number,
): Promise<readonly NotReady[]> {
  const until = performance.now() + seconds * 1000;
  const keys = new Map<string, string[]>(AWAITED.map(({ kind }) => [kind, []]));
  for await (const { kind, metadata } of objectsIn(backup, 'objects')) keys.get(kind)?.push(keyOf(metadata));
  const notReady: NotReady[] = [];
  for (const kind of AWAITED) {
    const wanted = keys.get(kind.kind) ?? [];
    if (wanted.length > 0) io.err(`waiting for ${wanted.length} ${kind.kind} to be Ready`);
    notReady.push(...(await awaitReady(client, kind, wanted, until)));
  }
  return notReady;
}

const TOLD_EVERY = 1000;

async function restoreRuns(session: Session, backup: Backup, dryRun: boolean): Promise<RecordOutcomes | undefined> {
  const count = backup.manifest.parts.records?.lines ?? 0;
  if (count === 0) return undefined;
  return restoreRecords(session.receiver(), backup.lines('records'), dryRun, (done) => {
    if (done % TOLD_EVERY === 0) session.io.err(`${done} of ${count} archived runs`);
  });
}

function secondsOf({ timeout }: RestoreFlags): number {
  if (/^\d{1,6}$/.test(timeout)) return Number(timeout);
  throw new Problem('usage', `--timeout '${timeout}' is not a whole number of seconds`);
}
