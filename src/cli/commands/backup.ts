import { resolve } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import { KIND } from '../../api/kinds.ts';
import { Problem } from '../../api/problem.ts';
import type { MissingRecord } from '../../api/record-messages.ts';
import { isArchived, isFinished } from '../../api/run-verdict.ts';
import { type Secret, secretText } from '../../api/secret.ts';
import { CONTROL_PLANE_SECRET } from '../../api/trust-objects.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type BackupWriter, createBackup, type Manifest, type ManifestFacts } from '../backup/directory.ts';
import { fetchRecords } from '../backup/fetch-records.ts';
import { keptObject, objectsOf } from '../backup/objects.ts';
import { type InstallationFlags, withCluster } from '../cluster.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../print/plain.ts';
import { printResult, type Session } from '../session.ts';

export interface BackupFlags extends InstallationFlags {
  readonly to: string;
  /** False with --no-secrets. */
  readonly secrets: boolean;
}

/** Named in the manifest; all of them are counted. */
const MAX_NAMED = 100;

/** `proviso backup`: what an installation can't make anew, but for the evidence, into a directory. */
export async function backup(session: Session, flags: BackupFlags): Promise<number> {
  const target = resolve(session.io.cwd, flags.to);
  return withCluster(flags, async (client) => {
    const writer = await createBackup(target);
    try {
      const made = await write(session, client, writer, flags);
      await writer.finish(made.facts, made.parts);
      const { runs } = made.facts;
      printResult(session, { directory: target, ...made.facts, parts: made.parts }, () => textOf(target, made.facts));
      tellWhatIsLeftOut(session, made.facts, flags);
      return runs.missingCount === 0 ? EXIT.ok : EXIT.error;
    } finally {
      await writer.discard();
    }
  });
}

interface Made {
  readonly facts: ManifestFacts;
  readonly parts: Manifest['parts'];
}

async function write(session: Session, client: KubeClient, writer: BackupWriter, flags: BackupFlags): Promise<Made> {
  const time = new Date().toISOString();
  const ref = { namespace: flags.systemNamespace, name: CONTROL_PLANE_SECRET };
  const secret = flags.secrets ? await client.find<Secret>(KIND.Secret, ref) : undefined;
  if (flags.secrets && secret === undefined) {
    throw new Problem('usage', `there is no Secret ${CONTROL_PLANE_SECRET} in the namespace ${ref.namespace}`, {
      hint: "name Proviso's own namespace: --system-namespace",
    });
  }
  const { counts, verifierId, objects } = await writeObjects(client, writer, flags);
  const secrets = secret === undefined ? {} : { secrets: await writeSecret(writer, secret) };
  const { records, runs } = await writeRecords(session, writer);
  const open = await countLeft(client);
  return {
    facts: {
      ...{ proviso: manifest.version, time },
      ...(verifierId === undefined ? {} : { verifierId }),
      objects: counts,
      runs: { ...runs, ...open },
    },
    parts: { objects, ...secrets, records },
  };
}

async function writeObjects(client: KubeClient, writer: BackupWriter, { systemNamespace }: BackupFlags) {
  const part = writer.part('objects');
  const counts: Record<string, number> = {};
  let verifierId: string | undefined;
  for await (const object of objectsOf(client, systemNamespace)) {
    await part.write(JSON.stringify(object));
    counts[object.kind] = (counts[object.kind] ?? 0) + 1;
    const { data } = object as { readonly data?: Readonly<Record<string, unknown>> };
    if (object.kind === KIND.ConfigMap.kind) verifierId ??= data?.['verifier-id'] as string | undefined;
  }
  return { counts, verifierId, objects: await part.end() };
}

async function writeSecret(writer: BackupWriter, secret: Secret) {
  const part = writer.part('secrets');
  if (secretText(secret, 'keys.json') === undefined) {
    throw new Problem('usage', `the Secret ${secret.metadata.name} has no keys.json, so it is not the control plane's`);
  }
  await part.write(JSON.stringify(keptObject(KIND.Secret, secret)));
  return part.end();
}

async function writeRecords({ receiver, io }: Session, writer: BackupWriter) {
  const part = writer.part('records');
  const missing: MissingRecord[] = [];
  let [recorded, missingCount] = [0, 0];
  await fetchRecords(receiver(), {
    async record(bytes) {
      await part.write(bytes);
      recorded += 1;
    },
    missing(run) {
      missingCount += 1;
      if (missing.length < MAX_NAMED) missing.push(run);
    },
    breaks: (delay) =>
      io.err(`the connection broke after ${recorded} runs; going on in ${(delay / 1000).toFixed(1)} s`),
  }).catch((error: unknown) => {
    // An installation without one has nothing to keep of runs but what is in the cluster.
    if (error instanceof Problem && error.code === 'archive-absent') return;
    throw error;
  });
  return { records: await part.end(), runs: { recorded, missing, missingCount } };
}

async function countLeft(client: KubeClient) {
  const runs = await client.list<WorkflowRun>(KIND.WorkflowRun);
  return {
    unarchived: runs.filter((run) => isFinished(run) && !isArchived(run)).length,
    unfinished: runs.filter((run) => !isFinished(run)).length,
  };
}

function textOf(target: string, { objects, runs, verifierId = 'none' }: ManifestFacts): string {
  const kinds = Object.entries(objects).map(([kind, count]) => `${count} ${kind}`);
  return `${target}: ${kinds.join(', ')}; ${runs.recorded} archived runs; of the installation ${plain(verifierId)}`;
}

function tellWhatIsLeftOut({ io }: Session, { runs }: ManifestFacts, { secrets }: BackupFlags): void {
  io.err('the evidence itself is not in it: that is kept by the backup of the buckets, volumes and registries');
  if (secrets) io.err('it holds the key that the control plane signs with: keep it like one');
  else io.err('without the key of the control plane, its records count only where that key still is');
  if (runs.unfinished > 0)
    io.err(`${runs.unfinished} open runs are not in it: they end with the pods that they belong to`);
  if (runs.unarchived > 0) io.err(`${runs.unarchived} finished runs are not archived yet, and not in it`);
  if (runs.missingCount === 0) return;
  io.err(`${runs.missingCount} archived runs are not in it, since their records can't be had:`);
  for (const { namespace, run, code, detail } of runs.missing.slice(0, 10)) {
    io.err(`  ${namespace}/${run}: ${plain(detail)} (${code})`);
  }
}
