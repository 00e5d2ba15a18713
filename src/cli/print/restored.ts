import type { Manifest } from '../backup/directory.ts';
import type { NotReady } from '../backup/ready.ts';
import type { Outcome } from '../backup/restore-objects.ts';
import type { RecordOutcomes } from '../backup/restore-records.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';
import { formatTable } from './table.ts';

export interface RestoredObject {
  readonly kind: string;
  /** `namespace/name`, or a bare name. */
  readonly object: string;
  readonly outcome: Outcome;
}

/** What came of a restore. */
export interface Restored {
  readonly dryRun: boolean;
  readonly objects: readonly RestoredObject[];
  readonly notReady: readonly NotReady[];
  /** Absent where the backup has none, or nothing can be said of them yet. */
  readonly records?: RecordOutcomes;
  readonly notInBackup: Manifest['runs'];
}

/** Whether all that the backup has is there now, as the backup has it. */
export const isComplete = ({ objects, notReady, records }: Restored): boolean =>
  objects.every(({ outcome }) => outcome.kind !== 'different' && outcome.kind !== 'refused') &&
  notReady.length === 0 &&
  (records === undefined || records.refusedCount + records.missingCount === 0);

/** Of each kind of trouble; `-o json` has more. */
const MAX_SHOWN = 20;

/** The same for people: counts first, then everything that is left to do. */
export function restoreReport(io: Io, restored: Restored): string {
  const { dryRun, objects, notReady, records } = restored;
  return [
    ...(dryRun ? ['Nothing was changed. What would be done:'] : []),
    countsOf(io, objects),
    ...(records === undefined ? [noRecords(restored)] : [recordsLine(records)]),
    ...section(
      'Left, since they differ (--replace makes them as the backup has them)',
      objects.flatMap(({ kind, object, outcome }) =>
        outcome.kind === 'different' ? [`${kind} ${object}: ${outcome.at.join(', ')}`] : [],
      ),
    ),
    ...section(
      'Refused by the API server',
      objects.flatMap(({ kind, object, outcome }) =>
        outcome.kind === 'refused' ? [`${kind} ${object}: ${outcome.why}`] : [],
      ),
    ),
    ...section(
      'Not Ready',
      notReady.map(({ kind, object, reason, message }) => `${kind} ${object}: ${reason}: ${message}`),
    ),
    ...recordSections(records),
    ...leftOut(restored.notInBackup),
  ].join('\n');
}

function countsOf(io: Io, objects: readonly RestoredObject[]): string {
  const kinds = [...new Set(objects.map(({ kind }) => kind))];
  const of = (kind: string, wanted: Outcome['kind']): string =>
    String(objects.filter((each) => each.kind === kind && each.outcome.kind === wanted).length);
  const rows = kinds.map((kind) => [
    kind,
    ...(['created', 'replaced', 'unchanged', 'different', 'refused'] as const).map((each) => of(kind, each)),
  ]);
  return formatTable(io, ['Kind', 'Created', 'Replaced', 'Unchanged', 'Different', 'Refused'], rows);
}

const recordsLine = ({ archived, present, refusedCount, missingCount }: RecordOutcomes): string =>
  `Archived runs: ${archived} brought back, ${present} there already, ${refusedCount} refused; ${missingCount} objects of evidence missing.`;

const noRecords = ({ dryRun, notInBackup }: Restored): string =>
  dryRun && notInBackup.recorded > 0
    ? `Archived runs: ${notInBackup.recorded}, which can be checked only once the keys of the backup are there.`
    : 'Archived runs: the backup has none.';

const recordSections = (records: RecordOutcomes | undefined): readonly string[] =>
  records === undefined
    ? []
    : [
        ...section(
          'Archived runs that were refused',
          records.refused.map(({ namespace, run, why }) => `${namespace}/${run}: ${why}`),
          records.refusedCount,
        ),
        ...section(
          'Evidence that is missing (bring it back by the backup of the store itself)',
          records.missing.map(
            ({ namespace, run, name, storeName, digest, why }) =>
              `${storeName} ${digest}: ${name} of ${namespace}/${run}: ${why}`,
          ),
          records.missingCount,
        ),
      ];

function leftOut({ unfinished, unarchived, missingCount }: Manifest['runs']): readonly string[] {
  return [
    ...(unfinished > 0 ? [`${unfinished} runs were open when the backup was made: they ended with their pods.`] : []),
    ...(unarchived > 0 ? [`${unarchived} runs were finished and not archived then: they are lost.`] : []),
    ...(missingCount > 0 ? [`${missingCount} archived runs had no record then: see the manifest.`] : []),
  ];
}

function section(title: string, lines: readonly string[], count = lines.length): readonly string[] {
  if (count === 0) return [];
  const shown = lines.slice(0, MAX_SHOWN).map((line) => `  ${plain(line)}`);
  return [`${title}:`, ...shown, ...(count > shown.length ? [`  and ${count - shown.length} more`] : [])];
}
