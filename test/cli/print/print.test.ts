import { createColors } from 'picocolors';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { type Io, wantsColour } from '../../../src/cli/io.ts';
import { formatBytes } from '../../../src/cli/print/bytes.ts';
import { plain } from '../../../src/cli/print/plain.ts';
import { formatProblem, problemJson } from '../../../src/cli/print/problem.ts';
import { createProgress } from '../../../src/cli/print/progress.ts';
import { formatTable } from '../../../src/cli/print/table.ts';

const test = suite('cli printing');
const MIB = 1 << 20;
const err: string[] = [];
const io: Io = {
  env: {},
  cwd: '/',
  interactive: false,
  colours: createColors(false),
  out: () => {},
  err: (text) => void err.push(text),
};
test.before.each(() => {
  err.length = 0;
});

test('a table has its columns apart and nothing else', () => {
  const text = formatTable(
    io,
    ['Run', 'Result'],
    [
      ['build-1', 'True'],
      ['a', ''],
    ],
  );
  assert.equal(text.split('\n'), ['RUN       RESULT', 'build-1   True', 'a']);
});

test('what others wrote does not act on the terminal', () => {
  assert.is(plain('a\u001b[31mred\u0007\r\nb\u009b2J'), 'a[31mred b2J');
  const problem = new Problem('material-invalid', '\u001b]0;title\u0007bad', {
    errors: [{ at: '\u001b[2J', message: '\u001b[1Amoved' }],
    hint: '\u001b[8mhidden',
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  assert.not.match(formatProblem(io, problem), /[\u0000-\u0009\u000b-\u001f]/);
});

test('a refusal says what, where, and what to do', () => {
  const problem = new Problem('material-invalid', 'it is broken', {
    errors: [{ at: '/a/0', message: 'must be a text' }, { message: 'and more' }],
    hint: 'mend it',
  });
  assert.equal(formatProblem(io, problem).split('\n'), [
    'error: it is broken (material-invalid)',
    '  - /a/0: must be a text',
    '  - and more',
    'what to do: mend it',
  ]);
  assert.equal(JSON.parse(problemJson(problem)), problem.toDocument());
});

test('what is no refusal is told in one line, for programs too', () => {
  assert.is(formatProblem(io, new Error('boom')), 'error: boom');
  assert.is((JSON.parse(problemJson(new Error('boom'))) as { detail: string }).detail, 'boom');
});

test('sizes for people', () => {
  const cases = [0, 1, 1023, 1024, 1536, 10 * MIB, 200 * MIB, 3 * 1024 * MIB];
  assert.equal(cases.map(formatBytes), [
    '0 B',
    '1 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '10.0 MiB',
    '200 MiB',
    '3.0 GiB',
  ]);
});

const upload = (size: number, world: Io): readonly string[] => {
  const raw: string[] = [];
  const progress = createProgress(world, (text) => void raw.push(text), 'sbom', size);
  for (let sent = 0; sent < size; sent += MIB) progress.advance(Math.min(MIB, size - sent));
  return raw;
};

test('a log gets plain lines at the tenths, a terminal a bar that ends its line', () => {
  assert.equal(upload(40 * MIB, io), []);
  assert.is(err.length, 11);
  assert.is(err.at(-1), 'sbom: 100 % (40.0 MiB of 40.0 MiB)');
  assert.ok(err.every((line) => !line.includes('\r')));
  err.length = 0;
  const bar = upload(40 * MIB, { ...io, interactive: true });
  assert.equal(err, []);
  assert.ok(bar.every((text) => text.startsWith('\rsbom [')));
  assert.match(bar.at(-1) ?? '', /\[#{24}\] 100 %.*\n$/s);
});

test('a small upload is not worth a line', () => {
  assert.equal(upload(8 * MIB - 1, io), []);
  assert.equal(err, []);
});

test('colours are for terminals that want them', () => {
  assert.is(wantsColour({}, true), true);
  assert.is(wantsColour({}, false), false);
  assert.is(wantsColour({ NO_COLOR: '1' }, true), false);
  assert.is(wantsColour({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false);
  assert.is(wantsColour({ FORCE_COLOR: '1' }, false), true);
  assert.is(wantsColour({ FORCE_COLOR: '0' }, true), false);
  assert.is(wantsColour({ TERM: 'dumb' }, true), false);
});

test.run();
