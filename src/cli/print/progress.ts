import { Transform } from 'node:stream';
import type { Io } from '../io.ts';
import { formatBytes } from './bytes.ts';

/** Below this an upload is over before anybody wonders. */
export const PROGRESS_FROM = 8 << 20;
const WIDTH = 24;

/** Where an upload stands; `advance` takes the bytes that are new. */
export interface Progress {
  advance(bytes: number): void;
}

/**
 * Tells on stderr how far `size` bytes are: a bar in place for a terminal, and in a log a line at every tenth, which a
 * carriage return would make unreadable.
 */
export function createProgress(
  io: Pick<Io, 'interactive' | 'err'>,
  raw: (text: string) => void,
  title: string,
  size: number,
): Progress {
  if (size < PROGRESS_FROM) return { advance: () => {} };
  let done = 0;
  let shown = -1;
  const steps = io.interactive ? 100 : 10;
  return {
    advance(bytes) {
      done += bytes;
      const step = Math.floor((done / size) * steps);
      if (step === shown) return;
      shown = step;
      const amount = `${formatBytes(done)} of ${formatBytes(size)}`;
      if (!io.interactive) {
        io.err(`${title}: ${step * 10} % (${amount})`);
        return;
      }
      const filled = Math.round((step / steps) * WIDTH);
      const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
      raw(`\r${title} [${bar}] ${String(step).padStart(3)} % ${amount}\u001b[K${done >= size ? '\n' : ''}`);
    },
  };
}

/** A stream that passes everything on and counts it. */
export const countBytes = (progress: Progress): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      progress.advance(chunk.length);
      done(null, chunk);
    },
  });
