import type { Finding } from '../../api/problem.ts';
import { type ArchiveForm, type ArchiveVisitor, archiveForm, visitArchive } from './read.ts';

/** What came of going through the files of a material. */
export interface FilesVisit {
  /** Absent for a file that is no archive. */
  readonly form: ArchiveForm | undefined;
  /** What is wrong, and in which file. */
  readonly problem: Finding | undefined;
}

/** The media type of an archive. */
export const ARCHIVE_MEDIA_TYPES = { zip: 'application/zip', 'tar.gz': 'application/gzip' } as const;

/** Goes through the files of a zip or tar.gz that are wanted, or through what is neither as the one file that it is. */
export function visitFiles(bytes: Uint8Array, { wants, visit }: ArchiveVisitor): FilesVisit {
  const form = archiveForm(bytes);
  if (form === undefined) return { form, problem: visit('', bytes) };
  return {
    form,
    problem: visitArchive(form, bytes, { wants, visit: (name, file) => within(name, visit(name, file)) }),
  };
}

const within = (name: string, finding: Finding | undefined): Finding | undefined =>
  finding === undefined ? undefined : { ...finding, at: finding.at === undefined ? name : `${name}, ${finding.at}` };
