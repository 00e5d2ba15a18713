import { type CelFunc, type CelMap, CelScalar, celFunc, celMap, celMethod, mapType } from '@bufbuild/cel';
import { parse, type SemVer } from 'semver';

const { BOOL, DYN, INT, STRING } = CelScalar;
const MAP = mapType(STRING, DYN);

type Ordered =
  | { readonly kind: 'version'; readonly version: SemVer }
  | { readonly kind: 'quantity'; readonly size: number };

/** What a map of CEL stands for: the library lets nobody make types without protobuf. */
const ordered = new WeakMap<CelMap, Ordered>();

/** Versions and quantities as Kubernetes has them; both are compared by the same three methods. */
export const ORDERED_FUNCTIONS: readonly CelFunc[] = [
  celFunc('isSemver', [STRING], BOOL, (text) => parse(text) !== null),
  celFunc('semver', [STRING], MAP, (text) => {
    const version = parse(text);
    if (version === null) throw new Error('this is no version of Semantic Versioning, such as 1.2.3');
    const { major, minor, patch } = version;
    const members = { major: BigInt(major), minor: BigInt(minor), patch: BigInt(patch) };
    return remember({ kind: 'version', version }, { ...members, prerelease: version.prerelease.join('.') });
  }),
  celFunc('isQuantity', [STRING], BOOL, (text) => sizeOf(text) !== undefined),
  celFunc('quantity', [STRING], MAP, (text) => {
    const size = sizeOf(text);
    if (size === undefined) throw new Error('this is no quantity, such as 100m or 2Gi');
    return remember({ kind: 'quantity', size }, { value: size });
  }),
  celMethod('compareTo', MAP, [MAP], INT, function (other) {
    return BigInt(compare(this, other));
  }),
  celMethod('isGreaterThan', MAP, [MAP], BOOL, function (other) {
    return compare(this, other) > 0;
  }),
  celMethod('isLessThan', MAP, [MAP], BOOL, function (other) {
    return compare(this, other) < 0;
  }),
];

function remember(value: Ordered, members: Readonly<Record<string, bigint | number | string>>): CelMap {
  const map = celMap(new Map(Object.entries(members)));
  ordered.set(map, value);
  return map;
}

function compare(left: CelMap, right: CelMap): number {
  const [one, other] = [ordered.get(left), ordered.get(right)];
  if (one?.kind === 'version' && other?.kind === 'version') return one.version.compare(other.version);
  if (one?.kind === 'quantity' && other?.kind === 'quantity') return Math.sign(one.size - other.size);
  throw new Error('only two values of semver() or two of quantity() can be compared');
}

const QUANTITY = /^(?<number>[+-]?(?:\d+\.?\d*|\.\d+))(?<unit>[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/;
const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

function sizeOf(text: string): number | undefined {
  const { number, unit = '' } = QUANTITY.exec(text)?.groups ?? {};
  if (number === undefined) return undefined;
  return /^[eE][+-]?\d/.test(unit) ? Number(number + unit) : Number(number) * (UNITS[unit] ?? 1);
}
