// deadline: 180
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measureStores } from './measure.ts';

const test = suite('the benchmark of evidence stores');
const MEGABYTES = 400;

test('an object goes into every kind of store and out again in far less memory than it has bytes', async () => {
  const figures = await measureStores(MEGABYTES);
  assert.is(figures.length, 12);
  for (const { phase, name, value, unit } of figures) {
    assert.ok(value > 0, `${phase}: ${name}`);
    // Half of it is the process itself, and the rest what a collector of garbage takes its time for.
    if (unit === 'MB') assert.ok(value < 260, `${phase}: ${value} MB`);
  }
});

test.run();
