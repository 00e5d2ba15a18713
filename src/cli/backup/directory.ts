import { rmSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '../../api/problem.ts';
import { asRecord } from '../../api/record.ts';
import type { MissingRecord } from '../../api/record-messages.ts';
import { assertWhole, createPart, type PartFacts, type PartWriter, partLines } from './part.ts';

/** What a backup is made of: objects of the cluster, keys of the control plane, archive records. */
export const PARTS = ['objects', 'secrets', 'records'] as const;
export type PartName = (typeof PARTS)[number];

/** What the form of a backup is called; another one gets another number. */
const FORMAT = 1;

export interface Manifest {
  readonly format: typeof FORMAT;
  /** Of the program that made it. */
  readonly proviso: string;
  /** When it was begun, RFC 3339. */
  readonly time: string;
  /** The installation, a URI; its keys have signed the records. Absent if it has none yet. */
  readonly verifierId?: string;
  readonly parts: Readonly<Partial<Record<PartName, PartFacts>>>;
  /** How many of each kind. */
  readonly objects: Readonly<Record<string, number>>;
  readonly runs: {
    /** That are in it, by their records. */
    readonly recorded: number;
    /** In the archive, but without a record to be had, so not in it; the first of them. */
    readonly missing: readonly MissingRecord[];
    readonly missingCount: number;
    /** In the cluster and finished, but not archived yet, so not in it. */
    readonly unarchived: number;
    /** Open ones, which can't be brought back. */
    readonly unfinished: number;
  };
}

export type ManifestFacts = Omit<Manifest, 'format' | 'parts'>;

/** A backup on its way to the disk. */
export interface BackupWriter {
  part(name: PartName): PartWriter;
  /** Gives it its name, once all of it is on the disk. */
  finish(facts: ManifestFacts, parts: Manifest['parts']): Promise<void>;
  /** Removes what was written, unless it is finished. */
  discard(): Promise<void>;
}

/** With which a person or a machine breaks a command off. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const MANIFEST = 'manifest.json';
const fileOf = (name: PartName): string => `${name}.ndjson.gz`;

/** Throws `usage` if something is there already: a backup never takes the place of another one. */
export async function createBackup(target: string): Promise<BackupWriter> {
  const building = `${target}.${process.pid}.part`;
  if (await exists(target)) throw new Problem('usage', `${target} is there already; name a directory that isn't`);
  await mkdir(building, { mode: 0o700 }).catch((cause: unknown) => {
    throw new Problem('usage', `the directory ${building} can't be made`, { cause });
  });
  let isFinished = false;
  // Nobody would look for a key in what was broken off.
  const breakOff = (signal: NodeJS.Signals): void => {
    rmSync(building, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, breakOff);
  return {
    part: (name) => createPart(join(building, fileOf(name))),
    async finish(facts, parts) {
      const manifest: Manifest = { format: FORMAT, ...facts, parts };
      const file = await open(join(building, MANIFEST), 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(manifest, undefined, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await sync(building);
      if (await exists(target)) throw new Problem('usage', `${target} has appeared meanwhile; nothing was replaced`);
      await rename(building, target);
      isFinished = true;
      await sync(dirname(target));
    },
    async discard() {
      for (const signal of SIGNALS) process.off(signal, breakOff);
      if (!isFinished) await rm(building, { recursive: true, force: true });
    },
  };
}

/** A backup that is whole. */
export interface Backup {
  readonly manifest: Manifest;
  lines(name: PartName): AsyncIterable<Buffer>;
}

/** Reads all of it once. Throws `backup-invalid` for one that isn't just as it was written. */
export async function openBackup(directory: string): Promise<Backup> {
  const manifest = await readManifest(directory);
  for (const name of PARTS) {
    const facts = manifest.parts[name];
    if (facts !== undefined) await assertWhole(join(directory, fileOf(name)), fileOf(name), facts);
  }
  return {
    manifest,
    async *lines(name) {
      if (manifest.parts[name] !== undefined) yield* partLines(join(directory, fileOf(name)), fileOf(name));
    },
  };
}

async function readManifest(directory: string): Promise<Manifest> {
  const text = await readFile(join(directory, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw new Problem('backup-invalid', `${directory} is no backup: it has no ${MANIFEST}`, { cause });
  });
  const read = parsed(text);
  if (read?.format !== FORMAT) {
    throw new Problem('backup-invalid', `the ${MANIFEST} in ${directory} is not of the format ${FORMAT}`, {
      hint: 'take the version of proviso that made the backup, or a later one',
    });
  }
  if (asRecord(read.parts)?.objects === undefined || asRecord(read.runs) === undefined) {
    throw new Problem('backup-invalid', `the ${MANIFEST} in ${directory} is not whole`);
  }
  return read as unknown as Manifest;
}

function parsed(text: string): ReturnType<typeof asRecord> {
  try {
    return asRecord(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const exists = (path: string): Promise<boolean> =>
  open(path, 'r').then(
    (file) => file.close().then(() => true),
    () => false,
  );

async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  await handle.sync().finally(() => handle.close());
}
