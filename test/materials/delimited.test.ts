import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Delimiter, delimiterOf, rowsOf } from '../../src/materials/delimited.ts';

const test = suite('delimited text');

const rows = (text: string, delimiter: Delimiter = ',') => [...rowsOf(text, 0, 1, delimiter)];
const fields = (text: string, delimiter: Delimiter = ',') => rows(text, delimiter).map((row) => row?.fields);

test('what a writer quotes is what a reader gets, with the line on which a row starts', () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\t', '\n', '\r', ' ') });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  const delimiter = fc.constantFrom<Delimiter>(',', '\t');
  const ending = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(table, delimiter, ending, fc.boolean(), (written, separator, end, isEnded) => {
      const lines = written.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(separator));
      const read = rows(`${lines.join(end)}${isEnded ? end : ''}`, separator);
      assert.equal(
        read.map((row) => row?.fields),
        written,
      );
      let line = 1;
      for (const [index, text] of lines.entries()) {
        assert.is(read[index]?.line, line);
        line += text.split('\n').length;
      }
    }),
    { seed: 11, numRuns: 500 },
  );
});

test('fields without quotes, empty ones, and blank lines', () => {
  assert.equal(fields('a,b\r\n\r\n,\n"",c'), [
    ['a', 'b'],
    ['', ''],
    ['', 'c'],
  ]);
  assert.equal(fields('a\tb,c', '\t'), [['a', 'b,c']]);
});

test('a quote that neither ends its field nor is doubled is taken for itself', () => {
  assert.equal(fields('"the "fast" till","b"'), [['the "fast" till', 'b']]);
  assert.equal(fields('a"b,"c"'), [['a"b', 'c']]);
});

test('a quote that is never closed ends the table', () => {
  assert.equal(fields('"a","b\nc,d'), [undefined]);
  assert.equal(fields('a,b\n"'), [['a', 'b'], undefined]);
});

test('the delimiter is what stands more often outside of quotes', () => {
  assert.is(delimiterOf('"a\tb\tc","d"'), ',');
  assert.is(delimiterOf('a\tb'), '\t');
  assert.is(delimiterOf('a'), ',');
});

test.run();
