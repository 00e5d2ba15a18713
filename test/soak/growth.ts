import { percentile } from '../bench/figures.ts';

/** Figures of one moment, by name, such as `receiver: resident memory, MB`. */
export type Sample = Readonly<Record<string, number>>;

/** How much more a figure may be at the end than at the beginning of a steady load. */
export interface Allowance {
  /** Which figures, by the end of their names. */
  readonly of: string;
  readonly share: number;
  readonly plus: number;
}

export interface Growth {
  readonly figure: string;
  readonly first: number;
  readonly last: number;
  readonly most: number;
}

/**
 * The medians of the first and the last third of the samples, of every figure. A leak grows with time; a cache that fills up, the
 * heap that V8 takes before it collects, and a sample in a busy moment don't.
 */
export function growths(samples: readonly Sample[], allowances: readonly Allowance[]): readonly Growth[] {
  const third = Math.floor(samples.length / 3);
  if (third === 0) throw new Error(`${samples.length} samples say nothing of growth`);
  const [early, late] = [samples.slice(0, third), samples.slice(-third)];
  return Object.keys(samples[0] ?? {}).map((figure) => {
    const allowance = allowances.find(({ of }) => figure.endsWith(of));
    if (allowance === undefined) throw new Error(`nothing says how much '${figure}' may grow`);
    const median = (each: readonly Sample[]) =>
      percentile(
        each.map((sample) => sample[figure] ?? Number.NaN),
        0.5,
      );
    const first = median(early);
    return { figure, first, last: median(late), most: first * (1 + allowance.share) + allowance.plus };
  });
}

/** Whether it grew by more than it may; what can't be told did. */
export const isLeak = ({ last, most }: Growth): boolean => !(last <= most);
