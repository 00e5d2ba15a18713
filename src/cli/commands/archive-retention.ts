import type { RetentionMessage } from '../../api/messages.ts';
import { EXIT } from '../exit-code.ts';
import { formatBytes } from '../print/bytes.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session } from '../session.ts';

/** `proviso archive retention`: what the retention of evidence stores would remove now; removes nothing. */
export async function archiveRetention(session: Session): Promise<number> {
  const found = await session.receiver().retention();
  printResult(session, found, () => describe(session, found));
  return EXIT.ok;
}

function describe(session: Session, { stores, runs, complete }: RetentionMessage): string {
  if (stores.length === 0) return 'no EvidenceStore has a spec.retention, so everything is kept';
  const parts = [
    formatTable(
      session.io,
      ['Store', 'Enforcement', 'Expired', 'Kept', 'Objects', 'Size'],
      stores.map(({ name, enforcement, expired, kept, objects, bytes }) => [
        ...[name, enforcement, String(expired), String(kept), String(objects)],
        formatBytes(bytes),
      ]),
    ),
    ...(runs.length === 0 ? [] : [tableOf(session, runs)]),
    ...(stores.reduce((sum, { expired }) => sum + expired, 0) > runs.length
      ? [`These are the first ${runs.length} runs.`]
      : []),
    ...(complete
      ? []
      : ['Nothing is removed until every evidence store was looked through for records; see: proviso archive rebuild']),
  ];
  return parts.join('\n\n');
}

const tableOf = (session: Session, runs: RetentionMessage['runs']): string =>
  formatTable(
    session.io,
    ['Run', 'Workflow', 'Succeeded', 'Finished', 'Store', 'Kept by'],
    runs.map(({ namespace, run, workflow, succeeded, finishTime, store, keptBy }) => [
      ...[`${namespace}/${run}`, workflow, succeeded, finishTime, store],
      plain(keptBy ?? ''),
    ]),
  );
