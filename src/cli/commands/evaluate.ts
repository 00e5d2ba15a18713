import type { EvaluationMessage } from '../../api/messages.ts';
import { Problem } from '../../api/problem.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, runRef, type Session, targetNamespace } from '../session.ts';

export interface EvaluateFlags {
  readonly workflow?: string;
  readonly limit: string;
  readonly dryRun?: boolean;
}

/**
 * `proviso evaluate [RUN]`: judges runs that are over by what is in force now, from stored bytes. Their verdicts stay. Ends with 4 when
 * one would not be accepted now without a complaint.
 */
export async function evaluate(session: Session, name: string | undefined, flags: EvaluateFlags): Promise<number> {
  const receiver = session.receiver();
  const dryRun = flags.dryRun === true;
  const items: EvaluationMessage[] = [];
  for (const run of await runsToJudge(session, name, flags)) {
    items.push(await receiver.evaluate(runRef(session, run), dryRun));
    if (name === undefined) session.io.err(`judged ${run}`);
  }
  printResult(session, name === undefined ? { items } : items[0], () => formatEvaluated(session.io, items));
  return items.every(({ isCurrent }) => isCurrent) ? EXIT.ok : EXIT.blocked;
}

async function runsToJudge(
  session: Session,
  name: string | undefined,
  flags: EvaluateFlags,
): Promise<readonly string[]> {
  if (name !== undefined) return [name];
  const workflow = flags.workflow ?? session.target().workflow;
  if (workflow === undefined) {
    throw new Problem('usage', 'it is not known which runs are meant', {
      hint: 'name one, or their workflow: proviso evaluate --workflow NAME',
    });
  }
  const runs = await session.receiver().list(targetNamespace(session), { workflow, limit: flags.limit });
  return runs.filter(({ succeeded }) => succeeded !== 'Unknown').map(({ run }) => run);
}

function formatEvaluated(io: Io, items: readonly EvaluationMessage[]): string {
  if (items.length === 0) return 'no run is over yet';
  const { green, red } = io.colours;
  const rows = items.map(({ run, was, isCurrent, reason, current }) => [
    run,
    `${was.reason}, revision ${was.revision}`,
    `${isCurrent ? green(reason) : red(reason)}, revision ${current.contract.revision}`,
    current.summary,
  ]);
  const bad = items.filter(({ isCurrent }) => !isCurrent);
  const why = bad.map(({ run, message }) => `${run}: ${plain(message)}`);
  return [formatTable(io, ['Run', 'Was', 'Would be', 'Policies'], rows), ...why].join('\n');
}
