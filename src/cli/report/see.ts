import { KIND, type ResourceKind } from '../../api/kinds.ts';
import type { ArchiveTotal } from '../../api/messages.ts';
import type { KubeObject } from '../../api/object.ts';
import { Problem } from '../../api/problem.ts';
import { isArchived } from '../../api/run-verdict.ts';
import type { Waiver, Workflow, WorkflowRun } from '../../api/types.gen.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isStatus } from '../../kube/error.ts';
import type { Receiver } from '../client/receiver.ts';
import { archivedDays } from './archived.ts';
import { dayOf } from './days.ts';
import type { Sight } from './make.ts';

/** What there is to be asked. */
export interface Sources {
  readonly client: KubeClient;
  /** Throws the Problem of a receiver that isn't known. */
  readonly receiver: () => Receiver;
  /** Absent: every namespace. */
  readonly namespace?: string;
  /** The first day. */
  readonly from: string;
}

/**
 * Looks at the cluster and the archive with the rights of who asks. What may not be seen, or isn't there, is told of in its place;
 * only without the Workflows there is no report. Throws `KubeError`.
 */
export async function see({ client, receiver, namespace, from }: Sources): Promise<Sight> {
  const unseen: string[] = [];
  const scope = namespace === undefined ? {} : { namespace };
  const workflows = await client.list<Workflow>(KIND.Workflow, scope);
  const listed = async <T extends KubeObject>(kind: ResourceKind, so: string): Promise<readonly T[]> => {
    try {
      return await client.list<T>(kind, scope);
    } catch (error) {
      if (!isStatus(error, 403)) throw error;
      unseen.push(`${kind.plural} may not be listed, so ${so}: ${error.message}`);
      return [];
    }
  };
  const runs = await listed<WorkflowRun>(KIND.WorkflowRun, 'no verdict is known but those that the archive counts');
  const waivers = await listed<Waiver>(KIND.Waiver, 'none is shown');
  const archived = await fromArchive(receiver, from, namespace, unseen);
  unseen.push(...namespacesUnseen(runs, archived, from));
  return { workflows, runs, waivers, archived: archived ?? [], unseen };
}

async function fromArchive(
  receiver: Sources['receiver'],
  from: string,
  namespace: string | undefined,
  unseen: string[],
): Promise<readonly ArchiveTotal[] | undefined> {
  try {
    const found = await archivedDays((query) => receiver().archiveTotals(query), from, namespace);
    for (const day of found.cut)
      unseen.push(`the archive has more workflows with runs on ${day} than are counted here`);
    return found.items;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    unseen.push(`the archive was not read, so runs that left the cluster are not counted: ${error.message}`);
    return undefined;
  }
}

/** The archive passes over namespaces that the identity may not read. */
function namespacesUnseen(
  runs: readonly WorkflowRun[],
  archived: readonly ArchiveTotal[] | undefined,
  from: string,
): readonly string[] {
  if (archived === undefined) return [];
  const told = new Set(archived.map(({ namespace }) => namespace));
  const kept = runs.filter((run) => isArchived(run) && dayOf(run.status?.startTime ?? from) >= from);
  const missing = new Set(kept.flatMap(({ metadata: { namespace = '' } }) => (told.has(namespace) ? [] : [namespace])));
  return [...missing]
    .sort()
    .map(
      (each) => `the archive tells nothing of the namespace ${each}, so its runs that left the cluster are not counted`,
    );
}
