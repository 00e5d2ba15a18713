import fc from 'fast-check';
import { decodeBase64 } from '../../src/verify/base64.ts';

/** Bytes of the container that were changed, cut out or doubled. */
export const mutation = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'twice'))
    .map(([at, value, how]) => mutated(bytes, at, value, how));

type How = 'set' | 'cut' | 'twice';

function mutated(bytes: Uint8Array, at: number, value: number, how: How): Uint8Array {
  if (how === 'set') return Buffer.concat([bytes.subarray(0, at), Buffer.from([value]), bytes.subarray(at + 1)]);
  if (how === 'cut') return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + (value % 16))]);
  return Buffer.concat([bytes.subarray(0, at + 1), bytes.subarray(Math.max(0, at - (value % 16)))]);
}

/** What a member may turn into. */
const ODD: readonly unknown[] = [null, true, 0, -1, 1e300, '', 'x', 'AAAA', '\u0000', [], {}, [null], { a: [] }];

type Path = readonly string[];

/** Every place of a document below its root. */
function pathsIn(value: unknown, at: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const inner = Object.entries(value).flatMap(([name, each]) => pathsIn(each, [...at, name]));
  return at.length === 0 ? inner : [at, ...inner];
}

const valueAt = (document: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>>)[name], document);

/** A copy in which the change was made to whoever holds the last member of the path. */
function changed(
  document: object,
  path: Path,
  change: (holder: Record<string, unknown>, name: string) => void,
): object {
  const copy = structuredClone(document);
  change(valueAt(copy, path.slice(0, -1)) as Record<string, unknown>, path.at(-1) ?? '');
  return copy;
}

/** Bytes inside of a text: those that it is the base64 of, if it is of any. */
function mutatedText(text: string, at: number, value: number, how: How): string {
  const decoded = decodeBase64(text);
  const bytes = decoded === undefined ? Buffer.from(text) : decoded;
  if (bytes.length === 0) return String.fromCharCode(value);
  const after = Buffer.from(mutated(bytes, at % bytes.length, value, how));
  return decoded === undefined ? after.toString() : after.toString('base64');
}

/**
 * The document with one change of its structure: a member gone, odd, doubled, under another name or with the value of
 * another one; or a change to the bytes that a text stands for, where changed bytes of the container would be no base64.
 */
export function restructured(document: object): fc.Arbitrary<object> {
  const paths = pathsIn(document);
  const texts = paths.filter((path) => typeof valueAt(document, path) === 'string');
  const inside = fc
    .tuple(fc.constantFrom(...texts), fc.nat(1 << 16), fc.nat(255), fc.constantFrom<How>('set', 'cut', 'twice'))
    .map(([path, at, value, how]) =>
      changed(document, path, (holder, name) => {
        holder[name] = mutatedText(String(holder[name]), at, value, how);
      }),
    );
  const around = fc
    .tuple(fc.constantFrom(...paths), fc.constantFrom(...paths), fc.constantFrom(...ODD), fc.nat(5))
    .map(([path, other, odd, how]) =>
      changed(document, path, (holder, name) => {
        const value = holder[name];
        if (Array.isArray(holder) && how > 3) holder.push(value);
        else if (how === 0) delete holder[name];
        else if (how === 1) holder[name] = odd;
        else if (how === 2) holder[name] = valueAt(document, other);
        else if (how === 3) holder[name] = [value];
        else if (how === 4) holder[name.toUpperCase()] = value;
        else holder[other.at(-1) ?? ''] = value;
      }),
    );
  return fc.oneof({ weight: 3, arbitrary: inside }, { weight: 1, arbitrary: around });
}
