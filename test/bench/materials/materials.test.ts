// deadline: 400
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GROWING_DOCUMENTS } from './documents.ts';
import { MEMORY_BUDGET, measureDocuments } from './measure.ts';

const test = suite('the benchmark of materials');

test('every document is taken, and has its figures', async () => {
  const figures = await measureDocuments(GROWING_DOCUMENTS, 1);
  assert.is(figures.length, 2 * GROWING_DOCUMENTS.length);
  for (const { phase, value } of figures) assert.ok(value > 0, phase);
});

test('a document of 50 MB takes a thread no more memory than it may', async () => {
  const names = ['CycloneDX 1.7, JSON', 'SPDX 3.0.1', 'OpenAPI 3.1, JSON, 店', 'OpenAPI 3.1, JSON, an escaped key'];
  const documents = GROWING_DOCUMENTS.filter(({ name }) => names.includes(name));
  assert.is(documents.length, names.length);
  const figures = await measureDocuments(documents, 50);
  for (const { phase, value, unit } of figures.filter((figure) => figure.unit === 'MB')) {
    assert.ok(value < MEMORY_BUDGET, `${phase}: ${value} ${unit}`);
  }
});

test.run();
