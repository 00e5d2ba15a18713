import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseStrictJson } from '../../src/api/strict-json.ts';

const test = suite('keys with escapes');
const SEED = 20261128;

function parse(text: string): unknown {
  const parsed = parseStrictJson(Buffer.from(text));
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.value;
}

/** Makes the parser know objects in which a key, spelt out, follows another one. */
const remember = (first: string, spelling: string): unknown =>
  JSON.parse(`{${JSON.stringify(first)}:[],${JSON.stringify(spelling)}:0}`);

test('attack: a key is not taken for the spelling of it that an earlier document had as a key', () => {
  remember('a', '\\');
  assert.equal(parse('{"a":1,"\\"":2}'), { a: 1, '"': 2 });
  remember('b', '\\u');
  assert.equal(parse('{"b":1,"\\u0061b":2}'), { b: 1, ab: 2 });
  remember('_type', 'subj\\u0');
  assert.equal(parse('{"_type":1,"subj\\u0065ct":2}'), { _type: 1, subject: 2 });
  remember('c', '\\ud');
  assert.equal(parse('{"c":{"c":[{"c":1,"\\ud83d\\ude00":2}]}}'), { c: { c: [{ c: 1, '😀': 2 }] } });
});

/** Every second sign of a text as an escape. */
const spelt = (key: string): string =>
  `"${[...key]
    .map((sign, at) =>
      at % 2 === 0 && sign.length === 1
        ? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
        : JSON.stringify(sign).slice(1, -1),
    )
    .join('')}"`;

test('attack: whatever was parsed before, each key is the one that is written', () => {
  const key = fc.string({
    unit: fc.constantFrom('"', '\\', '\n', 'u', '0', '1', 'a', '\ud800', '\u00e9', '😀'),
    maxLength: 6,
  });
  fc.assert(
    fc.property(fc.uniqueArray(key, { minLength: 1, maxLength: 4 }), fc.nat(3), (keys, cut) => {
      const text = `{${keys.map((each, value) => `${spelt(each)}:{"z":[${value}]}`).join(',')}}`;
      for (const [at, each] of keys.entries()) {
        const before = keys.slice(0, at).map((one, index) => `${JSON.stringify(one)}:${index}`);
        const spelling = spelt(each).slice(1, 1 + Math.max(1, each.length - cut));
        JSON.parse(`{${[...before, `${JSON.stringify(spelling)}:0`].join(',')}}`);
      }
      const wanted = Object.fromEntries(keys.map((each, value) => [each, { z: [value] }]));
      const found = parse(text) as object;
      assert.equal(Object.keys(found), Object.keys(wanted), text);
      assert.is(JSON.stringify(found), JSON.stringify(wanted), text);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test('keys that are numbers, and those that every object has, are read as the parser reads them', () => {
  const found = parse('{"b":0,"\\u0031":1,"\\u005f_proto__":{"x":2},"0":3,"\\u0063onstructor":4}') as Record<
    string,
    unknown
  >;
  assert.equal(Object.keys(found), ['0', '1', 'b', '__proto__', 'constructor']);
  assert.is(Object.getPrototypeOf(found), Object.prototype);
  assert.equal(Object.getOwnPropertyDescriptor(found, '__proto__')?.value, { x: 2 });
  assert.is((found as { x?: unknown }).x, undefined);
  const inner = parse('{"__proto__":{"\\u0061":1},"b":[[{"\\u0061":2}]]}') as object;
  assert.is(JSON.stringify(inner), '{"__proto__":{"a":1},"b":[[{"a":2}]]}');
  assert.is(Object.getPrototypeOf(inner), Object.prototype);
});

test('attack: a key is not taken for the stand-in of another', () => {
  for (const mark of ['\u007f', '\\u007f', '\\ud800']) {
    const text = `{"${mark}0":1,"${mark}1":2,"\\u0061":3,"\\u0062":{"${mark}2":4,"\\u0061":"${mark}0"}}`;
    const [own] = JSON.parse(`["${mark}"]`) as [string];
    assert.equal(parse(text), { [`${own}0`]: 1, [`${own}1`]: 2, a: 3, b: { [`${own}2`]: 4, a: `${own}0` } });
  }
});

test('text is refused that the parser refuses, and no other', () => {
  const signs = fc.constantFrom(...'{}[]",:\\u0 1en\n\u007f');
  const pieces = fc.array(
    fc.constantFrom('"\\u0061":1', '"b\\"":{}', '"\\n":["\\u0061"]', '"\u007f0":2', '"c":"\\\\"'),
    { maxLength: 4 },
  );
  const edits = fc.array(fc.tuple(fc.nat(), signs, fc.boolean()), { maxLength: 3 });
  fc.assert(
    fc.property(pieces, edits, (members, changes) => {
      let text = `{"z":{${members.join()}},"\\u0079":[{${members.join()}}]}`;
      for (const [at, sign, isMore] of changes) {
        const place = at % text.length;
        text = `${text.slice(0, place)}${sign}${text.slice(place + (isMore ? 0 : 1))}`;
      }
      const parsed = parseStrictJson(Buffer.from(text));
      if (isJson(text)) assert.ok(parsed.ok || parsed.code === 'json-duplicate-key', text);
      else assert.ok(!parsed.ok && parsed.code === 'json-malformed', text);
    }),
    { seed: SEED, numRuns: 5000 },
  );
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

test('an escape in a value changes nothing, and one that is none is refused at its place', () => {
  assert.equal(parse('{"a":"\\u0061\\n","\\u0062":["\\u0063"]}'), { a: 'a\n', b: ['c'] });
  const broken = parseStrictJson(Buffer.from('{"\\u0061":1,\n"\\x":2}'));
  assert.equal(!broken.ok && [broken.code, broken.at], ['json-malformed', 'line 2, column 3']);
  const twice = parseStrictJson(Buffer.from('{"\\u0061":1,"a":2}'));
  assert.equal(!twice.ok && twice.code, 'json-duplicate-key');
});

test.run();
