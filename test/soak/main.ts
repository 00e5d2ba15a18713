import { setTimeout as pause } from 'node:timers/promises';
import { openLoadedShop } from '../bench/load/shop.ts';
import { type Growth, growths, isLeak, type Sample } from './growth.ts';
import { soakRound } from './round.ts';
import { ALLOWANCES, takeSample } from './sample.ts';

/**
 * `make soak`: a mixed load for PROVISO_SOAK_MINUTES, 30 without it. In the first fifth operator and receiver are killed by turns;
 * then nothing may grow but what is handed in. Ends with 1 and names what did.
 */
const minutes = Number(process.env.PROVISO_SOAK_MINUTES ?? '30');
if (!(minutes > 0)) throw new Error('PROVISO_SOAK_MINUTES has to be a number of minutes');
const ROUND_MS = 15_000;
/** Until what a round left is done: statuses are a second late, and the history is kept short behind them. */
const SETTLE_MS = 5_000;
const RESTARTS_SHARE = 0.2;
/** Of the steady time; heaps and caches have grown to what they need by then. */
const WARM_SHARE = 0.2;

const loaded = await openLoadedShop({ history: 20 });
try {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / (minutes * 60_000);
  const steadyFrom = RESTARTS_SHARE + (1 - RESTARTS_SHARE) * WARM_SHARE;
  const samples: Sample[] = [];
  for (let round = 0; elapsed() < 1; round += 1) {
    const isRestarting = elapsed() < RESTARTS_SHARE;
    const perSecond = await soakRound(loaded, round, ROUND_MS);
    if (isRestarting) await loaded.shop.stack.killAndRestart(round % 2 === 0 ? 'receiver' : 'operator');
    await pause(SETTLE_MS);
    const sample = await takeSample(loaded);
    if (elapsed() > steadyFrom) samples.push(sample);
    const [operator, receiver] = ['operator', 'receiver'].map((name) =>
      sample[`${name}: resident memory, MB`]?.toFixed(0),
    );
    const what = isRestarting ? 'with a restart' : elapsed() > steadyFrom ? 'steady' : 'warming';
    console.log(
      `round ${round}, ${what}: ${perSecond.toFixed(1)} submissions/s, operator ${operator} MB, receiver ${receiver} MB`,
    );
  }
  const all = growths(samples, ALLOWANCES);
  console.log(`\n${samples.length} samples of a steady load, medians of the first and the last third:`);
  for (const growth of all) console.log(lineOf(growth));
  const leaks = all.filter(isLeak);
  console.log(leaks.length === 0 ? '\nnothing grew' : `\n${leaks.length} figures grew by more than they may`);
  process.exitCode = leaks.length === 0 ? 0 : 1;
} finally {
  await loaded.shop.stop();
}

function lineOf(growth: Growth): string {
  const { figure, first, last, most } = growth;
  const sign = isLeak(growth) ? 'GREW' : 'ok  ';
  return `${sign} ${figure.padEnd(34)} ${first.toFixed(0).padStart(8)} ${last.toFixed(0).padStart(8)}   at most ${most.toFixed(0)}`;
}
