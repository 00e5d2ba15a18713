import { setTimeout as sleep } from 'node:timers/promises';
import { sha256Hex } from '../../api/canonical.ts';
import { Problem } from '../../api/problem.ts';
import type { MissingEvidence, RestoredRecordMessage } from '../../api/record-messages.ts';
import { together } from '../../queue/together.ts';
import type { Receiver } from '../client/receiver.ts';
import { recordedRun } from './recorded-run.ts';

/** A run, and why it wasn't brought back. */
export interface RefusedRecord {
  readonly namespace: string;
  readonly run: string;
  readonly why: string;
}

export interface RecordOutcomes {
  readonly archived: number;
  readonly present: number;
  /** The first of those that the receiver doesn't believe, or that no store takes. */
  readonly refused: readonly RefusedRecord[];
  readonly refusedCount: number;
  /** The first of what runs have in evidence stores and isn't there. */
  readonly missing: readonly (MissingEvidence & Pick<RefusedRecord, 'namespace' | 'run'>)[];
  readonly missingCount: number;
}

/** On their way at once: what one waits for is the store, mostly. */
const SENDERS = 4;
/** A second: the receiver lets nobody send a hundred. */
const PER_SECOND = 90;
/** Named; all are counted. */
const MAX_NAMED = 1000;

/** Hands archive records back, each of which counts by its signature. Throws the Problem of a receiver that takes none at all. */
export async function restoreRecords(
  receiver: Receiver,
  records: AsyncIterable<Buffer>,
  dryRun: boolean,
  onProgress: (done: number) => void,
): Promise<RecordOutcomes> {
  const outcome = { archived: 0, present: 0, refusedCount: 0, missingCount: 0 };
  const refused: RefusedRecord[] = [];
  const missing: RecordOutcomes['missing'][number][] = [];
  let done = 0;

  function refuse({ namespace, run }: Pick<RefusedRecord, 'namespace' | 'run'>, why: string): void {
    outcome.refusedCount += 1;
    if (refused.length < MAX_NAMED) refused.push({ namespace, run, why });
  }

  let slot = performance.now();
  async function turn(): Promise<void> {
    slot = Math.max(slot + 1000 / PER_SECOND, performance.now());
    await sleep(slot - performance.now());
  }

  async function send(record: Buffer): Promise<void> {
    await turn();
    const answer = await answerTo(receiver, record, dryRun);
    done += 1;
    onProgress(done);
    if (answer instanceof Problem) return refuse(recordedRun(record), answer.message);
    const { namespace, run, why = '' } = answer;
    if (answer.outcome === 'unstored') refuse(answer, why);
    else outcome[answer.outcome] += 1;
    outcome.missingCount += answer.missing.length;
    for (const each of answer.missing) {
      if (missing.length < MAX_NAMED) missing.push({ namespace, run, ...each });
    }
  }

  await together(records, SENDERS, send);
  return { ...outcome, refused, missing };
}

async function answerTo(receiver: Receiver, record: Buffer, dryRun: boolean): Promise<RestoredRecordMessage | Problem> {
  try {
    return await receiver.restoreRecord(`sha256:${sha256Hex(record)}`, record, dryRun);
  } catch (error) {
    if (error instanceof Problem && (error.code === 'record-refused' || error.code === 'body-too-large')) return error;
    throw error;
  }
}
