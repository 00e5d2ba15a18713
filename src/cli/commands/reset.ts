import { Problem } from '../../api/problem.ts';
import { EXIT } from '../exit-code.ts';
import { formatVerdict } from '../print/run.ts';
import { forgetRun } from '../run-memory.ts';
import { printResult, rememberedRun, type Session } from '../session.ts';
import { submittedRun } from '../submitted-run.ts';

export interface ResetFlags {
  readonly trigger: string;
  readonly reason?: string;
  /** A run that is over is no error: what always runs last may come after the verdict. */
  readonly ifOpen?: boolean;
}

/** `proviso reset`: ends the open run and forgets it here. */
export async function reset(session: Session, { trigger, reason, ifOpen }: ResetFlags): Promise<number> {
  if (trigger !== 'failure' && trigger !== 'cancellation') {
    throw new Problem('usage', `--trigger is '${trigger}', and failure or cancellation was expected`);
  }
  const ref = await submittedRun(session);
  const request = { trigger, ...(reason === undefined ? {} : { reason }) } as const;
  const run = await session
    .receiver()
    .cancel(ref, request)
    .catch((error: unknown) => {
      if (ifOpen === true && error instanceof Problem && error.code === 'run-finished')
        return session.receiver().state(ref);
      throw error;
    });
  if (rememberedRun(session)?.run === ref.run) forgetRun(session.io.cwd);
  printResult(session, run, () => `${ref.namespace}/${ref.run}: ${formatVerdict(session.io, run)}`);
  return EXIT.ok;
}
