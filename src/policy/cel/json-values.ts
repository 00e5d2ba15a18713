import {
  type CelList,
  type CelMap,
  type CelValue,
  celList,
  celMap,
  isCelList,
  isCelMap,
  isCelType,
  isCelUint,
} from '@bufbuild/cel';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { type Duration, durationMs, type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import type { UnknownRecord } from '../../api/record.ts';

/** By these the library knows its maps and lists; it makes its own of a whole copy of the document. */
const MAP_MARK = markOf(celMap(new Map()));
const LIST_MARK = markOf(celList([]));
const MAX_DEPTH = 100;

function markOf(value: CelList | CelMap): symbol {
  const [mark, ...others] = Object.getOwnPropertySymbols(value);
  if (mark === undefined || others.length > 0) throw new Error('the library marks its values in another way');
  return mark;
}

/** What a number becomes. */
type Numbers = (number: number) => CelValue;

const wholeOrDouble: Numbers = (number) => (Number.isSafeInteger(number) ? BigInt(number) : number);
const double: Numbers = (number) => number;

/**
 * JSON as a value of CEL; objects and arrays are looked into when somebody asks for what is in them. Whole numbers are
 * `int`, as far as a double holds them exactly; all others are `double`.
 */
export const fromJson = (json: unknown): CelValue => celOf(json, wholeOrDouble);

/** The same of what a function has found out: its whole numbers are bigints, and all numbers are `double`. */
export const fromFacts = (facts: unknown): CelValue => celOf(facts, double);

function celOf(json: unknown, numbers: Numbers): CelValue {
  switch (typeof json) {
    case 'number':
      return numbers(json);
    case 'string':
    case 'boolean':
    case 'bigint':
      return json;
    case 'object':
      if (json === null) return null;
      // They are marked as what they are, which the compiler can't see.
      return (Array.isArray(json)
        ? new JsonList(json, numbers)
        : new JsonMap(json as UnknownRecord, numbers)) as unknown as CelValue;
    default:
      return null;
  }
}

/** A `CelMap` of the members of an object, and of them only: `constructor` is a member like any other. */
class JsonMap {
  readonly json: UnknownRecord;
  readonly numbers: Numbers;

  constructor(json: UnknownRecord, numbers: Numbers) {
    this.json = json;
    this.numbers = numbers;
  }

  get size(): number {
    return Object.keys(this.json).length;
  }

  has(key: unknown): boolean {
    return typeof key === 'string' && Object.hasOwn(this.json, key);
  }

  get(key: unknown): CelValue | undefined {
    return typeof key === 'string' && Object.hasOwn(this.json, key) ? celOf(this.json[key], this.numbers) : undefined;
  }

  keys(): MapIterator<string> {
    return Object.keys(this.json).values();
  }

  *values(): Generator<CelValue> {
    for (const value of Object.values(this.json)) yield celOf(value, this.numbers);
  }

  *entries(): Generator<[string, CelValue]> {
    for (const [key, value] of Object.entries(this.json)) yield [key, celOf(value, this.numbers)];
  }

  [Symbol.iterator](): Generator<[string, CelValue]> {
    return this.entries();
  }

  forEach(callback: (value: CelValue, key: string) => void): void {
    for (const [key, value] of this.entries()) callback(value, key);
  }
}
Object.defineProperty(JsonMap.prototype, MAP_MARK, { value: {} });

/** A `CelList` of the elements of an array. */
class JsonList {
  readonly json: readonly unknown[];
  readonly numbers: Numbers;

  constructor(json: readonly unknown[], numbers: Numbers) {
    this.json = json;
    this.numbers = numbers;
  }

  get size(): number {
    return this.json.length;
  }

  get(index: number): CelValue | undefined {
    return index >= 0 && index < this.json.length ? celOf(this.json[index], this.numbers) : undefined;
  }

  *values(): Generator<CelValue> {
    for (const value of this.json) yield celOf(value, this.numbers);
  }

  [Symbol.iterator](): Generator<CelValue> {
    return this.values();
  }
}
Object.defineProperty(JsonList.prototype, LIST_MARK, { value: {} });

/**
 * A value of CEL as JSON: whole numbers beyond 2^53 as text, timestamps as RFC 3339, durations in seconds (`1.5s`), bytes
 * in base64. Throws for types, and for what is nested over a hundred levels deep.
 */
export function toJson(value: CelValue, depth = 0): unknown {
  if (typeof value !== 'object') return typeof value === 'bigint' ? plainInteger(value) : value;
  if (value === null) return null;
  // Whole documents are given back as they came.
  if ((value instanceof JsonMap || value instanceof JsonList) && value.numbers === wholeOrDouble) return value.json;
  if (depth > MAX_DEPTH) throw new Error(`values are nested over ${MAX_DEPTH} levels deep`);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isCelUint(value)) return plainInteger(value.value);
  if (isCelList(value)) return Array.from(value, (each) => toJson(each, depth + 1));
  if (isCelMap(value)) {
    // As own members, also those whose names mean something to an object.
    return Object.fromEntries(Array.from(value, ([key, each]) => [keyOf(key), toJson(each, depth + 1)]));
  }
  if (!isCelType(value) && isReflectMessage(value)) return messageText(value.desc.typeName, value.message);
  throw new Error('a type is no value that could be told');
}

function messageText(type: string, message: unknown): string {
  if (type === 'google.protobuf.Timestamp') return timestampDate(message as Timestamp).toISOString();
  if (type === 'google.protobuf.Duration') return `${durationMs(message as Duration) / 1000}s`;
  throw new Error(`${type} is no value that could be told`);
}

const keyOf = (key: CelValue): string => (typeof key === 'object' && isCelUint(key) ? `${key.value}` : `${key}`);

const plainInteger = (value: bigint): number | string => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : `${value}`;
};
