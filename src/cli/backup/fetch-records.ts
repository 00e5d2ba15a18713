import { Problem } from '../../api/problem.ts';
import { asRecord, asText } from '../../api/record.ts';
import type { MissingRecord, RecordsLine } from '../../api/record-messages.ts';
import { ARCHIVE_RECORD_HEAD } from '../../attestation/archive-record.ts';
import type { Receiver } from '../client/receiver.ts';
import { retryDelay } from '../client/retry.ts';
import { readLines } from './lines.ts';
import { recordedRun } from './recorded-run.ts';

/** What becomes of each run of the archive. */
export interface RecordSink {
  record(bytes: Buffer): Promise<void>;
  missing(run: MissingRecord): void;
  /** Called before it is gone on after a break, in `delay` ms. */
  breaks(delay: number): void;
}

/** Tries one after the other without a single run more. */
const ATTEMPTS = 5;

/**
 * Gets every archive record. An answer that breaks is gone on with behind the last run that came, as long as that brings runs.
 * Throws the receiver's Problem, and `receiver-unreachable` when nothing more comes.
 */
export async function fetchRecords(receiver: Receiver, sink: RecordSink): Promise<void> {
  let after = '';
  for (let count = 1; ; count += 1) {
    const before = after;
    const broken = await fetchFrom(receiver, after, sink, (uid) => {
      after = uid;
    });
    if (broken === undefined) return;
    if (after !== before) count = 1;
    const delay = retryDelay({ count, idempotent: true, errorCode: 'ECONNRESET' }, ATTEMPTS, Math.random());
    if (delay === undefined) {
      throw new Problem('receiver-unreachable', 'the archive records ended early', { cause: broken.error });
    }
    sink.breaks(delay);
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
}

/** Returns why it isn't whole. What the sink throws is thrown. */
async function fetchFrom(
  receiver: Receiver,
  after: string,
  sink: RecordSink,
  passed: (uid: string) => void,
): Promise<{ readonly error: unknown } | undefined> {
  const answer = await receiver.archiveRecords(after);
  const lines = readLines(answer);
  let runs = 0;
  for (;;) {
    let next: IteratorResult<Buffer, void>;
    try {
      next = await lines.next();
    } catch (error) {
      return { error };
    }
    if (next.done === true) return { error: new Error('the last line is missing') };
    const bytes = next.value;
    if (bytes.subarray(0, ARCHIVE_RECORD_HEAD.length).equals(ARCHIVE_RECORD_HEAD)) {
      const { uid } = recordedRun(bytes);
      await sink.record(bytes);
      passed(uid);
      runs += 1;
      continue;
    }
    const line = lineOf(bytes);
    if ('end' in line) {
      if (line.end.runs === runs) return undefined;
      throw new Problem('internal', `${line.end.runs} runs were announced, and ${runs} came`);
    }
    sink.missing(line.missing);
    passed(line.missing.uid);
    runs += 1;
  }
}

function lineOf(bytes: Buffer): RecordsLine {
  try {
    const line = asRecord(JSON.parse(bytes.toString('utf8')));
    const isKnown = asRecord(line?.end) !== undefined || asText(asRecord(line?.missing)?.uid) !== undefined;
    if (isKnown) return line as RecordsLine;
  } catch {
    // Told below.
  }
  throw new Problem('internal', 'the receiver answered a line that is no archive record, nor about one', {
    hint: 'This is no answer of Proviso; see whether PROVISO_ENDPOINT names its receiver.',
  });
}
