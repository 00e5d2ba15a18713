import { KIND } from '../../api/kinds.ts';
import { Problem } from '../../api/problem.ts';
import type { Workflow, WorkflowRun } from '../../api/types.gen.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type ClusterFlags, withCluster } from '../cluster.ts';
import { EXIT } from '../exit-code.ts';
import { formatTree } from '../print/tree.ts';
import { printResult, type Session } from '../session.ts';
import { readWorkflow } from '../tree/read.ts';
import { runTree } from '../tree/run.ts';
import { workflowTree } from '../tree/workflow.ts';
import { limitOf } from '../values.ts';

export interface TreeFlags extends ClusterFlags {
  readonly limit: string;
}

/** The names that kubectl takes for the two kinds, with and without their group. */
const ROOTS: Readonly<Record<string, 'Workflow' | 'WorkflowRun'>> = {
  ...{ workflow: 'Workflow', workflows: 'Workflow', wkf: 'Workflow' },
  ...{ run: 'WorkflowRun', workflowrun: 'WorkflowRun', workflowruns: 'WorkflowRun', wkr: 'WorkflowRun' },
};

/** `proviso tree TARGET`: what belongs to a workflow or a run and how each part of it stands, with the rights of who asks. */
export async function tree(session: Session, target: string, flags: TreeFlags): Promise<number> {
  const { kind, name } = rootOf(target);
  const limit = limitOf(flags.limit);
  const now = new Date();
  const root = await withCluster(flags, async (client, ofContext) => {
    const namespace = session.target().namespace ?? ofContext ?? 'default';
    return kind === 'Workflow'
      ? workflowTree(await readWorkflow(client, await found<Workflow>(client, kind, namespace, name), limit), now)
      : runTree(await found<WorkflowRun>(client, kind, namespace, name), now);
  });
  printResult(session, root, () => formatTree(session.io, root, now));
  return EXIT.ok;
}

function rootOf(target: string): { readonly kind: 'Workflow' | 'WorkflowRun'; readonly name: string } {
  const [, word = '', name = ''] = /^([a-z]+)(?:\.proviso\.dev)?\/([a-z0-9][-.a-z0-9]*)$/.exec(target) ?? [];
  const kind = Object.hasOwn(ROOTS, word) ? ROOTS[word] : undefined;
  if (kind !== undefined) return { kind, name };
  throw new Problem('usage', `'${target}' is neither workflow/NAME nor run/NAME`, {
    hint: 'as in: proviso tree workflow/build, or proviso tree run/build-3f9a01c2de',
  });
}

async function found<T extends Workflow | WorkflowRun>(
  client: KubeClient,
  kind: 'Workflow' | 'WorkflowRun',
  namespace: string,
  name: string,
): Promise<T> {
  const object = await client.find<T>(KIND[kind], { namespace, name });
  if (object !== undefined) return object;
  const code = kind === 'Workflow' ? 'workflow-not-found' : 'run-not-found';
  throw new Problem(code, `there is no ${kind} '${name}' in the namespace '${namespace}'`, {
    hint: `see: kubectl get ${KIND[kind].plural}.proviso.dev -n ${namespace}; another namespace is named by -n`,
  });
}
