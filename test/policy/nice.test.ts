// deadline: 60
import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCelEngine } from '../../src/policy/cel/engine.ts';
import { deferThread, LAST, ownThread, PATIENT } from '../../src/policy/nice.ts';
import { eventually } from '../support/eventually.ts';
import { policyOf, queryOf } from './cel/queries.ts';

const test = suite('priorities of what evaluates policies');

/** Of each thread of this process, as the kernel has it. */
const priorities = (): readonly number[] =>
  readdirSync('/proc/self/task').map((thread) => {
    const [, facts = ''] = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ');
    return Number(facts.split(' ')[16]);
  });

test('attack: a policy that takes long comes after everybody else; who answers requests stays where he is', async () => {
  const engine = createCelEngine({ timeoutMs: 8_000, threads: 2 });
  await engine.evaluate('p', policyOf('input.a == 1'), queryOf({ a: 1 }));
  assert.ok(priorities().includes(PATIENT));
  assert.not.ok(priorities().includes(LAST), 'one that is quick is left alone');
  const list = Array.from({ length: 3_000 }, (_, index) => index);
  const cubic = policyOf('input.list.all(a, input.list.all(b, input.list.all(c, a + b + c >= 0)))');
  const endless = engine.evaluate('p', cubic, queryOf({ list }));
  await eventually('the last place', async () => priorities().includes(LAST), 7);
  assert.is(priorities()[0], 0);
  await endless;
  await engine.close();
});

test('what is no thread of ours is left alone', () => {
  for (const thread of [0, 1, -1, Number.NaN]) deferThread(thread, LAST);
  assert.is(priorities()[0], 0);
  assert.ok(ownThread() > 1);
});

test.run();
