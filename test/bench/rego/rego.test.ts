// deadline: 60
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { evaluationRates } from './rates.ts';

const test = suite('the benchmark of Rego');

test('evaluations are counted beside those of a server', async () => {
  const figures = await evaluationRates({ components: 5, evaluations: 2, rounds: 1 });
  assert.is(figures.length, 4);
  for (const { name, value, ratio } of figures) assert.ok(value > 0 && (ratio?.value ?? 0) > 0, name);
});

test.run();
