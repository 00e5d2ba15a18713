import type { Finding } from '../../api/problem.ts';
import { ArchiveFault } from './entry.ts';
import { tarEntries } from './tar.ts';
import { zipEntries } from './zip.ts';

export type ArchiveForm = 'zip' | 'tar.gz';

/** What is taken out of an archive. */
export interface ArchiveVisitor {
  /** Whether the file is to be unpacked; what isn't is only checked for its name and kind. */
  wants(name: string): boolean;
  /** Gets each wanted file, one in memory at a time where the form allows it. A finding ends the visit. */
  visit(name: string, bytes: Uint8Array): Finding | undefined;
}

/** What the first bytes say it is; undefined for anything else. */
export function archiveForm([a, b, c, d]: Uint8Array): ArchiveForm | undefined {
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip';
  return a === 0x1f && b === 0x8b ? 'tar.gz' : undefined;
}

/**
 * Goes through an archive, and says what is wrong with it. Everything in it counts against the limits, also what nobody
 * wants; nothing is unpacked to a path, and an archive inside of it is a file like any other.
 *
 * The libraries at hand either can't be asked without waiting (yauzl, tar-stream, zip.js), or believe the sizes that the
 * archive states of itself (fflate); the inflating is zlib's.
 */
export function visitArchive(form: ArchiveForm, bytes: Uint8Array, visitor: ArchiveVisitor): Finding | undefined {
  try {
    for (const entry of form === 'zip' ? zipEntries(bytes) : tarEntries(bytes)) {
      if (!visitor.wants(entry.name)) continue;
      const finding = visitor.visit(entry.name, entry.read());
      if (finding !== undefined) return finding;
    }
    return undefined;
  } catch (error) {
    if (error instanceof ArchiveFault) return error.finding;
    throw error;
  }
}
