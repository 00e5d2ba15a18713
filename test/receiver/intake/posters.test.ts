import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createPosters } from '../../../src/receiver/intake/posters.ts';
import { outcomeOf } from '../../support/outcome.ts';

const test = suite('who posts without a token');
const from = (remoteAddress: string | undefined) => ({ socket: { remoteAddress } }) as IncomingMessage;
const answer = () => Object.assign(new EventEmitter(), { closed: false }) as unknown as ServerResponse;

test('a flood of one address is turned away, and another one is not', () => {
  const posters = createPosters();
  const sent = Array.from({ length: 500 }, () => {
    const response = answer();
    const outcome = outcomeOf(() => posters(from('10.0.0.1'), response));
    response.emit('close');
    return outcome;
  });
  assert.ok(sent.includes('rate-limited'));
  assert.ok(sent.filter((outcome) => outcome !== 'rate-limited').length >= 100);
  assert.is(posters(from('10.0.0.2'), answer()), '10.0.0.2');
});

test('what is held open takes a place of one address, and of all of them together', () => {
  const posters = createPosters();
  const first = Array.from({ length: 32 }, () => answer());
  for (const response of first) posters(from('10.0.1.1'), response);
  assert.is(
    outcomeOf(() => posters(from('10.0.1.1'), answer())),
    'rate-limited',
  );
  for (const address of ['10.0.1.2', '10.0.1.3', '10.0.1.4'])
    for (let index = 0; index < 32; index += 1) posters(from(address), answer());
  assert.is(
    outcomeOf(() => posters(from('10.0.1.5'), answer())),
    'rate-limited',
  );
  for (const response of first) response.emit('close');
  assert.is(posters(from('10.0.1.5'), answer()), '10.0.1.5');
});

test('a connection that is gone has no address, and gets nothing', () => {
  assert.is(
    outcomeOf(() => createPosters()(from(undefined), answer())),
    'body-incomplete',
  );
});

test.run();
