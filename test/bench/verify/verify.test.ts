// deadline: 240
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { figureTable } from '../figures.ts';
import { loopDelays } from './loop.ts';
import { verificationRates } from './rates.ts';

const test = suite('the benchmark of verification');

test('every form is verified and compared, at each size', async () => {
  const figures = await verificationRates([2 << 10, 64 << 10], { sliceMs: 1, rounds: 1 });
  const names = figures.filter(({ phase }) => phase === '2 KB').map(({ name }) => name);
  for (const form of ['P-256, bundle', 'P-256, layer', 'P-384', 'Ed25519', 'RSA', 'SET', 'v1 and timestamp', 'v2']) {
    assert.ok(
      names.some((name) => name.includes(form)),
      form,
    );
  }
  assert.is(figures.length, 2 * names.length);
  for (const { name, value, ratio } of figures) assert.ok(value > 0 && (ratio?.value ?? 0) > 0, name);
  assert.match(figureTable(figures), /P-256, bundle v0\.3 \(budget 0\.8\) .* of raw\n/);
});

test('the loop is watched while threads check, and without', async () => {
  const figures = await loopDelays(0.2);
  for (const { name, value } of figures) assert.ok(Number.isFinite(value) && value >= 0, name);
  assert.equal([...new Set(figures.map(({ phase }) => phase))].length, 4);
  assert.ok(figures.some(({ name, value }) => name.startsWith('verified') && value > 0));
});

test.run();
