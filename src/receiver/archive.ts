import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../api/problem.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { type OpenedArchive, openArchive } from '../archive/open.ts';
import type { ArchiveDatabase } from '../archive/tables.ts';
import { KubeError } from '../kube/error.ts';
import type { Change } from '../kube/store.ts';
import type { ReceiverMetrics } from '../telemetry/receiver-metrics.ts';
import { type Archiver, type ArchiverOptions, startArchiver } from './archiver.ts';
import { observeQueries } from './observed/archive.ts';

/** The archive of the installation, if it has one. */
export interface Archive {
  readonly isKept: boolean;
  /** Asks it. Throws `archive-absent`, or `archive-unavailable` with what its server or its disk says. */
  ask<T>(question: (database: ArchiveDatabase) => Promise<T>): Promise<T>;
  /** Told of every change of a run. */
  seen(change: Change<WorkflowRun>): void;
  /** Resolves after the signal, when it is closed. */
  readonly stopped: Promise<void>;
}

interface KeptArchive extends Omit<ArchiverOptions, 'database'> {
  readonly metrics: Pick<ReceiverMetrics, 'storage' | 'queues' | 'events'>;
}

const RETRY_MS = 5_000;

/** Without an address, none. */
const ABSENT: Archive = {
  isKept: false,
  async ask() {
    throw new Problem('archive-absent', 'this installation keeps no archive', {
      hint: 'runs that are still in the cluster are listed by: proviso runs; an archive is kept with --archive of the receiver',
    });
  },
  seen: () => {},
  stopped: Promise.resolve(),
};

const unavailable = (why: string, cause?: unknown): Problem =>
  new Problem('archive-unavailable', `the archive ${why}`, { retryAfter: 5, cause });

/**
 * Opens the archive and keeps it filled. Evidence is taken whether or not it can be reached: runs wait in the cluster until they
 * are archived.
 */
export function keepArchive(address: string | undefined, options: KeptArchive): Archive {
  if (address === undefined) return ABSENT;
  const { signal, log } = options;
  const onQuery = observeQueries(options.metrics.storage);
  let opened: OpenedArchive | undefined;
  let archiver: Archiver | undefined;
  let why = 'it is being opened';

  async function open(): Promise<OpenedArchive | undefined> {
    while (!signal.aborted) {
      try {
        return await openArchive(address ?? '', undefined, onQuery);
      } catch (error) {
        why = error instanceof Error ? error.message : String(error);
        log.warn({ err: error }, 'Archive not opened');
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    return undefined;
  }

  async function keep(): Promise<void> {
    opened = await open();
    if (opened === undefined) return;
    const { database, setAside } = opened;
    if (setAside !== undefined) log.error({ setAside }, 'Archive damaged, and begun anew');
    archiver = startArchiver({ ...options, database });
    await archiver.stopped;
    await database.destroy();
  }

  return {
    isKept: true,
    async ask(question) {
      if (opened === undefined) throw unavailable(`can't be reached: ${why}`);
      return question(opened.database).catch((cause: unknown) => {
        // What else was asked on the way says itself what is wrong.
        if (cause instanceof Problem || cause instanceof KubeError) throw cause;
        throw unavailable(`failed: ${cause instanceof Error ? cause.message : cause}`, cause);
      });
    },
    seen: (change) => archiver?.seen(change),
    stopped: keep(),
  };
}
