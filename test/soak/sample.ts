import { readdir } from 'node:fs/promises';
import { KIND, type ResourceKind } from '../../src/api/kinds.ts';
import type { LoadedShop } from '../bench/load/shop.ts';
import { memoryOf } from '../bench/operator/memory.ts';
import { scrape } from '../support/scrape.ts';
import type { ProcessName } from '../support/stack.ts';
import type { Allowance, Sample } from './growth.ts';

const PROCESSES: readonly ProcessName[] = ['operator', 'receiver'];
/** What Proviso makes. Events are left to the API server, which removes them after an hour. */
const KINDS: readonly ResourceKind[] = [
  ...[KIND.WorkflowRun, KIND.Workflow, KIND.Contract, KIND.ControllerRevision],
  ...[KIND.Secret, KIND.ServiceAccount, KIND.Role, KIND.RoleBinding, KIND.ConfigMap, KIND.Lease],
];

export const ALLOWANCES: readonly Allowance[] = [
  { of: 'resident memory, MB', share: 0.15, plus: 15 },
  { of: 'open files', share: 0, plus: 8 },
  { of: 'timers', share: 0, plus: 30 },
  { of: 'other handles', share: 0, plus: 8 },
  { of: 'queued keys', share: 0, plus: 0 },
  // A latency that was never so long before makes no series; a code or a kind that was never seen before does.
  { of: 'series', share: 0.02, plus: 20 },
  { of: 'objects', share: 0, plus: 2 },
];

/** How it stands with both processes and with what is in the cluster, at a moment in which nothing is under way. */
export async function takeSample({ shop, admin }: LoadedShop): Promise<Sample> {
  const figures: Record<string, number> = {};
  for (const name of PROCESSES) {
    const pid = shop.stack.pid(name);
    const page = await scrape(shop.stack.healthPort(name));
    const timers = page.sum('nodejs_active_resources', { type: 'Timeout' }) ?? 0;
    figures[`${name}: resident memory, MB`] = (await memoryOf(pid)).resident;
    figures[`${name}: open files`] = (await readdir(`/proc/${pid}/fd`)).length;
    figures[`${name}: timers`] = timers;
    figures[`${name}: other handles`] = (page.sum('nodejs_active_resources') ?? Number.NaN) - timers;
    figures[`${name}: queued keys`] = page.sum('workqueue_depth') ?? 0;
    figures[`${name}: series`] = page.text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  }
  for (const kind of KINDS) {
    figures[`${kind.plural}: objects`] = (await admin.client.list(kind)).length;
  }
  return figures;
}
