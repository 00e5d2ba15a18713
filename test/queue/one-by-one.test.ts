import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createOneByOne } from '../../src/queue/one-by-one.ts';

const test = suite('turns');
const tick = () => new Promise((resolve) => setImmediate(resolve));

test('work of one key goes one after the other, in the order it came; other keys go at once', async () => {
  const inTurn = createOneByOne();
  const log: string[] = [];
  const work = (name: string) => async () => {
    log.push(`${name} begins`);
    await tick();
    log.push(`${name} ends`);
    return name;
  };
  const answers = await Promise.all([inTurn('k', work('a')), inTurn('k', work('b')), inTurn('l', work('c'))]);
  assert.equal(answers, ['a', 'b', 'c']);
  assert.equal(log.indexOf('b begins') - log.indexOf('a ends') > 0, true);
  assert.ok(log.indexOf('c begins') < log.indexOf('a ends'));
});

test('what fails, fails for whoever asked, and holds up nobody', async () => {
  const inTurn = createOneByOne();
  const failed = inTurn('k', () => Promise.reject(new Error('no')));
  const next = inTurn('k', () => Promise.resolve(1));
  const error = await failed.catch((reason: unknown) => reason);
  assert.is((error as Error).message, 'no');
  assert.is(await next, 1);
});

test.run();
