import type { Transaction } from 'kysely';
import { judgementsOf } from '../api/run-judgements.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { isObjection } from '../contract/policy-verdict.ts';
import type { ArchiveDatabase, ArchiveTables, PolicyResultTable } from './tables.ts';

/** Rows of one statement, so that it stays below the servers' limit of parameters. */
const BATCH = 100;

/** The rows of what policies said of a run. */
export function resultsOf(run: WorkflowRun): readonly PolicyResultTable[] {
  const { metadata, status = {} } = run;
  return judgementsOf(run).map((judgement, position) => {
    const { kind, policy, material = '', phase, outcome, violations = 0 } = judgement;
    // By the waivers that the run has used: its list of violations may be cut.
    const excusing = isObjection(judgement)
      ? status.waivers?.find((waiver) => waiver.kind === kind && waiver.policy === policy)
      : undefined;
    return {
      ...{ run_uid: metadata.uid ?? '', position },
      ...{ kind, policy, material, phase, outcome, violations },
      waiver: excusing?.name ?? null,
    };
  });
}

/** Has the run these results, and no others. */
export async function writeResults(
  transaction: Transaction<ArchiveTables>,
  uid: string,
  results: readonly PolicyResultTable[],
): Promise<void> {
  await transaction.deleteFrom('policy_results').where('run_uid', '=', uid).execute();
  for (let from = 0; from < results.length; from += BATCH) {
    await transaction
      .insertInto('policy_results')
      .values(results.slice(from, from + BATCH))
      .execute();
  }
}

/**
 * Notes what policies said of runs that were archived before that was noted, from the runs as they lie there. Returns of how many;
 * once more, of none. Ends early with the signal.
 */
export async function noteEarlierResults(database: ArchiveDatabase, signal: AbortSignal): Promise<number> {
  let count = 0;
  while (!signal.aborted) {
    const page = await database
      .selectFrom('runs')
      .select(['uid', 'document'])
      .where('judgements', 'is', null)
      .limit(BATCH)
      .execute();
    if (page.length === 0) break;
    await database.transaction().execute(async (transaction) => {
      for (const { uid, document } of page) await noteResults(transaction, uid, document);
    });
    count += page.length;
  }
  return count;
}

async function noteResults(transaction: Transaction<ArchiveTables>, uid: string, document: string): Promise<void> {
  const results = resultsOf(JSON.parse(document) as WorkflowRun);
  // Whoever archives it anew at this moment notes its results too.
  const noted = await transaction
    .updateTable('runs')
    .set({ judgements: results.length })
    .where('uid', '=', uid)
    .where('judgements', 'is', null)
    .returning('uid')
    .executeTakeFirst();
  if (noted !== undefined) await writeResults(transaction, uid, results);
}
