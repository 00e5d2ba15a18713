import { type CelFunc, type CelList, CelScalar, type CelValue, celFunc, listType } from '@bufbuild/cel';
import { componentsOf } from '../../facts/components.ts';
import { coverageOf } from '../../facts/coverage.ts';
import { isAllowed, isKnown, licenseIds } from '../../facts/licenses.ts';
import { sarifResults } from '../../facts/sarif.ts';
import { testCounts } from '../../facts/tests.ts';
import { vulnerabilitiesOf } from '../../facts/vulnerabilities.ts';
import { fromFacts, toJson } from '../json-values.ts';

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
  celFunc('licenses.known', [STRING], BOOL, (expression) => isKnown(expression)),
  celFunc('licenses.allowed', [STRING, LIST], BOOL, (expression, allowed) =>
    isAllowed(expression, Array.from(allowed, String)),
  ),
];

function listOver(name: string, factsOf: (input: unknown) => readonly object[]): CelFunc {
  const known = remembered(factsOf);
  return celFunc(name, [DYN], LIST, (input) => known(input) as CelList);
}

function recordOver(name: string, factsOf: (input: unknown) => object): CelFunc {
  return celFunc(name, [DYN], DYN, remembered(factsOf));
}

/** Policies ask for the facts of their input in several places. */
function remembered(factsOf: (input: unknown) => object): (input: CelValue) => CelValue {
  const known = new WeakMap<object, object>();
  return (input) => {
    const json = toJson(input);
    if (typeof json !== 'object' || json === null) return fromFacts(factsOf(json));
    const facts = known.get(json) ?? factsOf(json);
    known.set(json, facts);
    return fromFacts(facts);
  };
}
