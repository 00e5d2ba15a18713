import { resolve } from 'node:path';
import { KIND, type ResourceKind } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { Problem } from '../../api/problem.ts';
import { asRecord, asText } from '../../api/record.ts';
import { CONTROL_PLANE_SECRET } from '../../api/trust-objects.ts';
import { keyOf } from '../../kube/store.ts';
import { type Backup, openBackup } from '../backup/directory.ts';
import { contractOf, type KeptObject, keptObject, RESTORED_KINDS } from '../backup/objects.ts';
import { awaitReady, type NotReady } from '../backup/ready.ts';
import { restoreKeys } from '../backup/restore-keys.ts';
import { adoptRevision, type RestoreOptions, restoreObject } from '../backup/restore-objects.ts';
import { type RecordOutcomes, restoreRecords } from '../backup/restore-records.ts';
import { type InstallationFlags, withCluster } from '../cluster.ts';
import { EXIT } from '../exit-code.ts';
import { isComplete, type Restored, type RestoredObject, restoreReport } from '../print/restored.ts';
import { printResult, type Session } from '../session.ts';
import { secondsOf } from '../values.ts';

export interface RestoreFlags extends InstallationFlags {
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly timeout: string;
}

/** What has to be Ready, in the order in which one needs the other. */
const AWAITED = [KIND.EvidenceStore, KIND.TrustRoot, KIND.ClusterContract, KIND.Contract, KIND.Workflow] as const;

/** `proviso restore`: brings back what a backup has, in the order in which one needs the other, and says what it could not. */
export async function restore(session: Session, directory: string, flags: RestoreFlags): Promise<number> {
  const seconds = secondsOf(flags.timeout);
  const backup = await openBackup(resolve(session.io.cwd, directory));
  return withCluster(flags, async (client) => {
    const options = { client, replace: flags.replace === true, dryRun: flags.dryRun === true };
    const keys = await restoreSecrets(options, backup, flags);
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
  });
}

/**
 * The keys of the control plane, and no other Secret: a backup is read with the rights of an administrator, and whoever could
 * write to it shouldn't have them.
 */
async function restoreSecrets(
  options: RestoreOptions,
  backup: Backup,
  { systemNamespace }: RestoreFlags,
): Promise<readonly RestoredObject[]> {
  const restored: RestoredObject[] = [];
  for await (const line of backup.lines('secrets')) {
    const object = keptObject(KIND.Secret, objectIn(line));
    const { name, namespace = '' } = object.metadata;
    if (name !== CONTROL_PLANE_SECRET) {
      throw new Problem('backup-invalid', `the Secret ${namespace}/${name} is not one that a backup has`);
    }
    if (namespace !== systemNamespace) {
      throw new Problem('usage', `the backup is of an installation in the namespace ${namespace}`, {
        hint: `restore into one that is in the same: --system-namespace ${namespace}`,
      });
    }
    restored.push({ ...nameOf(object), outcome: await restoreKeys(options, object) });
  }
  return restored;
}

async function restoreObjects(options: RestoreOptions, backup: Backup): Promise<readonly RestoredObject[]> {
  const restored: RestoredObject[] = [];
  /** Not there yet, for an API server that keeps nothing. */
  const missing = new Set<string>();
  for await (const { kind, object } of objectsIn(backup)) {
    const isIn = missing.has(object.metadata.namespace ?? '');
    const outcome = isIn ? ({ kind: 'created' } as const) : await restoreObject(options, kind, object);
    if (kind === KIND.Namespace && options.dryRun && outcome.kind === 'created') missing.add(object.metadata.name);
    restored.push({ ...nameOf(object), outcome });
  }
  for await (const { kind, object } of objectsIn(backup)) {
    if (kind === KIND.ControllerRevision) await adoptRevision(options, object);
  }
  return restored;
}

interface ObjectIn {
  readonly kind: ResourceKind;
  readonly object: KeptObject;
}

/** What is restored of the objects in a backup: of the kinds that are, and with nothing but what is kept of them. */
async function* objectsIn(backup: Backup): AsyncGenerator<ObjectIn, void> {
  for await (const line of backup.lines('objects')) {
    const found = objectIn(line);
    const kind: ResourceKind | undefined = RESTORED_KINDS.find((each) => each.kind === found.kind);
    if (kind === undefined) continue;
    const object = keptObject(kind, found);
    if (kind === KIND.ControllerRevision && contractOf(object) === undefined) {
      throw new Problem('backup-invalid', `the ControllerRevision ${keyOf(object.metadata)} is of no contract`);
    }
    yield { kind, object };
  }
}

function objectIn(line: Buffer): KubeObject {
  const object = JSON.parse(line.toString('utf8')) as KubeObject;
  if (asText(asRecord(object.metadata)?.name) !== undefined) return object;
  throw new Problem('backup-invalid', 'an object of the backup has no name');
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
  for await (const { kind, object } of objectsIn(backup)) keys.get(kind.kind)?.push(keyOf(object.metadata));
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
