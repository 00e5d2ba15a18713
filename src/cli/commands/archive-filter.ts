import { ARCHIVE_FILTERS, type ArchiveFilter } from '../../api/messages.ts';
import { type Session, targetNamespace } from '../session.ts';

/** Which archived runs are asked for. */
export interface ArchiveFlags extends Readonly<Partial<Record<ArchiveFilter, string>>> {
  /** Every namespace that may be read. */
  readonly all?: boolean;
}

/** The flags as parameters of the receiver, which checks them. */
export function archiveQuery(session: Session, flags: ArchiveFlags): Readonly<Record<string, string>> {
  const given = ARCHIVE_FILTERS.flatMap((name) => {
    const value = flags[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(flags.all === true ? {} : { namespace: targetNamespace(session) }),
    ...Object.fromEntries(given),
  };
}

/** What to say when nothing fits: where was looked, and what is looked for elsewhere. */
export function nothingArchived(query: Readonly<Record<string, string>>, which?: string): string {
  const { namespace, ...filters } = query;
  const where = namespace ?? 'the namespaces whose runs this identity may get';
  const asked = Object.keys(filters).map((name) => `--${name}`);
  const fits = asked.length === 0 ? '' : `, as far as it fits ${asked.join(', ')}`;
  const that = which === undefined ? '' : ` ${which}`;
  return `the archive has no run of ${where}${that}${fits}; runs that are not finished are listed by: proviso runs`;
}
