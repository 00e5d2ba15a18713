import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { AUDIT_FORMAT, type AuditBeginning, type AuditEntry, auditHash } from '../api/audit-line.ts';
import { excerpt } from '../api/excerpt.ts';

/** Where decisions are written down. */
export interface AuditLog {
  /** Writes one line. Never throws: a log that can't be written is told of, and decides nothing. */
  note(entry: AuditEntry): void;
  close(): void;
}

export const NO_AUDIT: AuditLog = { note: () => {}, close: () => {} };

/** Lines that come from outside could be as long as a request. */
const MAX_TEXT = 1024;
/** No line is longer. */
const MAX_LINE = 64 << 10;

interface Destination {
  write(text: string): void;
  close(): void;
  /** What stood last in it. */
  readonly last: string | undefined;
  /** Whether that was cut off, as by a process that was killed. */
  readonly isTorn: boolean;
}

/**
 * A log of decisions, one JSON line each, in which each line has the hash of the one before: to a file, or to standard output for
 * `-`. Absent: none. Each process begins a chain of its own; in a file that begins with the hash of the line that stood last.
 * Throws where the file can't be opened.
 */
export function openAuditLog(path: string | undefined, component: string, onError: (error: unknown) => void): AuditLog {
  if (path === undefined) return NO_AUDIT;
  const destination = path === '-' ? standardOutput() : openFile(path);
  const chain = randomUUID();
  let seq = 0;
  let previous: string | undefined;

  function append(facts: AuditEntry | AuditBeginning): void {
    const head = { audit: AUDIT_FORMAT, chain, seq, time: new Date().toISOString() };
    const line = JSON.stringify({ ...head, ...facts, ...(previous === undefined ? {} : { previous }) });
    // Before it is written: one that got lost must not be missed by nobody.
    seq += 1;
    previous = auditHash(line);
    try {
      destination.write(`${line}\n`);
    } catch (error) {
      onError(error);
    }
  }

  if (destination.isTorn) destination.write('\n');
  const { last } = destination;
  append({
    action: 'LogBegun',
    process: { component, host: hostname(), pid: process.pid },
    ...(last === undefined ? {} : { after: auditHash(last) }),
  });
  return {
    note: ({ what, who, code, ...rest }) =>
      append({
        ...rest,
        ...(who === undefined ? {} : { who: excerpt(who, MAX_TEXT) }),
        what: Object.fromEntries(Object.entries(what).map(([name, text]) => [name, excerpt(text, MAX_TEXT)])),
        ...(code === undefined ? {} : { code }),
      }),
    close: destination.close,
  };
}

const standardOutput = (): Destination => ({
  write: (text) => void process.stdout.write(text),
  close: () => {},
  ...{ last: undefined, isTorn: false },
});

function openFile(path: string): Destination {
  const file = openSync(path, 'a+', 0o600);
  const { size } = fstatSync(file);
  const tail = Buffer.alloc(Math.min(size, MAX_LINE));
  readSync(file, tail, 0, tail.length, size - tail.length);
  const text = tail.toString('utf8');
  const isTorn = text !== '' && !text.endsWith('\n');
  const last = text.split('\n').findLast((line) => line !== '');
  return {
    // At once: what is told to the caller stands there before.
    write(line) {
      const bytes = Buffer.from(line);
      for (let from = 0; from < bytes.length; ) from += writeSync(file, bytes, from);
    },
    close: () => closeSync(file),
    ...{ last, isTorn },
  };
}
