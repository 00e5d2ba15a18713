import type { CoveragePoint } from '../coverage.ts';
import type { ConditionListener } from './conditions.ts';
import type { Planned, Program } from './program.ts';

/** What the parts of a program do in an evaluation. */
type Act = 'is used' | 'skips' | 'goes on' | 'objects' | 'lets pass';

/** Is told of what an evaluation comes by. */
export interface Trace {
  came(by: Planned, act: Act): void;
  readonly was: ConditionListener;
  /**
   * Each variable, each `skip` both ways, each validation both ways (with a violation, and through to its end without one), and
   * each condition inside of an expression both ways.
   */
  points(program: Program): readonly CoveragePoint[];
}

export function createTrace(): Trace {
  const acts = new Map<Planned, Set<Act>>();
  const truths = new Set<string>();
  const pointsOf = (by: Planned, ...all: readonly Act[]): readonly CoveragePoint[] => [
    ...all.map((what) => ({ at: by.placeOf(), what, covered: acts.get(by)?.has(what) === true })),
    ...by.conditions.flatMap(({ id, at }) =>
      [true, false].map((value) => ({ at, what: `is ${value}`, covered: truths.has(`${id} ${value}`) })),
    ),
  ];
  return {
    came(by, act) {
      acts.set(by, (acts.get(by) ?? new Set()).add(act));
    },
    was(id, value) {
      truths.add(`${id} ${value}`);
    },
    points: ({ variables, skip, validations }) => [
      ...variables.flatMap(({ expression }) => pointsOf(expression, 'is used')),
      ...skip.flatMap(({ expression }) => pointsOf(expression, 'skips', 'goes on')),
      ...validations.flatMap(({ expression, forEach, message, subject, finding }) => [
        ...pointsOf(expression, 'objects', 'lets pass'),
        ...[forEach, message, subject, finding].flatMap((each) => (typeof each === 'object' ? pointsOf(each) : [])),
      ]),
    ],
  };
}
