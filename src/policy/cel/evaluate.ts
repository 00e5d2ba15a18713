import { type CelInput, type CelValue, celMap, isCelError, isCelList, isCelMap } from '@bufbuild/cel';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { excerpt } from '../../api/excerpt.ts';
import { asRecord } from '../../api/record.ts';
import type { PolicyFailure, PolicyOutcome, PolicyQuery, Violation } from '../evaluation.ts';
import { resetByteBudget } from './byte-budget.ts';
import { fromJson, toJson } from './json-values.ts';
import type { Bindings, Planned, Program, Validation } from './program.ts';
import type { Trace } from './trace.ts';

/** More than that nobody reads, and the run that they are written to holds. */
export const MAX_VIOLATIONS = 1000;
const MAX_SUBJECT = 500;
const MAX_MESSAGE = 1000;
/** Characters of its JSON. */
const MAX_FINDING = 8 << 10;

/** An evaluation that came to nothing; thrown. */
class Failed extends Error {
  readonly reason: PolicyFailure['reason'];

  constructor(reason: PolicyFailure['reason'], message: string) {
    super(excerpt(message, MAX_MESSAGE));
    this.reason = reason;
  }
}

/** What a program says about something; `name` stands for what it is about where the program says nothing. */
export function evaluate(name: string, program: Program, query: PolicyQuery, trace?: Trace): PolicyOutcome {
  resetByteBudget();
  try {
    const bindings = bindingsOf(program, query, trace);
    const reasons = program.skip
      .filter(({ expression }) => {
        const skips = truthOf(expression, bindings, 'an expression of skip');
        trace?.came(expression, skips ? 'skips' : 'goes on');
        return skips;
      })
      .map(({ reason }) => excerpt(reason, MAX_MESSAGE));
    if (reasons.length > 0) return { kind: 'skipped', reasons };
    return { kind: 'evaluated', ...violationsOf(name, program.validations, bindings, trace) };
  } catch (error) {
    if (error instanceof Failed) return failed(error.reason, error.message);
    if (error instanceof RangeError) return failed('Error', 'the policy nests values or calls too deeply');
    throw error;
  }
}

const failed = (reason: PolicyFailure['reason'], message: string): PolicyOutcome => ({
  kind: 'failed',
  failure: { reason, message },
});

/** Without a prototype, since expressions can name whatever they like. Variables are evaluated once somebody wants them. */
function bindingsOf(
  { variables }: Program,
  { input, inputs, material, run, now }: PolicyQuery,
  trace: Trace | undefined,
): Bindings {
  const bindings: Record<string, CelInput> = Object.create(null);
  Object.assign(bindings, {
    input: fromJson(input),
    inputs: celMap(new Map(Object.entries(inputs))),
    material: fromJson(material ?? null),
    run: fromJson(run),
    now: timestampFromMs(Date.parse(now)),
  });
  for (const { name, expression } of variables) {
    let value: CelInput | undefined;
    Object.defineProperty(bindings, `variables.${name}`, {
      get: () => {
        trace?.came(expression, 'is used');
        // An error is passed on by whatever uses it, as if it had happened there.
        value ??= expression.evaluate(bindings) as CelInput;
        return value;
      },
    });
  }
  return bindings;
}

interface Violations {
  readonly violations: readonly Violation[];
  readonly omitted?: number;
}

function violationsOf(
  name: string,
  validations: readonly Validation[],
  bindings: Bindings,
  trace: Trace | undefined,
): Violations {
  const violations: Violation[] = [];
  let omitted = 0;
  for (const validation of validations) {
    const before = violations.length + omitted;
    for (const each of subjectsOf(validation, bindings)) {
      if (truthOf(validation.expression, each, "a validation's expression")) continue;
      if (violations.length < MAX_VIOLATIONS) violations.push(violationOf(name, validation, each));
      else omitted += 1;
    }
    trace?.came(validation.expression, violations.length + omitted > before ? 'objects' : 'lets pass');
  }
  return omitted === 0 ? { violations } : { violations, omitted };
}

function* subjectsOf({ forEach }: Validation, bindings: Bindings): Generator<Bindings> {
  if (forEach === undefined) {
    yield bindings;
    return;
  }
  const list = resultOf(forEach, bindings);
  if (typeof list !== 'object' || !isCelList(list)) throw invalid(forEach, 'forEach', 'a list');
  for (const item of list) yield Object.setPrototypeOf({ item }, bindings) as Bindings;
}

function violationOf(name: string, { message, subject, finding }: Validation, bindings: Bindings): Violation {
  return {
    subject: excerpt(subject === undefined ? name : textOf(subject, bindings, 'subjectExpression'), MAX_SUBJECT),
    message: excerpt(
      typeof message === 'string' ? message : textOf(message, bindings, 'messageExpression'),
      MAX_MESSAGE,
    ),
    ...(finding === undefined ? {} : { finding: findingOf(finding, bindings) }),
  };
}

function truthOf(expression: Planned, bindings: Bindings, what: string): boolean {
  const value = resultOf(expression, bindings);
  if (typeof value !== 'boolean') throw invalid(expression, what, 'true or false');
  return value;
}

function textOf(expression: Planned, bindings: Bindings, what: string): string {
  const value = resultOf(expression, bindings);
  if (typeof value !== 'string') throw invalid(expression, what, 'a string');
  return value;
}

function findingOf(expression: Planned, bindings: Bindings): Readonly<Record<string, unknown>> {
  const value = resultOf(expression, bindings);
  if (typeof value !== 'object' || !isCelMap(value)) throw invalid(expression, 'findingExpression', 'a map');
  const finding = asRecord(jsonOf(expression, value)) ?? {};
  if (JSON.stringify(finding).length <= MAX_FINDING) return finding;
  throw new Failed('InvalidResult', `${expression.placeOf()}: a finding has over ${MAX_FINDING >> 10} KB of JSON`);
}

function jsonOf(expression: Planned, value: CelValue): unknown {
  try {
    return toJson(value);
  } catch (error) {
    throw new Failed('InvalidResult', `${expression.placeOf()}: ${(error as Error).message}`);
  }
}

function resultOf(expression: Planned, bindings: Bindings): CelValue {
  const value = expression.evaluate(bindings);
  if (!isCelError(value)) return value;
  throw new Failed('Error', `${expression.placeOf(value)}: ${value.message}`);
}

const invalid = (expression: Planned, what: string, wanted: string): Failed =>
  new Failed('InvalidResult', `${expression.placeOf()}: ${what} must give ${wanted}`);
