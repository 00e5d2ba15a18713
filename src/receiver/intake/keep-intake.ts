import { setTimeout as sleep, setImmediate as yieldToOthers } from 'node:timers/promises';
import { dueForJudgement, judgeAgainBy, judgeAllAgain, removeExpired, settle } from '../../archive/intake.ts';
import type { IntakeTable } from '../../archive/tables.ts';
import { whileLeading } from '../../kube/leading.ts';
import { createOneByOne } from '../../queue/one-by-one.ts';
import type { ReceiverContext } from '../context.ts';
import { collectAnnotated, createSeenObjects } from './collect-annotated.ts';
import { judge } from './judge.ts';
import type { Touched } from './touched.ts';

export interface KeepIntakeOptions {
  /** Proviso's own namespace, where the lease is. */
  readonly namespace: string;
  /** Resolves when the runs are listed. */
  readonly synced: Promise<void>;
  readonly touched: Touched;
  readonly signal: AbortSignal;
  /** From one look to the next, in milliseconds; default 300. */
  readonly everyMs?: number;
}

/** How often the annotations of Tekton Chains are looked at: it takes seconds to write them, and a run waits for minutes. */
const ANNOTATED_MS = 5_000;
const LEASE = 'proviso-intake';
const EVERY_MS = 300;
/** So many are read and judged at once, each up to some megabytes. */
const BATCH = 10;
/** After a look that failed: what was asked doesn't answer, and its log need not be filled with that. */
const FAILED_MS = 2_000;
const MAX_WAIT_MS = 5 * 60_000;

/**
 * Judges envelopes that came in, again and again until the signal. One receiver does it at a time, whichever took them: what is to be
 * judged stands in the archive and nowhere else, so nothing is lost with the process that was at it.
 */
export async function keepIntake(context: ReceiverContext, options: KeepIntakeOptions): Promise<void> {
  const { namespace, signal, synced, everyMs = EVERY_MS } = options;
  const { client, log, archive } = context;
  if (!archive.isKept) return;
  await synced.catch(() => {});
  const onError = (error: unknown): void => log.warn({ err: error }, 'Lease of the intake not renewed');
  await whileLeading({ client, namespace, name: LEASE, signal, onError }, async (over) => {
    const seen = createSeenObjects();
    let isBegun = false;
    let annotatedAt = Number.NEGATIVE_INFINITY;
    while (!over.aborted) {
      let pauseMs = everyMs;
      try {
        if (!isBegun) await archive.ask((database) => judgeAllAgain(database, timeNow()));
        isBegun = true;
        if (performance.now() - annotatedAt >= ANNOTATED_MS) {
          annotatedAt = performance.now();
          await collectAnnotated(context, seen, over);
        }
        await lookOnce(context, options.touched, over);
      } catch (error) {
        pauseMs = Math.max(everyMs, FAILED_MS);
        // What has changed since may have been taken note of and lost.
        isBegun = false;
        if (!over.aborted) log.warn({ err: error }, 'Envelopes not judged');
      }
      await sleep(pauseMs, undefined, { signal: over }).catch(() => {});
    }
  });
}

const timeNow = (): string => new Date().toISOString();

async function lookOnce(context: ReceiverContext, touched: Touched, over: AbortSignal): Promise<void> {
  const { archive, log } = context;
  const changed = touched.take();
  await archive.ask((database) =>
    changed === 'all' ? judgeAllAgain(database, timeNow()) : judgeAgainBy(database, changed, timeNow()),
  );
  const expired = await archive.ask((database) => removeExpired(database, timeNow()));
  if (expired > 0) log.info({ expired }, 'Envelopes expired');
  const inTurn = createOneByOne();
  for (;;) {
    const rows = await archive.ask((database) => dueForJudgement(database, timeNow(), BATCH));
    // Of two of one run the second may be the same as the first; of those that name none nobody knows yet.
    const judged = rows.map((row) =>
      inTurn(row.run_uid ?? '', async () => {
        if (over.aborted) return;
        await judgeOne(context, row);
        // SQLite answers at once, and requests would wait until all is done.
        await yieldToOthers();
      }),
    );
    // All of them are over, or what comes next would meet what is still under way.
    for (const each of await Promise.allSettled(judged)) if (each.status === 'rejected') throw each.reason;
    if (over.aborted || rows.length < BATCH) return;
  }
}

async function judgeOne(context: ReceiverContext, row: IntakeTable): Promise<void> {
  const { gitoid, tries } = row;
  const settlement = await judge(context, row, new Date()).catch((error: unknown) => {
    context.log.warn({ err: error, gitoid }, 'Envelope not judged');
    const due = new Date(Date.now() + Math.min(MAX_WAIT_MS, 1000 * 2 ** tries)).toISOString();
    return { tries: tries + 1, due };
  });
  await context.archive.ask((database) => settle(database, row, settlement));
}
