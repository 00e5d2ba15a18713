import { excerpt } from '../../api/excerpt.ts';
import type { Finding } from '../../api/problem.ts';

/** A file in an archive. */
export interface ArchiveEntry {
  /** As the archive has it: relative, with `/` between its parts. */
  readonly name: string;
  /** The content. Throws an `ArchiveFault` when it isn't what the archive says of it. */
  read(): Uint8Array;
}

/** What an archive may hold altogether. Inflated, it is allowed as much as a document that comes plain. */
export const ARCHIVE_LIMITS = {
  entries: 10_000,
  inflatedBytes: 64 << 20,
  /** Text of a report shrinks to a fiftieth; zeros to a thousandth. */
  ratio: 200,
  /** What needs no ratio: a file of spaces is no bomb yet. */
  unratedBytes: 1 << 20,
  nameBytes: 1024,
} as const;

/** Why an archive can't be read. Thrown by its readers; `visitArchive` makes a finding of it. */
export class ArchiveFault extends Error {
  readonly finding: Finding;

  constructor(message: string, name?: string) {
    super(message);
    this.finding = name === undefined ? { message } : { at: shown(name), message };
  }
}

export function archiveFault(message: string, name?: string): never {
  throw new ArchiveFault(message, name);
}

/** Bytes may inflate to so many, given how many the archive has. */
export const inflatedLimit = (bytes: number): number =>
  Math.min(ARCHIVE_LIMITS.inflatedBytes, Math.max(ARCHIVE_LIMITS.unratedBytes, bytes * ARCHIVE_LIMITS.ratio));

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The name of an entry, if it is one that every reader unpacks to the same place, below where it was told to. */
export function entryName(bytes: Uint8Array): string {
  if (bytes.length > ARCHIVE_LIMITS.nameBytes) {
    archiveFault(`an entry has a name of over ${ARCHIVE_LIMITS.nameBytes} bytes`);
  }
  const name = decodeName(bytes);
  if (name === '') archiveFault('an entry has no name');
  if (/\p{Cc}/u.test(name)) archiveFault('the name of an entry has a NUL or another control character', name);
  if (name.includes('\\')) archiveFault("the name has a '\\', which is a separator to some readers only", name);
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) archiveFault('the name is an absolute path', name);
  if (name.split('/').includes('..')) archiveFault("the name leads out of the archive with '..'", name);
  return name.replace(/^(?:\.\/)+/, '');
}

function decodeName(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return archiveFault('the name of an entry is not UTF-8', Buffer.from(bytes).toString('latin1'));
  }
}

/** Counts entries by, and refuses a name that comes twice, since readers disagree about which of two counts. */
export function entryCounter(): (name: string) => void {
  const names = new Set<string>();
  return (name) => {
    const place = name.replace(/\/+$/, '');
    if (names.has(place)) archiveFault('two entries have this name', name);
    names.add(place);
    if (names.size > ARCHIVE_LIMITS.entries) archiveFault(`there are over ${ARCHIVE_LIMITS.entries} entries`);
  };
}

/** A name as a finding shows it: on one line, whatever stands in it. */
const shown = (name: string): string => excerpt(name.replaceAll(/\p{Cc}/gu, '\uFFFD'), 200);
