import type { Figure } from '../figures.ts';
import { startCluster } from './cluster.ts';
import { newcomers } from './newcomers.ts';
import { type Bench, cold, daily, idle, raw, restart } from './phases.ts';
import { seed } from './seed.ts';
import { watchWorkflows } from './workflow-watch.ts';

export interface BenchOptions {
  /** Workflows, and as many runs. */
  readonly size: number;
  /** New workflows in steady state. */
  readonly samples: number;
  readonly restMs: number;
  /** More flags for the operator's Node, as for a profile. */
  readonly nodeArgs: readonly string[];
  readonly onStep: (step: string) => void;
}

/** Measures the operator from its first start on an empty cluster to its daily life among many objects. */
export async function benchOperator(options: BenchOptions): Promise<readonly Figure[]> {
  const { size, samples, restMs, nodeArgs, onStep } = options;
  onStep('starting the control plane, bundling the operator');
  const cluster = await startCluster(size, nodeArgs);
  try {
    onStep('the operator in an empty cluster');
    const figures = [...(await idle(cluster, restMs))];
    onStep(`making ${size} workflows and ${size} runs`);
    const seeded = await seed(cluster, size);
    figures.push(...(await raw(seeded)));
    const watch = await watchWorkflows(cluster.admin.transport);
    const bench: Bench = { cluster, seeded, watch, newcomers: newcomers(cluster, watch), restMs };
    try {
      onStep('first start: the operator provisions all of them');
      figures.push(...(await cold(bench)));
      onStep('restart');
      const restarted = await restart(bench);
      figures.push(...restarted.figures);
      onStep('restart, new workflows, a change of every contract');
      figures.push(...(await daily(bench, restarted.backlogMs, samples)));
    } finally {
      await watch.close();
    }
    return figures;
  } finally {
    await cluster.stop();
  }
}
