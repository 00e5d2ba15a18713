import { KIND } from '../../api/kinds.ts';
import { isHeld } from '../../api/legal-hold.ts';
import type { KubeObject } from '../../api/object.ts';
import type { EvidenceStore, Workflow, WorkflowRun } from '../../api/types.gen.ts';
import { type ExpiredRun, expiredRuns, expiryOf, type Retention, workflowsWith } from '../../archive/retention.ts';
import type { ArchiveDatabase } from '../../archive/tables.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Store } from '../../kube/store.ts';

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

/** What the objects of the cluster say, read once for all runs. */
interface Terms {
  readonly workflows: ReadonlyMap<string, Workflow>;
  /** Names of namespaces under a hold. */
  readonly heldNamespaces: ReadonlySet<string>;
  /** Of runs that are in the cluster. */
  readonly uids: ReadonlySet<string>;
}

/** Documents are large. */
const PAGE = 50;

/** The runs of a store that neither it nor their Workflow keeps, by `now`; none of a store without a retention. */
export async function* expiredIn(options: ExpiredOptions, store: EvidenceStore, now: Date): AsyncGenerator<Expired> {
  const { retention } = store.spec;
  if (retention === undefined) return;
  const terms = await readTerms(options);
  const { name } = store.metadata;
  for (const workflowUid of await workflowsWith(options.database, name)) {
    const workflow = terms.workflows.get(workflowUid);
    const rules: readonly Retention[] = [retention, workflow?.spec.retention].filter((rule) => rule !== undefined);
    const expiry = expiryOf(rules, now);
    for (let after: ExpiredRun | undefined; ; ) {
      const page = await expiredRuns(options.database, { workflowUid, store: name }, expiry, PAGE, after);
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
    workflows: new Map(workflows.map((workflow) => [workflow.metadata.uid ?? '', workflow])),
    heldNamespaces: new Set(namespaces.filter(isHeld).map(({ metadata }) => metadata.name)),
    uids: new Set(runs.list().map(({ metadata }) => metadata.uid ?? '')),
  };
}

function judge(run: ExpiredRun, workflow: Workflow | undefined, store: EvidenceStore, terms: Terms): Expired {
  const document = JSON.parse(run.document) as WorkflowRun;
  const keptBy = whatKeeps(document, workflow, store, terms);
  return { run, document, ...(keptBy === undefined ? {} : { keptBy }) };
}

function whatKeeps(
  run: WorkflowRun,
  workflow: Workflow | undefined,
  store: EvidenceStore,
  terms: Terms,
): string | undefined {
  const { namespace = '', uid = '' } = run.metadata;
  if (isHeld(store)) return `a legal hold of the EvidenceStore ${store.metadata.name}`;
  if (terms.heldNamespaces.has(namespace)) return `a legal hold of the namespace ${namespace}`;
  if (workflow !== undefined && isHeld(workflow)) return `a legal hold of the Workflow ${workflow.metadata.name}`;
  if (isHeld(run)) return 'a legal hold of the run';
  return terms.uids.has(uid) ? 'the history of its Workflow: it is still in the cluster' : undefined;
}
