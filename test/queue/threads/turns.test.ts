import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createTurns, type Turns } from '../../../src/queue/threads/turns.ts';
import { codeOf } from '../../support/outcome.ts';

const test = suite('turns');
const ALWAYS = () => true;
const opened: Turns[] = [];
test.after(() => {
  for (const each of opened) each.close();
});

/** Turns with work that lasts until it is ended by its name. */
function bench(places: number, line: number, patienceMs = 60_000) {
  const turns = createTurns({ places, line, patienceMs });
  opened.push(turns);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    turns,
    begun,
    begin(identity: string, name: string, isWanted: () => boolean = ALWAYS): Promise<string> {
      const work = () => {
        begun.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      };
      return codeOf(turns.take(identity, isWanted, work));
    },
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

test('as many as there are places run, the others in their order', async () => {
  const { begin, end, begun } = bench(2, 10);
  for (const name of ['a', 'b', 'c', 'd']) void begin(name, name);
  assert.equal(begun, ['a', 'b']);
  await end('b');
  assert.equal(begun, ['a', 'b', 'c']);
  await end('a');
  assert.equal(begun, ['a', 'b', 'c', 'd']);
});

test('attack: an identity with slow documents keeps itself waiting and nobody else', async () => {
  const { begin, end, begun } = bench(4, 100);
  for (let n = 0; n < 50; n++) void begin('slow', `slow-${n}`);
  assert.equal(begun, ['slow-0', 'slow-1']);
  const others = ['x', 'y', 'z'].map((name) => begin(name, name));
  assert.equal(begun, ['slow-0', 'slow-1', 'x', 'y']);
  await end('x');
  assert.equal(begun.at(-1), 'z');
  for (const name of ['y', 'z']) await end(name);
  assert.equal(await Promise.all(others), ['fine', 'fine', 'fine']);
});

test('attack: the line is not filled by one identity, and has an end for all', async () => {
  const { begin } = bench(1, 4);
  void begin('a', 'a-runs');
  const codes: string[] = [];
  for (const [n, identity] of ['a', 'a', 'a', 'b', 'b', 'c'].entries()) {
    codes[n] = 'waits';
    void begin(identity, String(n)).then((code) => {
      codes[n] = code;
    });
  }
  await new Promise(setImmediate);
  assert.equal(codes, ['waits', 'waits', 'rate-limited', 'waits', 'waits', 'overloaded']);
});

test('who waited too long is told so, and gives his place in the line up', async () => {
  const { begin, end, begun } = bench(1, 2, 30);
  void begin('a', 'runs');
  assert.is(await begin('b', 'late'), 'overloaded');
  const next = begin('c', 'next');
  await end('runs');
  await end('next');
  assert.is(await next, 'fine');
  assert.equal(begun, ['runs', 'next']);
});

test('work that fails gives its place back', async () => {
  const { turns } = bench(1, 1);
  for (let n = 0; n < 3; n++) {
    const failing = turns.take('a', ALWAYS, () => Promise.reject(new Error('no')));
    assert.is(await codeOf(failing), 'threw Error: no');
  }
});

test.run();
