import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseStrictJson } from '../../src/api/strict-json.ts';

const test = suite('strict JSON');
const SEED = 20261124;
const parse = (text: string, maxDepth?: number) =>
  parseStrictJson(Buffer.from(text), maxDepth === undefined ? {} : { maxDepth });
const refusal = (text: string, maxDepth?: number) => {
  const parsed = parse(text, maxDepth);
  return parsed.ok ? 'ok' : `${parsed.code} ${parsed.at}`;
};

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const text = JSON.stringify(value);
      const parsed = parse(text);
      assert.is(parsed.ok, true, text);
      if (parsed.ok) assert.is(JSON.stringify(parsed.value), JSON.stringify(JSON.parse(text)));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('refuses what JSON.parse refuses, and never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      assert.is(parse(text).ok, valid, text);
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

test('finds a key that stands twice, wherever and however it is spelt', () => {
  assert.is(refusal('{"a":1,"a":2}'), 'json-duplicate-key /a');
  assert.is(refusal('{"a":1,"\\u0061":2}'), 'json-duplicate-key /a');
  assert.is(refusal('{"x":[{"y":{"b":1,"c":{},"b":2}}]}'), 'json-duplicate-key /x/0/y/b');
  assert.is(refusal('{"a/b":1,"a/b":2}'), 'json-duplicate-key /a~1b');
  assert.is(refusal('[{"a":1},{"a":2}]'), 'ok');
  assert.is(refusal('{"a":{"a":{"a":"a"}},"b":"a"}'), 'ok');
  assert.is(refusal('{"a":"\\"a\\":1,\\"a\\":2"}'), 'ok');
  assert.is(refusal('{"__proto__":1,"__proto__":2}'), 'json-duplicate-key /__proto__');
});

test('a doubled member is found in any object', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (object) => {
      const text = JSON.stringify(object);
      const [key = ''] = Object.keys(JSON.parse(text) as object);
      const doubled = `${text.slice(0, -1)},${JSON.stringify(key)}:0}`;
      assert.match(refusal(doubled), /^json-duplicate-key/);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('refuses depth before the parser sees it', () => {
  const bomb = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  assert.is(refusal(bomb(100)), 'ok');
  assert.match(refusal(bomb(101)), /^json-too-deep/);
  assert.match(refusal(bomb(1_000_000)), /^json-too-deep/);
  assert.match(refusal('{"a":'.repeat(50), 10), /^json-too-deep/);
});

test('says where the syntax is wrong', () => {
  assert.is(refusal('{\n  "a": 1,\n  b\n}'), 'json-malformed line 3, column 3');
  assert.match(refusal(''), /^json-malformed line 1/);
  assert.match(refusal('{"a":1'), /^json-malformed line 1/);
});

test('refuses bytes that are not UTF-8', () => {
  const parsed = parseStrictJson(new Uint8Array([0x22, 0xff, 0x22]));
  assert.is(!parsed.ok && parsed.code, 'json-malformed');
});

test('does not touch prototypes', () => {
  const parsed = parse('{"__proto__":{"polluted":true}}');
  assert.is(parsed.ok, true);
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
});

test.run();
