import { OPERATOR_NODE_FLAGS } from '../../../src/operator/node-flags.ts';
import { freePort } from '../../support/ports.ts';
import { startProcess } from '../../support/process.ts';
import { sumOf } from '../../support/samples.ts';
import { type Memory, memoryOf } from './memory.ts';

export interface OperatorStart {
  /** The bundle. */
  readonly entry: string;
  /** More flags for Node, as for a profile. */
  readonly nodeArgs: readonly string[];
  readonly kubeconfig: string;
  readonly logFile: string;
}

/** The operator from its bundle, as it runs in a pod, and how it is doing. */
export interface BenchedOperator {
  /** Milliseconds from the start of the process until `/readyz` said that every first list is in. */
  readonly syncedMs: number;
  /** The `performance.now()` of its start. */
  readonly startedAt: number;
  memory(): Promise<Memory>;
  /** The page of its `/metrics`. */
  metrics(): Promise<string>;
  /** Resolves with when its queues ran empty, as `performance.now()`. */
  quiet(): Promise<number>;
  stop(): Promise<void>;
}

const POLL_MS = 20;
const READY_MS = 300_000;

/**
 * What Node takes by itself in a pod that is limited to 1 GiB. By the memory of a whole machine it would let garbage grow to
 * several times what lives before it looks for any.
 */
const AS_IN_A_POD = ['--max-old-space-size=512'] as const;

/** Starts the operator and waits until it is synced. */
export async function startOperator({ entry, nodeArgs, kubeconfig, logFile }: OperatorStart): Promise<BenchedOperator> {
  const port = await freePort();
  const args = ['--kubeconfig', kubeconfig, '--health-port', String(port), '--log-level', 'warn'];
  const startedAt = performance.now();
  const running = startProcess('operator', args, logFile, [...OPERATOR_NODE_FLAGS, ...AS_IN_A_POD, ...nodeArgs, entry]);
  const { pid } = running.child;
  if (pid === undefined) throw new Error(`no process for ${entry}`);
  const address = `http://127.0.0.1:${port}`;
  while (!(await answersOk(`${address}/readyz`))) {
    if (running.child.exitCode !== null)
      throw new Error(`the operator ended with ${running.child.exitCode}: ${logFile}`);
    if (performance.now() - startedAt > READY_MS) throw new Error(`the operator is not synced: ${logFile}`);
    await pause(POLL_MS);
  }
  const syncedMs = performance.now() - startedAt;
  const metrics = async () => (await fetch(`${address}/metrics`)).text();
  return {
    syncedMs,
    startedAt,
    metrics,
    memory: () => memoryOf(pid),
    quiet: () => untilQuiet(metrics),
    stop: async () => {
      await running.stop();
    },
  };
}

const answersOk = (url: string): Promise<boolean> =>
  fetch(url).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.ok;
    },
    () => false,
  );

const QUIET_MS = 2_000;
const LOOK_MS = 250;
/** Resyncs go on all the time: 10,000 workflows in ten minutes are 17 a second. */
const RESYNCS_PER_SECOND = 25;

/** Waits until nothing is queued for a while and no more is reconciled than comes due by itself. */
export async function untilQuiet(metrics: () => Promise<string>): Promise<number> {
  let since = performance.now();
  let reconciles = Number.NaN;
  for (;;) {
    const page = await metrics();
    const now = performance.now();
    const done = sumOf(page, 'controller_runtime_reconcile_total');
    const isIdle = sumOf(page, 'workqueue_depth') + sumOf(page, 'controller_runtime_active_workers') === 0;
    const isResync = done - reconciles <= (RESYNCS_PER_SECOND * LOOK_MS) / 1000;
    if (!isIdle || !isResync) since = now;
    if (now - since >= QUIET_MS) return since;
    reconciles = done;
    await pause(LOOK_MS);
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
