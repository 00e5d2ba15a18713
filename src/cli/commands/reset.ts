import { Problem } from '../../api/problem.ts';
import { EXIT } from '../exit-code.ts';
import { formatVerdict } from '../print/run.ts';
import { forgetRun } from '../run-memory.ts';
import { currentRun, printResult, rememberedRun, type Session } from '../session.ts';

export interface ResetFlags {
  readonly trigger: string;
  readonly reason?: string;
}

/** `proviso reset`: ends the open run and forgets it here. */
export async function reset(session: Session, { trigger, reason }: ResetFlags): Promise<number> {
  if (trigger !== 'failure' && trigger !== 'cancellation') {
    throw new Problem('usage', `--trigger is '${trigger}', and failure or cancellation was expected`);
  }
  const ref = currentRun(session);
  const run = await session.receiver().cancel(ref, { trigger, ...(reason === undefined ? {} : { reason }) });
  if (rememberedRun(session)?.run === ref.run) forgetRun(session.io.cwd);
  printResult(session, run, () => `${ref.namespace}/${ref.run}: ${formatVerdict(session.io, run)}`);
  return EXIT.ok;
}
