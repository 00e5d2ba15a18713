// deadline: 240
import { type CelInput, type CelValue, celEnv, celType, celUint, isCelError, parse, plan } from '@bufbuild/cel';
import type { ExprValue } from '@bufbuild/cel-spec/cel/expr/eval_pb.js';
import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { getTestRegistry } from '@bufbuild/cel-spec/testdata/registry.js';
import {
  getConformanceSuite,
  type IncrementalTest,
  type IncrementalTestSuite,
} from '@bufbuild/cel-spec/testdata/tests.js';
import { anyUnpack } from '@bufbuild/protobuf/wkt';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collectByAppend } from '../../../src/policy/cel/append.ts';
import { VOCABULARY } from '../../../src/policy/cel/environment.ts';
import { walk } from '../../../src/policy/cel/expr.ts';
import { typeOf } from '../../../src/policy/cel/static-check.ts';

const test = suite('conformance of CEL');
const registry = getTestRegistry();

interface Unsupported {
  readonly failing: number;
  readonly of: number;
  readonly why: string;
}

/** What isn't supported: the groups of which some tests don't pass, and why. All others pass as a whole. */
const UNSUPPORTED: Readonly<Record<string, Unsupported>> = {
  bindings_ext: { failing: 5, of: 5, why: 'no cel.bind; policies have variables' },
  block_ext: { failing: 37, of: 37, why: 'no cel.block, which optimisers write' },
  enums: { failing: 18, of: 85, why: 'no enums with types of their own; JSON has none' },
  fields: { failing: 7, of: 60, why: 'no names in backticks, but map["name"]; {0: 1, 0u: 2} is no error' },
  macros2: { failing: 38, of: 46, why: 'no macros with two variables' },
  math_ext: { failing: 182, of: 199, why: 'no math.*' },
  optionals: { failing: 67, of: 70, why: 'no optional types' },
  proto2: { failing: 20, of: 108, why: 'no names in backticks, no extensions of protobuf' },
  proto2_ext: { failing: 18, of: 18, why: 'no extensions of protobuf' },
  proto3: { failing: 2, of: 75, why: 'no names in backticks' },
  type_deductions: { failing: 45, of: 47, why: 'the library deduces no types' },
};

/** The value of a test as CEL has it. */
function celOf({ kind }: Value): CelInput {
  switch (kind.case) {
    case 'uint64Value':
      return celUint(kind.value);
    case 'nullValue':
      return null;
    case 'enumValue':
      return BigInt(kind.value.value);
    case 'objectValue':
      return anyUnpack(kind.value, registry) as CelInput;
    case 'mapValue':
      return new Map(
        kind.value.entries.map(({ key, value }) => [
          key === undefined ? null : celOf(key),
          value === undefined ? null : celOf(value),
        ]),
      ) as CelInput;
    case 'listValue':
      return kind.value.values.map(celOf) as CelInput;
    case 'typeValue':
      return evaluated(kind.value);
    case undefined:
      return null;
    default:
      return kind.value as CelInput;
  }
}

function evaluated(expression: string, container = '', bindings: Readonly<Record<string, CelInput>> = {}): CelValue {
  const env = celEnv({ ...VOCABULARY, registry, namespace: container });
  const parsed = parse(expression);
  for (const each of walk(parsed.expr)) collectByAppend(each);
  const value = plan(env, parsed)(bindings);
  if (isCelError(value)) throw value;
  return value;
}

const bindingsOf = ({ original: { bindings } }: IncrementalTest): Record<string, CelInput> =>
  Object.fromEntries(
    Object.entries(bindings as Readonly<Record<string, ExprValue>>).map(([name, { kind }]) => [
      name,
      kind.case === 'value' ? celOf(kind.value) : null,
    ]),
  );

/** Why a test doesn't pass; undefined if it does. */
function failureOf(each: IncrementalTest): string | undefined {
  const { expr, container, resultMatcher } = each.original;
  let value: CelValue;
  try {
    value = evaluated(expr, container, bindingsOf(each));
  } catch (error) {
    return resultMatcher.case === 'evalError' ? undefined : String(error);
  }
  if (resultMatcher.case === 'evalError') return 'no error';
  try {
    const wanted = resultMatcher.case === 'value' ? celOf(resultMatcher.value) : true;
    const same = evaluated(SAME, '', { a: value as CelInput, b: wanted });
    return same === true ? undefined : `is ${value} (${celType(value)})`;
  } catch (error) {
    return String(error);
  }
}

/** NaN is equal to nothing. */
const SAME = '(a == b && type(a) == type(b)) || (a != a && b != b)';

const testsIn = ({ suites, tests }: IncrementalTestSuite): readonly IncrementalTest[] => [
  ...tests,
  ...suites.flatMap(testsIn),
];

const groups = getConformanceSuite().suites;

for (const group of groups) {
  test(`group ${group.name}`, () => {
    const tests = testsIn(group);
    const failing = tests.flatMap((each) => {
      const failure = failureOf(each);
      return failure === undefined ? [] : [`${each.name}: ${each.original.expr}: ${failure}`];
    });
    const { failing: expected, of } = UNSUPPORTED[group.name] ?? { failing: 0, of: tests.length };
    assert.equal([failing.length, tests.length], [expected, of], failing.slice(0, 8).join('\n'));
  });
}

test('what evaluates is not refused before', () => {
  const refused: string[] = [];
  for (const each of groups.flatMap(testsIn)) {
    if (failureOf(each) !== undefined) continue;
    const { expr, container, resultMatcher, disableCheck } = each.original;
    if (disableCheck || resultMatcher.case === 'evalError' || container !== '') continue;
    // Names with dots are none that a policy could have.
    if (Object.keys(each.original.bindings).some((name) => name.includes('.'))) continue;
    const names = new Map(Object.keys(bindingsOf(each)).map((name) => [name, 'dyn']));
    const scope = { names, variables: new Map(), members: new Map() };
    typeOf(celEnv(VOCABULARY), parse(expr).expr, scope, (_, message) => refused.push(`${expr}: ${message}`));
  }
  assert.equal(refused, []);
});

test.run();
