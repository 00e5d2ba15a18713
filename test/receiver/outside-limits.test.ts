import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Caller, clusterCaller, oidcCaller } from '../../src/receiver/auth/caller.ts';
import { createCallerLimits } from '../../src/receiver/caller-limits.ts';
import type { ReceiverContext } from '../../src/receiver/context.ts';
import { createMemoryBudget, createOutsideBudget } from '../../src/receiver/memory.ts';
import { reserveFor } from '../../src/receiver/reserve.ts';
import { outcomeOf } from '../support/outcome.ts';

const test = suite('limits for callers from outside');
const answer = (): ServerResponse => new EventEmitter() as ServerResponse;
const stranger = (n: number): Caller =>
  oidcCaller({ issuer: 'https://i', subject: `s${n}`, audiences: ['proviso'], claims: {}, provider: undefined });
const account = clusterCaller({ username: 'system:serviceaccount:shop:build' });
test('attack: a thousand accounts at an allowed issuer leave half of the places to the cluster', () => {
  const admit = createCallerLimits();
  const taken: ServerResponse[] = [];
  const enter = (caller: Caller): string =>
    outcomeOf(() => {
      const response = answer();
      taken.push(response);
      admit(caller, response);
    });
  const outcomes = Array.from({ length: 1000 }, (_, n) => enter(stranger(n)));
  assert.is(outcomes.filter((each) => each === 'fine').length, 256);
  assert.is(outcomes.at(-1), 'rate-limited');
  for (let n = 0; n < 128; n++) assert.is(enter(account), 'fine');
  for (const response of taken) response.emit('close');
  assert.is(enter(stranger(1)), 'fine');
});

test('attack: many accounts at an allowed issuer leave half of the memory to the cluster', () => {
  const context = { memory: createMemoryBudget(), memoryOutside: createOutsideBudget() } as ReceiverContext;
  const taken = answer();
  const reserve = (caller: Caller, mebibytes: number, response = answer()): string =>
    outcomeOf(() => reserveFor(context, caller, response)(mebibytes << 20));
  assert.is(reserve(stranger(1), 65), 'rate-limited');
  assert.is(reserve(stranger(1), 64, taken), 'fine');
  assert.is(reserve(stranger(1), 1), 'rate-limited');
  assert.is(reserve(stranger(2), 64), 'fine');
  assert.is(reserve(stranger(3), 1), 'overloaded');
  assert.is(reserve(account, 128), 'fine');
  taken.emit('close');
  assert.is(reserve(stranger(3), 64), 'fine');
});

test.run();
