import { CelScalar, celFunc, parse } from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { callsOf, walk } from './expr.ts';

/** A part of an expression that something depends on: an operand of `&&` or `||`, or what stands before a `?`. */
export interface Condition {
  /** Of its own in a program. */
  readonly id: bigint;
  readonly expr: Expr;
}

/** Is told what a condition has been. */
export type ConditionListener = (id: bigint, value: boolean) => void;

const SEEN = '@seen';
const OPERANDS: ReadonlyMap<string, readonly number[]> = new Map([
  ['_&&_', [0, 1]],
  ['_||_', [0, 1]],
  ['_?_:_', [0]],
]);
let listener: ConditionListener | undefined;

/** Gives back its second argument, and tells of it; no expression can name it. */
export const seen = celFunc(SEEN, [CelScalar.INT, CelScalar.DYN], CelScalar.DYN, (id, value) => {
  if (typeof value === 'boolean') listener?.(id, value);
  return value;
});

/** Does something in which conditions are listened to; a thread has one evaluation at a time. */
export function listening<T>(to: ConditionListener, work: () => T): T {
  listener = to;
  try {
    return work();
  } finally {
    listener = undefined;
  }
}

/** Has every condition of an expression that was just parsed told of, and gives them back. */
export function markConditions(expr: Expr, nextId: () => bigint): readonly Condition[] {
  return [...walk(expr)].flatMap((each) => {
    const { function: name = '', args = [] } = callsOf(each) ?? {};
    return (OPERANDS.get(name) ?? []).flatMap((index) => {
      const operand = args[index];
      if (operand === undefined || !isCondition(operand)) return [];
      const condition = { id: nextId(), expr: operand };
      args[index] = told(condition);
      return [condition];
    });
  });
}

/** Not what is made of others, which are told of themselves, nor what a macro collects. */
const isCondition = (expr: Expr): boolean => {
  const { case: kind, value } = expr.exprKind;
  if (kind === 'identExpr') return !/^(@|__)/.test(value.name);
  return kind !== 'constExpr' && !OPERANDS.has(callsOf(expr)?.function ?? '');
};

function told({ id, expr }: Condition): Expr {
  const { expr: call } = parse(`seen(${id}, 0)`);
  if (call.exprKind.case !== 'callExpr') throw new Error('a call is parsed as something else');
  const { args } = call.exprKind.value;
  call.exprKind.value.function = SEEN;
  // What goes wrong is told of as if this wasn't there.
  for (const each of [call, ...args]) each.id = expr.id;
  args[1] = expr;
  return call;
}
