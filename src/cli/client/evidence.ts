import type { IncomingMessage } from 'node:http';
import { Problem } from '../../api/problem.ts';
import type { PartialFile } from '../partial-file.ts';
import type { Receiver } from './receiver.ts';
import { retryDelay } from './retry.ts';

export interface Watcher {
  /** Called when bytes come from an offset on: at first, after a break, or anew. */
  starts(from: number, size: number): void;
  advances(bytes: number): void;
  /** Called before it is gone on after a break, in `delay` ms. */
  breaks(delay: number): void;
}

/** Tries one after the other without a single byte more. */
const ATTEMPTS = 5;
const CONTENT_RANGE = /^bytes (\d+)-\d+\/(\d+)$/;

/**
 * Gets bytes by their digest, from where the partial file ends. A connection that breaks is gone on with, as long as that brings
 * bytes. Returns their number; whether they are right is for the caller to see. Throws the receiver's Problem, and
 * `receiver-unreachable` when nothing more comes.
 */
export async function fetchEvidence(
  receiver: Receiver,
  digest: string,
  file: PartialFile,
  watcher: Watcher,
): Promise<number> {
  for (let count = 1; ; ) {
    const { answer, size } = await openFromEnd(receiver, digest, file);
    const from = file.size;
    watcher.starts(from, size);
    const broken = await receive(answer, file, watcher);
    if (file.size >= size) return size;
    if (file.size > from) count = 1;
    const delay = retryDelay({ count, idempotent: true, errorCode: 'ECONNRESET' }, ATTEMPTS, Math.random());
    if (delay === undefined) {
      throw new Problem('receiver-unreachable', 'the download ended early', {
        hint: `${file.size} of ${size} bytes are kept: the same command goes on from there`,
        cause: broken,
      });
    }
    watcher.breaks(delay);
    await new Promise((resolve) => setTimeout(resolve, delay));
    count += 1;
  }
}

async function openFromEnd(
  receiver: Receiver,
  digest: string,
  file: PartialFile,
): Promise<{ readonly answer: IncomingMessage; readonly size: number }> {
  const answer = await receiver.evidence(digest, file.size).catch(async (error: unknown) => {
    if (file.size === 0 || !(error instanceof Problem) || error.code !== 'range-invalid') throw error;
    // What is there is longer than it may be.
    await file.restart();
    return receiver.evidence(digest, 0);
  });
  const { start, size } = extentOf(answer);
  if (start === file.size) return { answer, size };
  // A proxy that doesn't know ranges sends all of it.
  if (start === 0) await file.restart();
  else throw new Problem('internal', `bytes from ${file.size} on were asked for, and those from ${start} on came`);
  return { answer, size };
}

function extentOf({ statusCode, headers }: IncomingMessage): { readonly start: number; readonly size: number } {
  const [, start, size] = CONTENT_RANGE.exec(headers['content-range'] ?? '') ?? [];
  if (statusCode === 206 && start !== undefined) return { start: Number(start), size: Number(size) };
  const length = Number(headers['content-length']);
  if (statusCode === 200 && Number.isSafeInteger(length)) return { start: 0, size: length };
  throw new Problem('internal', `the receiver answered ${statusCode}, and not which bytes it sends`, {
    hint: 'This is no answer of Proviso; see whether PROVISO_ENDPOINT names its receiver.',
  });
}

/** Writes what comes; returns why the connection broke, if it did. Throws what the file says. */
async function receive(answer: IncomingMessage, file: PartialFile, watcher: Watcher): Promise<unknown> {
  let broken: unknown;
  answer.once('error', (error) => {
    broken = error;
  });
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      await file.append(chunk);
      watcher.advances(chunk.length);
    }
  } catch (error) {
    if (error !== broken) throw error;
  }
  return broken;
}
