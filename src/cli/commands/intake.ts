import type { IntakeItem, IntakeMessage } from '../../api/intake-messages.ts';
import { EXIT } from '../exit-code.ts';
import { formatBytes } from '../print/bytes.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session, targetNamespace } from '../session.ts';

export interface IntakeFlags {
  /** Of every namespace that may be read, and what belongs to none. */
  readonly all?: boolean;
  readonly limit: string;
}

/** `proviso intake`: what came in without a run, how much of it waits and why, and the newest of it. */
export async function intake(session: Session, { all, limit }: IntakeFlags): Promise<number> {
  const where = all === true ? {} : { namespace: targetNamespace(session) };
  const found = await session.receiver().intake({ ...where, limit });
  printResult(session, found, () => describe(session, found, where.namespace));
  return EXIT.ok;
}

function describe(session: Session, { counts, items }: IntakeMessage, namespace: string | undefined): string {
  if (items.length === 0) {
    const elsewhere = namespace === undefined ? '' : '; what belongs to no namespace yet is shown with --all';
    return `nothing came in for ${namespace ?? 'the namespaces whose runs this identity may get'}${elsewhere}`;
  }
  const summary = formatTable(
    session.io,
    ['State', 'Reason', 'Count', 'Kept'],
    counts.map(({ state, reason, count, bytes }) => [state, reason ?? '-', String(count), formatBytes(bytes)]),
  );
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  const rest = all > items.length ? `\n\nThese are the newest ${items.length} of ${all}; --limit shows more.` : '';
  return `${summary}\n\n${tableOf(session, items)}${rest}`;
}

const tableOf = (session: Session, items: readonly IntakeItem[]): string =>
  formatTable(
    session.io,
    ['Gitoid', 'Received', 'State', 'Reason', 'Run', 'Predicate', 'Message'],
    items.map(({ gitoid, receiveTime, state, reason, namespace, run, material, predicateType, message }) => [
      gitoid.slice(0, 12),
      receiveTime.slice(0, 19).replace('T', ' '),
      state,
      reason ?? '-',
      placeOf(namespace, run, material),
      plain(predicateType),
      plain(message ?? ''),
    ]),
  );

const placeOf = (namespace: string | undefined, run: string | undefined, material: string | undefined): string =>
  plain([namespace, run, material].filter((part) => part !== undefined).join('/') || '-');
