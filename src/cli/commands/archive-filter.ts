import { type Session, targetNamespace } from '../session.ts';

/** Which archived runs are asked for. */
export interface ArchiveFlags {
  readonly workflow?: string;
  readonly project?: string;
  readonly team?: string;
  readonly succeeded?: string;
  readonly reason?: string;
  readonly since?: string;
  readonly until?: string;
  readonly digest?: string;
  readonly commit?: string;
  readonly signer?: string;
  /** Every namespace that may be read. */
  readonly all?: boolean;
}

const FILTERS = ['workflow', 'project', 'team', 'succeeded', 'reason', 'since', 'until', 'digest', 'commit', 'signer'];

/** The flags as parameters of the receiver, which checks them. */
export function archiveQuery(session: Session, flags: ArchiveFlags): Readonly<Record<string, string>> {
  const given = Object.entries(flags).filter(([name]) => FILTERS.includes(name));
  return {
    ...(flags.all === true ? {} : { namespace: targetNamespace(session) }),
    ...Object.fromEntries(given),
  };
}

/** What to say when nothing fits: where was looked, and what is looked for elsewhere. */
export function nothingArchived(query: Readonly<Record<string, string>>): string {
  const { namespace, ...filters } = query;
  const where = namespace ?? 'the namespaces whose runs this identity may get';
  const asked = Object.keys(filters).map((name) => `--${name}`);
  const fits = asked.length === 0 ? '' : `, as far as it fits ${asked.join(', ')}`;
  return `the archive has no run of ${where}${fits}; runs that are not finished are listed by: proviso runs`;
}
