import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordOfRun } from '../../../src/attestation/record.ts';
import { effectiveContract } from '../../../src/contract/from-spec.ts';
import { type Asker, createChecks } from '../../../src/receiver/checks/checks.ts';
import { judge } from '../../../src/receiver/checks/judgement.ts';
import { createLogger } from '../../../src/telemetry/log.ts';
import { workflowRun } from '../../support/workflow-run.ts';
import type { Figure } from '../figures.ts';
import { keylessDocuments, statementOf } from './documents.ts';

const BUDGET_MS = 20;
const AT_ONCE = 8;

/**
 * How long the event loop of a receiver stands still while documents are checked that take long: large keyless ones, several
 * at once, and a report of 16 MB. Beside it stand a loop that has nothing to do on the same
 * machine, and one that checks such a document itself.
 */
export async function loopDelays(seconds: number): Promise<readonly Figure[]> {
  const checks = createChecks(createLogger('bench', 'error'));
  try {
    const [document] = (await keylessDocuments(statementOf(1 << 20))).documents;
    if (document === undefined) throw new Error('no document');
    const task = { ...document, record: emptyRecord() };
    const idle = await delayOf(() => sleep(1000));
    const inLoop = await delayOf(async () => void judge(task));
    // The threads start and learn once, and not in what is measured.
    for (let n = 0; n < AT_ONCE; n++) await checks.attestation(task, asker(n));
    const end = performance.now() + seconds * 1000;
    let count = 0;
    const feed = async (n: number): Promise<void> => {
      while (performance.now() < end) {
        const judgement = await checks.attestation(task, asker(n));
        if (!judgement.verified) throw new Error('what is measured does not verify');
        count += 1;
      }
    };
    const keyless = await delayOf(() => Promise.all(Array.from({ length: AT_ONCE }, (_, n) => feed(n))));
    const text = `<testsuite>${'<testcase name="a"/>'.repeat((16 << 20) / 20)}</testsuite>`;
    const pieces = [new Uint8Array(Buffer.from(text)).buffer];
    const report = { type: 'JUNIT_XML', pieces, size: text.length, digest: '' } as const;
    const started = performance.now();
    const material = await delayOf(() => checks.material(report, asker(0)));
    const took = performance.now() - started;
    return [
      ...figuresOf('nothing to do', idle),
      ...figuresOf('keyless of 1 MB, in the loop', inLoop),
      { phase: 'the same in threads', name: `verified, ${AT_ONCE} at once`, value: count / seconds, unit: '/s' },
      ...figuresOf('the same in threads', keyless),
      { phase: 'report of 16 MB', name: 'took', value: took, unit: 'ms' },
      ...figuresOf('report of 16 MB', material),
    ];
  } finally {
    await checks.close();
  }
}

interface Delay {
  readonly p99: number;
  readonly max: number;
  /** The longest work between two looks, by the time of the processor: what others took of it doesn't count. */
  readonly work: number;
}

const figuresOf = (phase: string, { p99, max, work }: Delay): readonly Figure[] => [
  { phase, name: 'delay of the loop, p99', value: p99, unit: 'ms', budget: BUDGET_MS },
  { phase, name: 'delay of the loop, longest', value: max, unit: 'ms', budget: BUDGET_MS },
  { phase, name: 'work of the loop, longest', value: work, unit: 'ms', budget: BUDGET_MS },
];

/** In ms, with the millisecond between two looks. */
async function delayOf(work: () => Promise<unknown>): Promise<Delay> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  let longest = 0;
  let before = process.threadCpuUsage();
  const look = setInterval(() => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    before = process.threadCpuUsage();
  }, 1);
  histogram.enable();
  await sleep(10);
  histogram.reset();
  longest = 0;
  // The first look after a reset counts for nothing.
  await sleep(5);
  await work();
  await sleep(10);
  histogram.disable();
  clearInterval(look);
  return { p99: histogram.percentile(99) / 1e6, max: histogram.max / 1e6, work: longest };
}

/** Each from another identity, so that none has to wait for its own. */
const asker = (n: number): Asker => ({
  identity: `identity ${n}`,
  response: new EventEmitter() as ServerResponse,
});

function emptyRecord() {
  const contract = effectiveContract('release', { materials: [] }, []);
  if (!contract.ok) throw new Error(contract.message);
  return recordOfRun(workflowRun('build-1', 'shop'), contract.contract);
}
