import type { Expr, Expr_Call } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';

/** The expressions that one is made of, from the left to the right. */
export function childrenOf({ exprKind: { case: kind, value } }: Expr): readonly Expr[] {
  const some = (...children: readonly (Expr | undefined)[]): readonly Expr[] =>
    children.filter((each) => each !== undefined);
  switch (kind) {
    case 'selectExpr':
      return some(value.operand);
    case 'callExpr':
      return some(value.target, ...value.args);
    case 'listExpr':
      return value.elements;
    case 'structExpr':
      return value.entries.flatMap(({ keyKind, value: each }) =>
        some(keyKind.case === 'mapKey' ? keyKind.value : undefined, each),
      );
    case 'comprehensionExpr':
      return some(value.iterRange, value.accuInit, value.loopCondition, value.loopStep, value.result);
    default:
      return [];
  }
}

/** Each expression that one is made of, and itself. */
export function* walk(expr: Expr): Generator<Expr> {
  yield expr;
  for (const child of childrenOf(expr)) yield* walk(child);
}

export const callsOf = ({ exprKind }: Expr): Expr_Call | undefined =>
  exprKind.case === 'callExpr' ? exprKind.value : undefined;

/** `a.b.c` of names only. */
export function qualifiedName({ exprKind: { case: kind, value } }: Expr): string | undefined {
  if (kind === 'identExpr') return value.name;
  if (kind !== 'selectExpr' || value.testOnly || value.operand === undefined) return undefined;
  const owner = qualifiedName(value.operand);
  return owner === undefined ? undefined : `${owner}.${value.field}`;
}
