import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createGathered } from '../../src/queue/gathered.ts';

const test = suite('gathered');
const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Goes that end when told to, each with what it was given and what came before. */
function goes() {
  const begun: { readonly items: readonly string[]; readonly before: string | undefined; end(): void; fail(): void }[] =
    [];
  const gathered = createGathered<string, string>(0, (items, before) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    begun.push({
      ...{ items, before },
      end: () => resolve(items.join('+')),
      fail: () => reject(new Error(`no ${items.join('+')}`)),
    });
    return promise;
  });
  const at = async (index: number) => {
    for (;;) {
      const go = begun[index];
      if (go !== undefined) return go;
      await tick();
    }
  };
  return { gathered, begun, at };
}

test('what comes while a go is under way is done in the next one, which is told what that one came to', async () => {
  const { gathered, begun, at } = goes();
  const first = gathered('k', 'a');
  const go = await at(0);
  const others = ['b', 'c', 'd'].map((item) => gathered('k', item));
  await tick();
  assert.is(begun.length, 1);
  go.end();
  const second = await at(1);
  assert.equal([second.items, second.before], [['b', 'c', 'd'], 'a']);
  second.end();
  assert.equal(await Promise.all([first, ...others]), ['a', 'b+c+d', 'b+c+d', 'b+c+d']);
});

test('what comes at once is done in one go, and another key never waits', async () => {
  const { gathered, at } = goes();
  const all = [gathered('k', 'a'), gathered('k', 'b'), gathered('l', 'c')];
  const [one, other] = [await at(0), await at(1)];
  assert.equal([one.items, other.items], [['a', 'b'], ['c']]);
  other.end();
  assert.is(await all[2], 'c');
  one.end();
  await Promise.all(all);
});

test('when a go of several fails, each is done by itself, and only that fails which is wrong', async () => {
  const { gathered, at } = goes();
  const all = ['a', 'bad', 'c'].map((item) => gathered('k', item));
  const outcomes = Promise.allSettled(all);
  (await at(0)).fail();
  (await at(1)).end();
  (await at(2)).fail();
  const last = await at(3);
  assert.is(last.before, undefined, 'what a failed go left is not known');
  last.end();
  const said = (await outcomes).map((each) =>
    each.status === 'fulfilled' ? each.value : (each.reason as Error).message,
  );
  assert.equal(said, ['a', 'no bad', 'c']);
});

test('a key that was done with begins anew, and knows nothing of before', async () => {
  const { gathered, at } = goes();
  const first = gathered('k', 'a');
  (await at(0)).end();
  await first;
  await tick();
  const next = gathered('k', 'b');
  const go = await at(1);
  assert.is(go.before, undefined);
  go.end();
  assert.is(await next, 'b');
});

test.run();
