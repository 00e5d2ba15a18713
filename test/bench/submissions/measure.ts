import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArchive } from '../../../src/archive/open.ts';
import { type Pipelines, pipelineManifests, startPipelines } from '../../fault/pipelines.ts';
import { eventually } from '../../support/eventually.ts';
import { openShop } from '../../support/shop.ts';
import { hasPostgres, startPostgres } from '../../tools/postgres.ts';
import type { Figure } from '../figures.ts';

/** Pipelines that run at once, each with an identity of its own: one has so many requests in a second and no more. */
const WORKFLOWS = Array.from({ length: 16 }, (_, index) => `build-${index}`);
const WARM_MS = 3_000;

/** How often each kind is measured, one after the other, so that a machine that is busy for a while is so for all of them. */
const ROUNDS = 2;

/**
 * Submissions (init, two materials, statement, push) per second, with each kind of archive and with none, each in clusters of its
 * own; and what one takes of a processor in the receiver, which says more on a machine that is shared.
 */
export async function measureSubmissions(seconds: number): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'proviso-bench-'));
  const postgres = hasPostgres() ? await startPostgres() : undefined;
  try {
    const measured = new Map<string, Measured[]>();
    for (let round = 0; round < ROUNDS; round++) {
      const archives: Readonly<Record<string, string | undefined>> = {
        'no archive': undefined,
        SQLite: `sqlite:${join(folder, `archive-${round}.db`)}`,
        ...(postgres === undefined ? {} : { PostgreSQL: postgres.address }),
      };
      for (const [name, address] of Object.entries(archives)) {
        measured.set(name, [...(measured.get(name) ?? []), await measure(address, seconds)]);
      }
    }
    const without = meanOf(measured.get('no archive') ?? []);
    return [...measured].flatMap(([name, each]) => figuresOf(name, meanOf(each), without));
  } finally {
    await postgres?.stop();
    await rm(folder, { recursive: true });
  }
}

interface Measured {
  readonly perSecond: number;
  /** Of a processor, in the receiver. */
  readonly msPerSubmission: number;
  /** From the last submission until all are archived; 0 without an archive. */
  readonly lagSeconds: number;
}

function meanOf(each: readonly Measured[]): Measured {
  const mean = (pick: (one: Measured) => number) => each.reduce((sum, one) => sum + pick(one), 0) / each.length;
  return {
    perSecond: mean(({ perSecond }) => perSecond),
    msPerSubmission: mean(({ msPerSubmission }) => msPerSubmission),
    lagSeconds: mean(({ lagSeconds }) => lagSeconds),
  };
}

async function measure(archive: string | undefined, seconds: number): Promise<Measured> {
  const shop = await openShop(pipelineManifests(undefined, WORKFLOWS), archive === undefined ? {} : { archive });
  try {
    const pipelines: Pipelines[] = [];
    for (const workflow of WORKFLOWS) {
      const token = await shop.tokenOf(workflow);
      pipelines.push(startPipelines(shop, { token, workflow, clients: 1, name: workflow, onlyRuns: true }));
    }
    const acknowledged = () => pipelines.flatMap((each) => each.acknowledged);
    await pause(WARM_MS);
    const pid = shop.stack.pid('receiver');
    const [before, began, started] = [acknowledged().length, await cpuMs(pid), performance.now()];
    await pause(seconds * 1000);
    const count = acknowledged().length - before;
    const perSecond = (count * 1000) / (performance.now() - started);
    const msPerSubmission = ((await cpuMs(pid)) - began) / count;
    await Promise.all(pipelines.map((each) => each.end()));
    const lagSeconds = archive === undefined ? 0 : await untilArchived(archive, acknowledged());
    return { perSecond, msPerSubmission, lagSeconds };
  } finally {
    await shop.stop();
  }
}

/** Seconds until all these runs are in the archive. */
async function untilArchived(address: string, runs: readonly { readonly run: string }[]): Promise<number> {
  const started = performance.now();
  const { database } = await openArchive(address);
  await eventually('all in the archive', async () => {
    const rows = await database.selectFrom('runs').select('name').execute();
    const names = new Set(rows.map(({ name }) => name));
    return runs.every(({ run }) => names.has(run));
  });
  await database.destroy();
  return (performance.now() - started) / 1000;
}

/** Of a processor, that a process has taken so far; the kernel counts in hundredths of a second. */
async function cpuMs(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // After the name, which may have blanks in it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function figuresOf(phase: string, measured: Measured, without: Measured): readonly Figure[] {
  const { perSecond, msPerSubmission, lagSeconds } = measured;
  const ratioTo = (value: number) => (measured.lagSeconds === 0 ? {} : { ratio: { of: 'no archive', value } });
  return [
    {
      ...{ phase, name: `submissions, ${WORKFLOWS.length} at once`, value: perSecond, unit: '/s' as const },
      ...ratioTo(perSecond / without.perSecond),
    },
    {
      ...{ phase, name: 'processor of the receiver, each', value: msPerSubmission, unit: 'ms' as const },
      ...ratioTo(msPerSubmission / without.msPerSubmission),
    },
    ...(lagSeconds === 0 ? [] : [{ phase, name: 'until all are archived', value: lagSeconds, unit: 's' } as const]),
  ];
}
