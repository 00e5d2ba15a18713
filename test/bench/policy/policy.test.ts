// deadline: 120
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { engineRates, evaluationRates } from './measure.ts';
import { EXPRESSIONS } from './policies.ts';

const test = suite('the benchmark of policies');

test('every policy holds, and is compared with the library where that can evaluate it', () => {
  const figures = evaluationRates(20, 1);
  assert.is(figures.length, EXPRESSIONS.length);
  for (const { name, value } of figures) assert.ok(value > 0, name);
  assert.is(figures.filter(({ ratio }) => (ratio?.value ?? 0) > 0).length, EXPRESSIONS.length - 1);
});

test('the engine evaluates in its threads', async () => {
  for (const { name, value } of await engineRates(20, 50)) assert.ok(value > 0, name);
});

test.run();
