import { KIND } from '../../api/kinds.ts';
import { isHeld } from '../../api/legal-hold.ts';
import { namesServedBy } from '../../api/moved.ts';
import type { KubeObject } from '../../api/object.ts';
import type { EvidenceStore, Workflow, WorkflowRun } from '../../api/types.gen.ts';
import { type ExpiredRun, expiredRuns, expiryOf, type Retention, workflowsWith } from '../../archive/retention.ts';
import type { ArchiveDatabase } from '../../archive/tables.ts';
import type { KubeClient } from '../../kube/client.ts';
import { keyOf, type Store } from '../../kube/store.ts';

export interface ExpiredOptions {
  readonly client: KubeClient;
  readonly database: ArchiveDatabase;
  /** Runs as the watch has them. */
  readonly runs: Store<WorkflowRun>;
}

/** A run that no rule keeps. */
export interface Expired {
  readonly run: ExpiredRun;
  /** The run as the API server had it. */
  readonly document: WorkflowRun;
  /** Why it is kept all the same: a legal hold, or that it is in the cluster. */
  readonly keptBy?: string;
}

/** What the objects of the cluster say: read for each store anew, since a hold counts from when it is put. */
interface Terms {
  readonly byUid: ReadonlyMap<string, Workflow>;
  /** For runs of one that is gone: after a restore all are, and what keeps their runs is said by those that have their names. */
  readonly byName: ReadonlyMap<string, Workflow>;
  /** Names of namespaces under a hold. */
  readonly heldNamespaces: ReadonlySet<string>;
  /** Of runs that are in the cluster. */
  readonly uids: ReadonlySet<string>;
}

/** Documents are large. */
const PAGE = 50;

/** A store that has a retention, and is neither moved nor being moved. */
export interface RetainingStore {
  readonly store: EvidenceStore;
  readonly retention: NonNullable<EvidenceStore['spec']['retention']>;
  /** Of the stores whose objects it has: itself, and those that were moved there. */
  readonly names: readonly string[];
  /** The one of them that is under a legal hold. */
  readonly held: string | undefined;
}

/** Which of all stores say for how long something is kept. */
export function retainingStores(all: readonly EvidenceStore[]): readonly RetainingStore[] {
  return all.flatMap((store) => {
    const { retention } = store.spec;
    // What is removed while it is copied would stay in the other store, and nobody would know.
    if (retention === undefined || store.spec.movedTo !== undefined) return [];
    const names = namesServedBy(store, all);
    const held = all.find((each) => names.includes(each.metadata.name) && isHeld(each))?.metadata.name;
    return [{ store, retention, names, held }];
  });
}

/** The runs of a store that neither it nor their Workflow keeps, by `now`. */
export async function* expiredIn(options: ExpiredOptions, store: RetainingStore, now: Date): AsyncGenerator<Expired> {
  const terms = await readTerms(options);
  const { names: stores, retention } = store;
  for (const each of await workflowsWith(options.database, stores)) {
    const { workflow_uid: workflowUid, namespace, workflow: name } = each;
    const workflow = terms.byUid.get(workflowUid) ?? terms.byName.get(keyOf({ namespace, name }));
    const rules: readonly Retention[] = [retention, workflow?.spec.retention].filter((rule) => rule !== undefined);
    const expiry = expiryOf(rules, now);
    for (let after: ExpiredRun | undefined; ; ) {
      const page = await expiredRuns(options.database, { workflowUid, stores }, expiry, PAGE, after);
      for (const run of page) yield judge(run, workflow, store, terms);
      if (page.length < PAGE) break;
      after = page.at(-1);
    }
  }
}

async function readTerms({ client, runs }: ExpiredOptions): Promise<Terms> {
  const workflows = await client.list<Workflow>(KIND.Workflow);
  const namespaces = await client.list<KubeObject>(KIND.Namespace);
  return {
    byUid: new Map(workflows.map((workflow) => [workflow.metadata.uid ?? '', workflow])),
    byName: new Map(workflows.map((workflow) => [keyOf(workflow.metadata), workflow])),
    heldNamespaces: new Set(namespaces.filter(isHeld).map(({ metadata }) => metadata.name)),
    uids: new Set(runs.list().map(({ metadata }) => metadata.uid ?? '')),
  };
}

function judge(run: ExpiredRun, workflow: Workflow | undefined, store: RetainingStore, terms: Terms): Expired {
  const document = JSON.parse(run.document) as WorkflowRun;
  const keptBy = whatKeeps(document, workflow, store, terms);
  return { run, document, ...(keptBy === undefined ? {} : { keptBy }) };
}

function whatKeeps(
  run: WorkflowRun,
  workflow: Workflow | undefined,
  { held }: RetainingStore,
  terms: Terms,
): string | undefined {
  const { namespace = '', uid = '' } = run.metadata;
  if (held !== undefined) return `a legal hold of the EvidenceStore ${held}`;
  if (terms.heldNamespaces.has(namespace)) return `a legal hold of the namespace ${namespace}`;
  if (workflow !== undefined && isHeld(workflow)) return `a legal hold of the Workflow ${workflow.metadata.name}`;
  if (isHeld(run)) return 'a legal hold of the run';
  return terms.uids.has(uid) ? 'the history of its Workflow: it is still in the cluster' : undefined;
}
