import { EventEmitter, once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createMemoryBudget, keepWhile } from '../../src/receiver/memory.ts';
import { outcomeOf } from '../support/outcome.ts';
import { freePort } from '../support/ports.ts';

const test = suite('memory budget');

/** Of an answer the budget needs only to be told when it is closed. */
const answer = (): ServerResponse => new EventEmitter() as ServerResponse;
test('an identity has its share, all together have the whole, and what is closed is free', () => {
  const reserve = createMemoryBudget(100, 50);
  const first = answer();
  const second = answer();
  reserve('a', first, 30);
  reserve('a', first, 20);
  assert.is(
    outcomeOf(() => reserve('a', second, 1)),
    'rate-limited',
  );
  reserve('b', second, 50);
  assert.is(
    outcomeOf(() => reserve('c', answer(), 1)),
    'overloaded',
  );
  first.emit('close');
  reserve('c', answer(), 50);
  second.emit('close');
  assert.is(
    outcomeOf(() => reserve('b', answer(), 50)),
    'fine',
  );
});

test('what was refused holds nothing', () => {
  const reserve = createMemoryBudget(100, 50);
  const refused = answer();
  assert.is(
    outcomeOf(() => reserve('a', refused, 51)),
    'rate-limited',
  );
  refused.emit('close');
  assert.is(
    outcomeOf(() => reserve('a', answer(), 50)),
    'fine',
  );
});

test('attack: clients that leave take nothing back that a thread still works on', async () => {
  const reserve = createMemoryBudget(100, 100);
  const left = answer();
  reserve('a', left, 100);
  const work = Promise.withResolvers<void>();
  const kept = keepWhile(left, work.promise);
  left.emit('close');
  await new Promise(setImmediate);
  assert.is(
    outcomeOf(() => reserve('b', answer(), 1)),
    'overloaded',
  );
  // However it ends.
  work.reject(new Error('no'));
  await kept.catch(() => {});
  await new Promise(setImmediate);
  assert.is(
    outcomeOf(() => reserve('b', answer(), 100)),
    'fine',
  );
});

test('attack: clients that go away before anything is reserved for them take nothing for ever', async () => {
  const reserve = createMemoryBudget(100, 100);
  const outcomes: string[] = [];
  // What comes before the body, such as the review of a token, takes until the client has left.
  const server = createServer((_request, response) => {
    response.once('close', () => outcomes.push(outcomeOf(() => reserve('a', response, 60))));
  });
  const port = await freePort();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  for (let count = 1; count <= 3; count++) {
    const leaving = request({ port, host: '127.0.0.1', method: 'PUT', headers: { 'content-length': 60 } });
    leaving.on('error', () => {});
    const arrived = once(server, 'request');
    leaving.flushHeaders();
    const [, response] = (await arrived) as [unknown, ServerResponse];
    const closed = once(response, 'close');
    leaving.destroy();
    await closed;
  }
  server.close();
  assert.equal(outcomes, ['body-incomplete', 'body-incomplete', 'body-incomplete']);
  assert.is(
    outcomeOf(() => reserve('a', answer(), 100)),
    'fine',
  );
});

test.run();
