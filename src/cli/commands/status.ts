import { EXIT } from '../exit-code.ts';
import { formatRun } from '../print/run.ts';
import { printResult, runRef, type Session, wouldBeAbout } from '../session.ts';
import { submittedRun } from '../submitted-run.ts';

/** `proviso status [RUN]`: what is there, missing and wrong, and what to type next. */
export async function status(session: Session, name: string | undefined): Promise<number> {
  const ref = name === undefined ? await submittedRun(session) : runRef(session, name);
  const run = await session.receiver().state(ref);
  printResult(session, run, () => formatRun(session.io, run, wouldBeAbout(session, ref)));
  return EXIT.ok;
}
