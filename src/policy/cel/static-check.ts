import type { CelEnv, CelFunc } from '@bufbuild/cel';
import type { Expr, Expr_Comprehension } from '@bufbuild/cel-spec/cel/expr/syntax_pb.js';
import { nearest } from '../../api/nearest.ts';
import { callsOf, childrenOf, qualifiedName } from './expr.ts';

/** The name of a type as CEL spells it (`int`, `list`, …), or `dyn` where only the evaluation will tell. */
export type TypeName = string;

/** What an expression may name. */
export interface Scope {
  readonly names: ReadonlyMap<string, TypeName>;
  /** Variables of the policy, as `variables.name`. */
  readonly variables: ReadonlyMap<string, TypeName>;
  /** Members of what always has the same ones, such as `run`. */
  readonly members: ReadonlyMap<string, ReadonlyMap<string, TypeName>>;
}

/** Something wrong with an expression, at the node of that id. */
export type ReportNode = (id: bigint, message: string) => void;

const DYN = 'dyn';
const LAZY = new Map([
  ['_&&_', 'bool'],
  ['_||_', 'bool'],
  ['@not_strictly_false', 'bool'],
]);
const MACROS = ['has', 'all', 'exists', 'exists_one', 'map', 'filter'];
const TYPES = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'];

/**
 * The type of an expression as far as it can be known from the text, reporting what can't work whatever the input is: names
 * that nothing has, functions that don't exist, and operands of types that they don't take.
 */
export function typeOf(env: CelEnv, expr: Expr, scope: Scope, report: ReportNode): TypeName {
  const { case: kind, value } = expr.exprKind;
  const operand = (each: Expr | undefined): TypeName => (each === undefined ? DYN : typeOf(env, each, scope, report));
  switch (kind) {
    case 'constExpr':
      return CONSTANTS[value.constantKind.case ?? 'nullValue'] ?? DYN;
    case 'identExpr':
      return typeOfName(expr.id, value.name, scope, report);
    case 'selectExpr': {
      const type = typeOfMember(env, expr, scope, report);
      return value.testOnly ? 'bool' : type;
    }
    case 'callExpr':
      return typeOfCall(env, expr, scope, report);
    case 'comprehensionExpr':
      return typeOfMacro(env, expr.id, value, scope, report);
    case 'listExpr':
      for (const each of value.elements) operand(each);
      return 'list';
    case 'structExpr':
      for (const each of childrenOf(expr)) operand(each);
      return value.messageName === '' ? 'map' : DYN;
    default:
      return DYN;
  }
}

const CONSTANTS: Readonly<Record<string, TypeName>> = {
  boolValue: 'bool',
  bytesValue: 'bytes',
  doubleValue: 'double',
  int64Value: 'int',
  nullValue: 'null_type',
  stringValue: 'string',
  uint64Value: 'uint',
};

function typeOfName(id: bigint, name: string, scope: Scope, report: ReportNode): TypeName {
  const known = scope.names.get(name);
  if (known !== undefined) return known;
  if (TYPES.includes(name)) return 'type';
  const names = [...scope.names.keys()].filter((each) => !each.startsWith('@'));
  if (name === 'variables') report(id, "'variables' is no value by itself; name one of them, as in variables.x");
  else report(id, `there is nothing called '${name}'${hint(name, names)}`);
  return DYN;
}

const hint = (name: string, names: readonly string[]): string => {
  const meant = nearest(name, names);
  return meant === undefined ? `; there are ${names.join(', ')}` : `; is '${meant}' meant?`;
};

function typeOfMember(env: CelEnv, expr: Expr, scope: Scope, report: ReportNode): TypeName {
  if (expr.exprKind.case !== 'selectExpr') return DYN;
  const { operand, field } = expr.exprKind.value;
  if (operand === undefined || qualifiedName(expr)?.startsWith('google.protobuf.')) return DYN;
  const owner = operand.exprKind.case === 'identExpr' ? operand.exprKind.value.name : '';
  if (owner === 'variables' && !scope.names.has(owner)) {
    const type = scope.variables.get(field);
    if (type !== undefined) return type;
    const earlier = [...scope.variables.keys()];
    const others = earlier.length === 0 ? '; there is none before this' : hint(field, earlier);
    report(expr.id, `there is no variable '${field}' before this${earlier.length === 0 ? '' : others}`);
    return DYN;
  }
  const type = typeOf(env, operand, scope, report);
  const members = type === owner ? scope.members.get(owner) : undefined;
  if (members === undefined) {
    if (type !== DYN && type !== 'map' && !type.includes('.'))
      report(expr.id, `a value of type ${type} has no members`);
    return DYN;
  }
  if (!members.has(field)) report(expr.id, `'${owner}' has no member '${field}'${hint(field, [...members.keys()])}`);
  return members.get(field) ?? DYN;
}

function typeOfMacro(
  env: CelEnv,
  id: bigint,
  { accuVar, accuInit, iterVar, iterRange, loopCondition, loopStep, result }: Expr_Comprehension,
  scope: Scope,
  report: ReportNode,
): TypeName {
  const range = iterRange === undefined ? DYN : typeOf(env, iterRange, scope, report);
  if (![DYN, 'list', 'map'].includes(range) && !scope.members.has(range)) {
    report(id, `only lists and maps have elements, not a value of type ${range}`);
  }
  const collected = accuInit === undefined ? DYN : typeOf(env, accuInit, scope, report);
  const outside = { ...scope, names: new Map(scope.names).set(accuVar, collected) };
  const inside = { ...outside, names: new Map(outside.names).set(iterVar, DYN) };
  for (const each of [loopCondition, loopStep]) if (each !== undefined) typeOf(env, each, inside, report);
  return result === undefined ? DYN : typeOf(env, result, outside, report);
}

function typeOfCall(env: CelEnv, expr: Expr, scope: Scope, report: ReportNode): TypeName {
  const call = callsOf(expr);
  if (call === undefined) return DYN;
  const infer = (each: Expr): TypeName => typeOf(env, each, scope, report);
  const qualified = call.target === undefined ? undefined : qualifiedName(call.target);
  const whole = qualified === undefined ? undefined : env.funcs.find(`${qualified}.${call.function}`);
  // Of a function that doesn't exist, what stands before it can be the first half of its name.
  const isUnknown = whole === undefined && env.funcs.find(call.function) === undefined;
  const isNamespace = whole !== undefined || (isUnknown && qualified !== undefined && !scope.names.has(qualified));
  const target = call.target === undefined || isNamespace ? undefined : infer(call.target);
  const args = call.args.map(infer);
  if (call.function === '_?_:_') {
    const [condition, yes, no] = args;
    if (condition !== DYN && condition !== 'bool') report(expr.id, `'?' decides by a bool, not by ${condition}`);
    return yes === no && yes !== undefined ? yes : DYN;
  }
  const lazy = LAZY.get(call.function);
  const wrong = lazy === undefined ? undefined : args.find((type) => type !== DYN && type !== lazy);
  if (wrong !== undefined) report(expr.id, `'${shown(call.function)}' takes values of type bool, not ${wrong}`);
  if (lazy !== undefined) return lazy;
  if (call.function === '_[_]') return DYN;
  const group = whole ?? env.funcs.find(call.function);
  if (group === undefined) {
    const name = call.function;
    const why = MACROS.includes(name) ? 'is not written like this' : 'does not exist';
    report(
      expr.id,
      `the function '${qualified === undefined ? '' : `${qualified}.`}${name}' ${why}${meant(env, name)}`,
    );
    return DYN;
  }
  return typeOfResult(group, expr.id, target, args, report);
}

const meant = (env: CelEnv, name: string): string => {
  const names = new Set(
    Array.from(env.funcs, (func) => func.name.replace(/^.*\./, '')).filter((each) => /^\w/.test(each)),
  );
  const found = nearest(name, [...names]);
  return found === undefined || found === name ? '' : `; is '${found}' meant?`;
};

const shown = (operator: string): string => operator.replaceAll('_', '').replace('@', '');

function typeOfResult(
  group: CallableGroup,
  id: bigint,
  target: TypeName | undefined,
  args: readonly TypeName[],
  report: ReportNode,
): TypeName {
  const overloads: readonly CelFunc[] = Symbol.iterator in group ? [...group] : [];
  const takes = (wanted: TypeName, given: TypeName): boolean => wanted === DYN || given === DYN || wanted === given;
  const fitting = overloads.filter(
    (each) =>
      (each.target === undefined) === (target === undefined) &&
      takes(each.target?.name ?? DYN, target ?? DYN) &&
      each.arguments.length === args.length &&
      each.arguments.every((wanted, index) => takes(wanted.name, args[index] ?? DYN)),
  );
  const [first, ...others] = fitting;
  if (overloads.length > 0 && first === undefined) {
    const on = target === undefined ? '' : ` of ${target}`;
    report(id, `'${shown(group.name) || group.name}'${on} doesn't take (${args.join(', ')})`);
  }
  return first !== undefined && others.every((each) => each.result.name === first.result.name)
    ? first.result.name
    : DYN;
}

type CallableGroup = NonNullable<ReturnType<CelEnv['funcs']['find']>>;
