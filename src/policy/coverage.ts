import type { PolicyEngine, PolicyOutcome, PolicyQuery } from './evaluation.ts';

/** Something in the source of a policy that an evaluation may do or leave undone. */
export interface CoveragePoint {
  /** `line N`, or `line N, column M`; the same for each evaluation of a source. */
  readonly at: string;
  /** In words, such as `objects`. */
  readonly what: string;
  readonly covered: boolean;
}

/** What came of an evaluation, and how much of the source it took. */
export interface Covered {
  readonly outcome: PolicyOutcome;
  /** Each that the source has; of a source that is no good, and of an evaluation that was ended, none. */
  readonly points: readonly CoveragePoint[];
}

/** An engine that can also tell what an evaluation came by. */
export interface CoveringEngine extends PolicyEngine {
  /** As `evaluate`, and slower. */
  cover(name: string, source: string, query: PolicyQuery): Promise<Covered>;
}

/** The points of several evaluations of one source: what one of them has covered is covered. */
export function unitePoints(evaluations: readonly (readonly CoveragePoint[])[]): readonly CoveragePoint[] {
  const united = new Map<string, CoveragePoint>();
  for (const point of evaluations.flat()) {
    const key = `${point.at}\n${point.what}`;
    const covered = point.covered || united.get(key)?.covered === true;
    united.set(key, { ...point, covered });
  }
  return [...united.values()];
}
