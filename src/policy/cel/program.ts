import { type CelInput, type CelResult, isCelError, parse, plan } from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { excerpt } from '../../api/excerpt.ts';
import type { SourceFinding } from '../evaluation.ts';
import { collectByAppend } from './append.ts';
import { markConditions } from './conditions.ts';
import { ENVIRONMENT } from './environment.ts';
import { callsOf, walk } from './expr.ts';
import { collectFindings, placeOf, type Report } from './findings.ts';
import { type LocatedText, offsetIn } from './located-yaml.ts';
import { compilePattern } from './patterns.ts';
import { readSource } from './source.ts';
import { type Scope, type TypeName, typeOf } from './static-check.ts';

/** What expressions can name, by name; `variables.x` too. */
export type Bindings = Readonly<Record<string, CelInput>>;

/** An expression that can be evaluated. */
export interface Planned {
  readonly type: TypeName;
  evaluate(bindings: Bindings): CelResult;
  /** `line N, column M` of the source: of the part that an error came from, if it says, else of the whole. */
  placeOf(error?: unknown): string;
  /** What it depends on, and where; none unless it was compiled so that they are told of. */
  readonly conditions: readonly { readonly id: bigint; readonly at: string }[];
}

export interface Program {
  readonly variables: readonly { readonly name: string; readonly expression: Planned }[];
  readonly skip: readonly { readonly expression: Planned; readonly reason: string }[];
  readonly validations: readonly Validation[];
}

export interface Validation {
  readonly expression: Planned;
  readonly forEach?: Planned;
  readonly message: string | Planned;
  readonly subject?: Planned;
  readonly finding?: Planned;
}

export type Compiled =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly findings: readonly SourceFinding[] };

const GLOBALS: ReadonlyMap<string, TypeName> = new Map([
  ['input', 'dyn'],
  ['inputs', 'map'],
  ['material', 'material'],
  ['run', 'run'],
  ['now', 'google.protobuf.Timestamp'],
]);
const MEMBERS: Scope['members'] = new Map([
  [
    'material',
    new Map([
      ['name', 'string'],
      ['type', 'string'],
      ['digest', 'string'],
      ['annotations', 'map'],
    ]),
  ],
  ['run', new Map(['namespace', 'name', 'workflow', 'project', 'team'].map((name) => [name, 'string']))],
]);

/**
 * Makes a program of the text of a policy, or tells all that is wrong with it. With `tells` its conditions are told of to
 * whoever listens.
 */
export function compile(text: string, tells = false): Compiled {
  const reading = readSource(text);
  if (!reading.ok) return reading;
  const { source } = reading;
  const { findings, report } = collectFindings(text);
  const variables = new Map<string, TypeName>();
  let conditions = 0n;
  const nextId = (): bigint => {
    conditions += 1n;
    return conditions;
  };

  function planned(node: LocatedText, wanted: TypeName, names: Scope['names'] = GLOBALS): Planned {
    const reportIn: Report = (at, message) => report(offsetIn(text, node, at), message);
    const scope = { names, variables, members: MEMBERS };
    const made = compileExpression(text, node, scope, reportIn, tells ? nextId : undefined);
    if (wanted !== 'dyn' && made.type !== 'dyn' && made.type !== wanted) {
      reportIn(0, `this must be of type ${wanted}, but is ${made.type}`);
    }
    return made;
  }

  const program: Program = {
    variables: source.variables.map(({ name, expression }) => {
      const made = planned(expression, 'dyn');
      variables.set(name.text, made.type);
      return { name: name.text, expression: made };
    }),
    skip: source.skip.map(({ expression, reason }) => ({
      expression: planned(expression, 'bool'),
      reason: reason.text,
    })),
    validations: source.validations.map((each) => {
      const { expression, forEach, message, messageExpression, subjectExpression, findingExpression } = each;
      const names = forEach === undefined ? GLOBALS : new Map(GLOBALS).set('item', 'dyn');
      return {
        ...(forEach === undefined ? {} : { forEach: planned(forEach, 'list') }),
        expression: planned(expression, 'bool', names),
        message: messageExpression === undefined ? (message?.text ?? '') : planned(messageExpression, 'string', names),
        ...(subjectExpression === undefined ? {} : { subject: planned(subjectExpression, 'string', names) }),
        ...(findingExpression === undefined ? {} : { finding: planned(findingExpression, 'map', names) }),
      };
    }),
  };
  return findings.length === 0 ? { ok: true, program } : { ok: false, findings };
}

const BROKEN: Planned = {
  type: 'dyn',
  evaluate: () => {
    throw new Error('not compiled');
  },
  placeOf: () => '',
  conditions: [],
};

function compileExpression(
  document: string,
  node: LocatedText,
  scope: Scope,
  report: Report,
  nextId: (() => bigint) | undefined,
): Planned {
  try {
    const parsed = parse(node.text);
    const positions = parsed.sourceInfo?.positions ?? {};
    const at = (id: bigint | undefined): number => {
      const start = positions[`${id}`] ?? 0;
      // The place of an operator begins with the white space before it.
      return start + node.text.slice(start).search(/\S|$/);
    };
    const type = typeOf(ENVIRONMENT, parsed.expr, scope, (id, message) => report(at(id), message));
    for (const each of walk(parsed.expr)) {
      const { function: name, args } = callsOf(each) ?? {};
      const pattern = args?.at(-1)?.exprKind;
      if (name === 'matches' && pattern?.case === 'constExpr')
        checkPattern(pattern.value.constantKind.value, at(each.id), report);
      collectByAppend(each);
    }
    const marked = nextId === undefined ? [] : markConditions(parsed.expr, nextId);
    const run = plan(ENVIRONMENT, parsed);
    const placeAt = (offset: number): string => {
      const { line, column } = placeOf(document, offsetIn(document, node, offset));
      return `line ${line}, column ${column}`;
    };
    const taken = new Set<number>();
    /** Where it begins, since an operator stands in the middle; there, if another one that begins it is told of by that. */
    const placeIn = (expr: Expr): number => {
      const start = Math.min(...[...walk(expr)].map((each) => at(each.id)));
      const place = taken.has(start) ? at(expr.id) : start;
      taken.add(place);
      return place;
    };
    return {
      type,
      evaluate: (bindings) => run(bindings),
      placeOf: (error) => placeAt(isCelError(error) ? at(error.exprId) : 0),
      // Those inside of others come first.
      conditions: marked.toReversed().map(({ id, expr }) => ({ id, at: placeAt(placeIn(expr)) })),
    };
  } catch (error) {
    const { offset, message } = syntaxError(error);
    report(offset, message);
    return BROKEN;
  }
}

function checkPattern(pattern: unknown, at: number, report: Report): void {
  try {
    if (typeof pattern === 'string') compilePattern(pattern);
  } catch (error) {
    report(at, `the pattern is none of RE2: ${excerpt((error as Error).message, 200)}`);
  }
}

/** The parser says where it stopped in members of its own. */
function syntaxError(error: unknown): { readonly offset: number; readonly message: string } {
  if (error instanceof RangeError) return { offset: 0, message: 'the expression is nested too deeply' };
  const { message, location } = error as Error & {
    readonly location?: { readonly start?: { readonly offset?: number } };
  };
  const plain = message.replace(/^<input>:\d+:\d+: /, '').replace(/ but expecting .*$/s, '');
  return { offset: location?.start?.offset ?? 0, message: `this is no expression: ${excerpt(plain, 200)}` };
}
