import { type FinishedRun, SAMPLE, type Statistics } from './history.ts';
import { MIN_SAMPLE } from './usual.ts';

type SuccessRate = Statistics['successRates'][number];

export const DAY_MS = 86_400_000;
/** So seldom would a pipeline that is as good as it should be look so bad. */
const CHANCE = 0.05;

/** How many runs were accepted, of the last ones and lately; `finished` has the newest first. */
export function successRates(finished: readonly FinishedRun[], now: number): readonly SuccessRate[] {
  const within = (ms: number) => finished.filter(({ end }) => end > now - ms);
  return [
    ...rateOver('Last20Runs', finished.slice(0, SAMPLE)),
    ...rateOver('Last24Hours', within(DAY_MS)),
    ...rateOver('Last7Days', within(7 * DAY_MS)),
  ];
}

function rateOver(window: SuccessRate['window'], runs: readonly FinishedRun[]): readonly SuccessRate[] {
  const oldest = runs.at(-1);
  if (oldest === undefined) return [];
  const accepted = runs.filter((run) => run.accepted).length;
  const rate = `${Math.floor((100 * accepted) / runs.length)}%`;
  return [{ window, runs: runs.length, accepted, rate, since: oldest.finishTime }];
}

/**
 * Whether so few accepted runs can't be put down to chance in a pipeline that succeeds as often as it should: an exact binomial
 * test, one-sided, at 5 %. So one failure of two says nothing, and neither do four runs.
 */
export const isTooLow = (accepted: number, runs: number, minSuccessRate: number): boolean =>
  runs >= MIN_SAMPLE && chanceOfAtMost(accepted, runs, minSuccessRate) < CHANCE;

/** How likely at most `accepted` of `runs` are when each is accepted with the probability `rate`; for small numbers of runs. */
export function chanceOfAtMost(accepted: number, runs: number, rate: number): number {
  if (accepted >= runs) return 1;
  let ways = 1;
  let chance = 0;
  for (let count = 0; count <= accepted; count++) {
    chance += ways * rate ** count * (1 - rate) ** (runs - count);
    ways = (ways * (runs - count)) / (count + 1);
  }
  return chance;
}
