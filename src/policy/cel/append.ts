import { type CelList, CelScalar, type CelValue, celFunc, celList, listType } from '@bufbuild/cel';
import type { Expr } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';

const APPEND = '@append';
const growing = new WeakMap<CelList, CelValue[]>();

/**
 * Adds to a list in place. Nobody else can have a hold of it: no expression can name the result that a macro collects.
 * The library would nest a list in a list for each element, which takes the square of the time, and ends in a stack that
 * is too deep from a few thousand elements on.
 */
export const append = celFunc(
  APPEND,
  [listType(CelScalar.DYN), CelScalar.DYN],
  listType(CelScalar.DYN),
  (list, element): CelList => {
    const known = growing.get(list);
    if (known !== undefined) {
      known.push(element);
      return list;
    }
    const elements = [element];
    const started = celList(elements);
    growing.set(started, elements);
    return started;
  },
);

/** Makes `map` and `filter` collect by `append` in an expression that was just parsed. */
export function collectByAppend(expr: Expr): void {
  const { case: kind, value } = expr.exprKind;
  if (kind !== 'comprehensionExpr' || !isEmptyList(value.accuInit) || value.loopStep === undefined) return;
  const { loopStep, accuVar } = value;
  const sum =
    loopStep.exprKind.case === 'callExpr' && loopStep.exprKind.value.function === '_?_:_'
      ? loopStep.exprKind.value.args[1]
      : loopStep;
  if (sum?.exprKind.case !== 'callExpr' || sum.exprKind.value.function !== '_+_') return;
  const [collected, added] = sum.exprKind.value.args;
  const isOfMacro = collected?.exprKind.case === 'identExpr' && collected.exprKind.value.name === accuVar;
  if (!isOfMacro || added?.exprKind.case !== 'listExpr') return;
  const [element, ...others] = added.exprKind.value.elements;
  if (element === undefined || others.length > 0) return;
  sum.exprKind.value.function = APPEND;
  sum.exprKind.value.args = [collected, element];
}

const isEmptyList = (expr: Expr | undefined): boolean =>
  expr?.exprKind.case === 'listExpr' && expr.exprKind.value.elements.length === 0;
