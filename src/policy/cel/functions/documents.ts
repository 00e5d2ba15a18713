import { type CelFunc, type CelInput, CelScalar, type CelValue, celFunc, listType } from '@bufbuild/cel';
import { componentsOf } from '../../facts/components.ts';
import { coverageOf } from '../../facts/coverage.ts';
import { isAllowed, licenseIds } from '../../facts/licenses.ts';
import { sarifResults } from '../../facts/sarif.ts';
import { testCounts } from '../../facts/tests.ts';
import { vulnerabilitiesOf } from '../../facts/vulnerabilities.ts';
import { toJson } from '../json-values.ts';

const { BOOL, DYN, STRING } = CelScalar;
const LIST = listType(DYN);

/** Functions that know the formats of documents. */
export const DOCUMENT_FUNCTIONS: readonly CelFunc[] = [
  listOver('sbom.components', componentsOf),
  listOver('vulnerabilities', vulnerabilitiesOf),
  listOver('sarif.results', sarifResults),
  recordOver('tests', testCounts),
  recordOver('coverage', coverageOf),
  celFunc('licenses.ids', [STRING], LIST, (expression) => licenseIds(expression)),
  celFunc('licenses.allowed', [STRING, LIST], BOOL, (expression, allowed) =>
    isAllowed(expression, Array.from(allowed, String)),
  ),
];

type Facts = object;

function listOver(name: string, factsOf: (input: unknown) => readonly Facts[]): CelFunc {
  const known = remembered((input) => factsOf(input) as readonly CelInput[]);
  return celFunc(name, [DYN], LIST, (input) => known(input) as CelInput[]);
}

function recordOver(name: string, factsOf: (input: unknown) => Facts): CelFunc {
  const known = remembered((input) => factsOf(input) as CelInput);
  return celFunc(name, [DYN], DYN, (input) => known(input));
}

/** Policies ask for the facts of their input in several places. */
function remembered<Result>(factsOf: (input: unknown) => Result): (input: CelValue) => Result {
  const known = new WeakMap<object, Result>();
  return (input) => {
    const json = toJson(input);
    if (typeof json !== 'object' || json === null) return factsOf(json);
    const result = known.get(json) ?? factsOf(json);
    known.set(json, result);
    return result;
  };
}
