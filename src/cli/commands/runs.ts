import { EXIT } from '../exit-code.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session, targetNamespace } from '../session.ts';

export interface RunsFlags {
  readonly workflow?: string;
  readonly limit: string;
  readonly all?: boolean;
}

/** `proviso runs`: the runs of a workflow, or with --all of the namespace, the newest first. */
export async function runs(session: Session, flags: RunsFlags): Promise<number> {
  const namespace = targetNamespace(session);
  const workflow = flags.all === true ? undefined : (flags.workflow ?? session.target().workflow);
  const query = { limit: flags.limit, ...(workflow === undefined ? {} : { workflow }) };
  const items = await session.receiver().list(namespace, query);
  printResult(session, { items }, () => {
    if (items.length === 0) return `no runs${workflow === undefined ? '' : ` of ${workflow}`} in ${namespace}`;
    const rows = items.map((run) => [
      run.run,
      run.workflow,
      run.succeeded,
      run.reason,
      run.materials,
      plain(run.signer),
      run.startTime,
    ]);
    return formatTable(session.io, ['Run', 'Workflow', 'Succeeded', 'Reason', 'Materials', 'Signer', 'Started'], rows);
  });
  return EXIT.ok;
}
