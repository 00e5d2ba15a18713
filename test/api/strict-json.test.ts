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

const messageOf = (text: string) => {
  const parsed = parse(text);
  return parsed.ok ? 'ok' : parsed.message;
};

test('reads what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const text = JSON.stringify(value);
      const parsed = parse(text);
      assert.is(parsed.ok, true, text);
      if (parsed.ok) assert.is(JSON.stringify(parsed.value), text);
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
      const [key = ''] = Object.keys(object);
      const doubled = `${text.slice(0, -1)},${JSON.stringify(key)}:0}`;
      assert.match(refusal(doubled), /^json-duplicate-key/);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('a key is found again among few and among many', () => {
  for (const count of [1, 2, 7, 8, 9, 10, 40]) {
    const members = Array.from({ length: count }, (_, index) => `"k${index}":{"k0":1}`);
    assert.is(refusal(`{${members.join()}}`), 'ok', `${count} keys`);
    for (const again of new Set([0, count >> 1, count - 1])) {
      assert.is(refusal(`{${members.join()},"k${again}":1}`), `json-duplicate-key /k${again}`, `${again} of ${count}`);
    }
  }
});

test('a string ends where the parser ends it, whatever is escaped in it', () => {
  const texts = fc
    .array(fc.constantFrom('\\', '"', 'a', ',', '{', '\n'), { maxLength: 30 })
    .map((each) => each.join(''));
  fc.assert(
    fc.property(texts, texts, (key, value) => {
      const text = JSON.stringify({ [key]: value, other: value });
      assert.is(refusal(text), 'ok');
      assert.match(refusal(`${text.slice(0, -1)},${JSON.stringify(key)}:1}`), /^json-duplicate-key/);
    }),
    { seed: SEED, numRuns: 500 },
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

test('says where a token is that nobody expected, in the middle of a long text too', () => {
  assert.is(refusal('{"a": b}'), 'json-malformed line 1, column 7');
  assert.is(refusal('\n\n{"a": tru}\n\n\n'), 'json-malformed line 3, column 10');
  assert.is(refusal('<!DOCTYPE html>\n<html></html>\n'), 'json-malformed line 1, column 1');
  assert.is(
    refusal(`{"a": [1, -2.5e3, "x:y,z[", {}, []],\n "b": <html>,\n "c": ${'1'.repeat(99)}}\n`),
    'json-malformed line 2, column 7',
  );
  assert.is(refusal('[1,]'), 'json-malformed line 1, column 4');
  assert.is(refusal('[{"a":nul'), 'json-malformed line 1, column 10');
  assert.is(refusal('\uFEFF{}'), 'json-malformed line 1, column 1');
});

test('wherever a text is broken, the place is that of the first sign which no JSON goes on with', () => {
  const places = fc.tuple(
    fc.jsonValue({ maxDepth: 4 }),
    fc.nat(),
    fc.constantFrom('b', ']', '}', ',', ':', '<', '"', '\\', 't'),
  );
  fc.assert(
    fc.property(places, ([value, where, sign]) => {
      const text = JSON.stringify(value, undefined, 1);
      const at = where % (text.length + 1);
      const broken = text.slice(0, at) + sign + text.slice(at + 1);
      const parsed = parse(broken);
      if (parsed.ok || parsed.code !== 'json-malformed') return;
      const [, line = 0, column = 0] = (/^line (\d+), column (\d+)$/.exec(parsed.at) ?? []).map(Number);
      const lines = broken.split('\n').slice(0, line);
      const before = [...lines.slice(0, -1), lines.at(-1)?.slice(0, column - 1)].join('\n');
      // What stands before the place is still the beginning of JSON: the parser only misses its end.
      assert.not.match(messageOf(before), /^Unexpected token/, broken);
      const token = /^Unexpected token '(.)'$/su.exec(parsed.message)?.[1];
      if (token !== undefined) assert.is(lines.at(-1)?.[column - 1] ?? '\n', token, broken);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test('what it says of a text is short, whatever the text is', () => {
  const long = 'k'.repeat(1 << 20);
  for (const text of [`{"${long}":1,"${long}":2}`, `${`{"${long}":`.repeat(2)}${'['.repeat(200)}`, `{"a":${long}}`]) {
    const parsed = parse(text);
    assert.ok(!parsed.ok && parsed.at.length + parsed.message.length < 1000);
  }
  assert.is(messageOf('{"a": 1, "b": secret, "c": 2, "d": 3}'), "Unexpected token 's'");
  assert.is(messageOf('{} x'), 'Unexpected non-whitespace character after JSON');
});

test('refuses more values than memory should be given to', () => {
  const values = (count: number) => parseStrictJson(Buffer.from(`[${'{},'.repeat(count)}1]`), { maxValues: 100 });
  assert.is(values(49).ok, true);
  const many = values(50);
  assert.equal(!many.ok && [many.code, many.at], ['json-too-many-values', '/49']);
  const keys = Array.from({ length: (1 << 17) + 1 }, (_, index) => `"${index}":0`).join(',');
  assert.match(refusal(`{"a":{${keys}}}`), /^json-too-many-values \/a/);
});

test('refuses bytes that are not UTF-8', () => {
  const parsed = parseStrictJson(new Uint8Array([0x22, 0xff, 0x22]));
  assert.is(!parsed.ok && parsed.code, 'json-malformed');
  // And remembers nothing of them.
  for (const cut of [
    [0x22, 0xe2, 0x82],
    [0x22, 0xc3],
  ])
    parseStrictJson(new Uint8Array(cut));
  assert.equal(parse('"\u20ac"'), { ok: true, value: '\u20ac' });
});

test('does not touch prototypes', () => {
  const parsed = parse('{"__proto__":{"polluted":true}}');
  assert.is(parsed.ok, true);
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
});

test.run();
