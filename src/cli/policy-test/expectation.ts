import type { PolicyOutcome, Violation } from '../../policy/evaluation.ts';
import { plain } from '../print/plain.ts';
import type { Expectation, ExpectedViolation } from './format.ts';

/** What was expected and isn't there, and what is there and wasn't expected. */
export interface Difference {
  readonly expected: readonly string[];
  readonly found: readonly string[];
}

/** As a diff: `-` what was expected and isn't there, `+` what is there and wasn't expected. */
export const diffLines = ({ expected, found }: Difference): readonly string[] => [
  ...expected.map((each) => `- ${each}`),
  ...found.map((each) => `+ ${each}`),
];

/** Compares what a policy has said with what its test expects; undefined where they agree. */
export function differenceOf(expect: Expectation, outcome: PolicyOutcome): Difference | undefined {
  if (outcome.kind === 'evaluated' && expect.violations !== undefined) {
    return violationsDiffer(expect.violations, outcome);
  }
  return agrees(expect, outcome) ? undefined : { expected: sayExpected(expect), found: sayOutcome(outcome) };
}

function agrees({ count, skipped, ignored, failed }: Expectation, outcome: PolicyOutcome): boolean {
  switch (outcome.kind) {
    case 'evaluated':
      return count !== undefined && count === outcome.violations.length + (outcome.omitted ?? 0);
    case 'skipped':
      return skipped !== undefined && outcome.reasons.some((reason) => reason.includes(skipped));
    case 'ignored':
      return ignored === true;
    case 'failed': {
      const { reason, message } = outcome.failure;
      if (failed === undefined || !message.includes(failed.message ?? '')) return false;
      return failed.reason === undefined || failed.reason === reason;
    }
  }
}

type Evaluated = Extract<PolicyOutcome, { readonly kind: 'evaluated' }>;

function violationsDiffer(
  expected: readonly ExpectedViolation[],
  { violations, omitted = 0 }: Evaluated,
): Difference | undefined {
  const pairs = pairUp(expected, violations);
  const missing = expected.filter((_, index) => !pairs.has(index));
  const taken = new Set(pairs.values());
  const left = violations.filter((_, index) => !taken.has(index)).map(sayViolation);
  const found = omitted === 0 ? left : [...left, `${omitted} more violations`];
  return missing.length + found.length === 0 ? undefined : { expected: missing.map(sayExpectedViolation), found };
}

/**
 * As many pairs of the expected and the found as there can be, by index: one that fits several leaves to others what fits
 * only them (augmenting paths).
 */
function pairUp(expected: readonly ExpectedViolation[], violations: readonly Violation[]): ReadonlyMap<number, number> {
  const ownerOf = new Map<number, number>();
  const place = (index: number, tried: Set<number>): boolean => {
    for (const [at, violation] of violations.entries()) {
      if (tried.has(at) || !fits(expected[index] ?? {}, violation)) continue;
      tried.add(at);
      const owner = ownerOf.get(at);
      if (owner !== undefined && !place(owner, tried)) continue;
      ownerOf.set(at, index);
      return true;
    }
    return false;
  };
  for (const index of expected.keys()) place(index, new Set());
  return new Map([...ownerOf].map(([at, index]) => [index, at]));
}

const fits = ({ subject, message = '', suppressed }: ExpectedViolation, violation: Violation): boolean =>
  (subject === undefined || subject === violation.subject) &&
  violation.message.includes(message) &&
  (suppressed === undefined || suppressed === (violation.suppressed === true));

function sayExpected({ violations, count, skipped, ignored, failed }: Expectation): readonly string[] {
  if (violations !== undefined) {
    return violations.length === 0 ? ['no violations'] : violations.map(sayExpectedViolation);
  }
  if (count !== undefined) return [sayCount(count)];
  if (skipped !== undefined) return [`skipped, with '${skipped}' in the reason`];
  if (ignored === true) return ['ignored'];
  const { reason, message } = failed ?? {};
  const parts = [
    reason === undefined ? [] : [reason],
    message === undefined ? [] : [`with '${message}' in the message`],
  ];
  return [['failed', ...parts.flat()].join(', ')];
}

const sayCount = (count: number): string => (count === 1 ? 'one violation' : `${count} violations`);

function sayExpectedViolation({ subject, message, suppressed }: ExpectedViolation): string {
  const parts = [
    suppressed === undefined ? [] : [suppressed ? 'suppressed' : 'not suppressed'],
    subject === undefined ? [] : [`of '${subject}'`],
    message === undefined ? [] : [`with '${message}' in the message`],
  ].flat();
  return ['a violation', ...parts].join(' ');
}

/** In lines. */
function sayOutcome(outcome: PolicyOutcome): readonly string[] {
  switch (outcome.kind) {
    case 'evaluated': {
      const { violations, omitted = 0 } = outcome;
      if (violations.length === 0) return ['no violations'];
      const more = omitted === 0 ? [] : [`${omitted} more violations`];
      return [`${sayCount(violations.length + omitted)}:`, ...violations.map(sayViolation), ...more];
    }
    case 'skipped':
      return [`skipped: ${outcome.reasons.map(plain).join('; ')}`];
    case 'ignored':
      return ['ignored'];
    case 'failed':
      return [`failed, ${outcome.failure.reason}: ${plain(outcome.failure.message)}`];
  }
}

const sayViolation = ({ subject, message, suppressed }: Violation): string =>
  `a violation${suppressed === true ? ' suppressed' : ''} of '${plain(subject)}': ${plain(message)}`;
