import {
  type CelInput,
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

/** What a value was made of, so that a function over whole documents gets them back as they came. */
const origins = new WeakMap<object, unknown>();
const MAX_DEPTH = 100;

/**
 * JSON as a value of CEL; objects become maps, and their members are looked at when somebody asks for them. Whole numbers
 * are `int`, as far as a double holds them exactly; all others are `double`.
 */
export function fromJson(json: unknown): CelValue {
  switch (typeof json) {
    case 'number':
      return Number.isSafeInteger(json) ? BigInt(json) : json;
    case 'string':
    case 'boolean':
      return json;
    case 'object':
      if (json === null) return null;
      return Array.isArray(json) ? remember(celList(json.map(fromJson)), json) : mapOf(json as UnknownRecord);
    default:
      return null;
  }
}

/** The library takes a member that is null for none. */
const mapOf = (json: UnknownRecord): CelMap =>
  remember(Object.assign(celMap(new JsonMap(json)), { has: (key: unknown) => isMember(json, key) }), json);

const isMember = (json: UnknownRecord, key: unknown): key is string =>
  typeof key === 'string' && Object.hasOwn(json, key);

function remember<Value extends CelList | CelMap>(value: Value, origin: unknown): Value {
  origins.set(value, origin);
  return value;
}

/** Only the members of the object itself, whatever their names: `constructor` is a member like any other. */
class JsonMap extends Map<string, CelInput> {
  readonly #json: UnknownRecord;

  constructor(json: UnknownRecord) {
    super();
    this.#json = json;
  }

  override get size(): number {
    return Object.keys(this.#json).length;
  }

  override has(key: string): boolean {
    return isMember(this.#json, key);
  }

  override get(key: string): CelInput | undefined {
    const known = super.get(key);
    if (known !== undefined || !isMember(this.#json, key)) return known;
    const value = fromJson(this.#json[key]);
    super.set(key, value);
    return value;
  }

  override keys(): MapIterator<string> {
    return Object.keys(this.#json).values();
  }

  override *entries(): MapIterator<[string, CelInput]> {
    for (const key of Object.keys(this.#json)) yield [key, this.get(key) ?? null];
  }

  override *values(): MapIterator<CelInput> {
    for (const [, value] of this.entries()) yield value;
  }

  override forEach(callback: (value: CelInput, key: string, map: Map<string, CelInput>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  override [Symbol.iterator](): MapIterator<[string, CelInput]> {
    return this.entries();
  }
}

/**
 * A value of CEL as JSON: whole numbers beyond 2^53 as text, timestamps as RFC 3339, durations in seconds (`1.5s`), bytes
 * in base64. Throws for types, and for what is nested over a hundred levels deep.
 */
export function toJson(value: CelValue, depth = 0): unknown {
  if (typeof value !== 'object') return typeof value === 'bigint' ? plainInteger(value) : value;
  if (value === null) return null;
  if (origins.has(value)) return origins.get(value);
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
