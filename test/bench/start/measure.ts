import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../support/ports.ts';
import { startProcess } from '../../support/process.ts';
import { startStack } from '../../support/stack.ts';
import { type Figure, percentile } from '../figures.ts';
import { memoryOf } from '../operator/memory.ts';

/** The budgets of the design, section 10. */
const BUDGET = { helpMs: 60, receiverMs: 2000 } as const;
const BUILD = new URL('../../../scripts/build.ts', import.meta.url).pathname;
const POLL_MS = 5;

const run = promisify(execFile);

/** How long the CLI takes to say what it can, and the receiver until it takes requests: from what runs in production. */
export async function measureStarts(rounds: number): Promise<readonly Figure[]> {
  const dist = await mkdtemp(join(tmpdir(), 'proviso-bench-'));
  try {
    await run(process.execPath, [BUILD, dist]);
    const times = { node: [] as number[], help: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      times.node.push(await timed(() => run(process.execPath, ['-e', '0'])));
      times.help.push(await timed(() => run(process.execPath, [join(dist, 'proviso.mjs'), '--help'])));
    }
    const [node, help] = [percentile(times.node, 0.5), percentile(times.help, 0.5)];
    const { readyMs, residentMB } = await startReceiver(join(dist, 'receiver.mjs'));
    const of = { of: 'Node alone', value: help / node };
    return [
      { phase: 'start', name: 'proviso --help, p50', value: help, unit: 'ms', budget: BUDGET.helpMs, ratio: of },
      { phase: 'start', name: 'receiver, until it is ready', value: readyMs, unit: 'ms', budget: BUDGET.receiverMs },
      { phase: 'start', name: 'receiver, resident memory then', value: residentMB, unit: 'MB' },
    ];
  } finally {
    await rm(dist, { recursive: true });
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** A second receiver beside the first one, as another replica is started. */
async function startReceiver(entry: string): Promise<{ readonly readyMs: number; readonly residentMB: number }> {
  const stack = await startStack();
  const { controlPlane } = stack;
  const kubeconfig = await controlPlane.serviceAccountKubeconfig('proviso-system', 'proviso-receiver');
  const [port, health] = [String(await freePort()), String(await freePort())];
  const args = ['--port', port, '--health-port', health, '--kubeconfig', kubeconfig];
  const started = performance.now();
  const receiver = startProcess('receiver', args, join(controlPlane.dir, 'second.log'), [entry]);
  try {
    while (!(await isReady(health))) {
      if (receiver.child.exitCode !== null) throw new Error(`the receiver ended with ${receiver.child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const readyMs = performance.now() - started;
    return { readyMs, residentMB: (await memoryOf(receiver.child.pid ?? 0)).resident };
  } finally {
    await receiver.stop();
    await stack.stop();
  }
}

const isReady = (port: string): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
