import type { Finding } from '../../api/problem.ts';

/** What became of a file that was written for Chainloop, besides what came out of it. */
export interface ImportReport {
  /** What says the same in another form. */
  readonly changed: readonly Finding[];
  /** What has no counterpart: without it the result asks for less, or says less, than the file did. */
  readonly lost: readonly Finding[];
}

/** Gathers a report while a file is read. */
export interface Reporter {
  changed(at: string, message: string): void;
  lost(at: string, message: string): void;
  readonly report: ImportReport;
}

export function createReporter(): Reporter {
  const changed: Finding[] = [];
  const lost: Finding[] = [];
  return {
    changed: (at, message) => void changed.push({ at, message }),
    lost: (at, message) => void lost.push({ at, message }),
    report: { changed, lost },
  };
}
