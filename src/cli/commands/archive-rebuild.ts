import { setTimeout as sleep } from 'node:timers/promises';
import type { RebuildMessage } from '../../api/messages.ts';
import { EXIT } from '../exit-code.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session } from '../session.ts';
import { secondsOf } from '../values.ts';

export interface ArchiveRebuildFlags {
  readonly timeout: string;
}

const ASK_EVERY_MS = 2_000;

/** `proviso archive rebuild`: has evidence stores looked through for runs that the archive lacks, and waits for the end. */
export async function archiveRebuild(session: Session, flags: ArchiveRebuildFlags): Promise<number> {
  const until = performance.now() + secondsOf(flags.timeout) * 1000;
  const receiver = session.receiver();
  let found = await receiver.rebuild();
  while (!isDone(found) && performance.now() < until) {
    await sleep(ASK_EVERY_MS);
    found = await receiver.rebuildProgress();
  }
  printResult(session, found, () => {
    const rows = found.stores.map(({ name, archived, present, refused, time }) => [
      name,
      ...[archived, present, refused].map((count) => String(count ?? '-')),
      time ?? 'not yet',
    ]);
    return formatTable(session.io, ['Store', 'Archived', 'Present', 'Refused', 'Read'], rows);
  });
  if (isDone(found)) return EXIT.ok;
  session.io.err(
    `not every store is read after ${flags.timeout} s; it goes on, and kubectl get evidencestores shows those out of reach`,
  );
  return EXIT.error;
}

const isDone = ({ stores }: RebuildMessage): boolean => stores.every(({ time }) => time !== undefined);
