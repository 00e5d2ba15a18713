import { formatDuration } from '../../api/duration.ts';
import { type AcceptedRun, SAMPLE, type Statistics } from './history.ts';

/** Of fewer runs nothing is said to be usual. */
export const MIN_SAMPLE = 5;
/** The share of runs that have what is usual. */
const USUAL_SHARE = 0.9;
/** Makes the median distance to the median of normally distributed figures one standard deviation. */
const MAD_TO_DEVIATION = 1.4826;

/** What is usual of durations, in seconds. */
export interface UsualDuration {
  readonly median: number;
  /** About one standard deviation, of which a few outliers change nothing. */
  readonly spread: number;
}

/** What accepted runs have in common, of the newest; `undefined` where there are too few. */
export function usualOf(accepted: readonly AcceptedRun[]): Statistics['usual'] {
  const sample = accepted.slice(0, SAMPLE);
  const oldest = sample.at(-1);
  if (oldest === undefined || sample.length < MIN_SAMPLE) return undefined;
  const duration = usualDuration(sample);
  return {
    runs: sample.length,
    since: oldest.finishTime,
    ...(duration === undefined ? {} : { duration: inSeconds(duration.median), spread: inSeconds(duration.spread) }),
    materials: usualMaterials(sample).toSorted(),
  };
}

export const inSeconds = (seconds: number): string => formatDuration(Math.round(seconds));

/** Median and spread of the durations that are known; `undefined` where too few are. */
export function usualDuration(sample: readonly AcceptedRun[]): UsualDuration | undefined {
  const known = sample.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]));
  if (known.length < MIN_SAMPLE) return undefined;
  const median = medianOf(known);
  return { median, spread: MAD_TO_DEVIATION * medianOf(known.map((each) => Math.abs(each - median))) };
}

/** The names of the materials that nearly all of the runs had. */
export function usualMaterials(sample: readonly AcceptedRun[]): readonly string[] {
  const counts = countMaterials(sample);
  return [...counts].flatMap(([name, count]) => (count >= USUAL_SHARE * sample.length ? [name] : []));
}

/**
 * Whether more runs than one, and than one of ten, had a material that no other had: their names are made up anew each time,
 * and a new one says nothing.
 */
export function materialsVary(sample: readonly AcceptedRun[]): boolean {
  const counts = countMaterials(sample);
  const odd = sample.filter(({ materials }) => [...materials].some((name) => counts.get(name) === 1)).length;
  return odd > Math.max(1, (1 - USUAL_SHARE) * sample.length);
}

function countMaterials(sample: readonly AcceptedRun[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { materials } of sample) for (const name of materials) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
