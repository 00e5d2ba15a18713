import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isSelected, type LabelSelector } from '../../src/api/label-selector.ts';

const test = suite('label selector');

type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
const by = (operator: Operator, ...values: readonly string[]): LabelSelector => ({
  matchExpressions: [{ key: 'tier', operator, values }],
});

test('nothing asked selects everything', () => {
  for (const selector of [undefined, {}, { matchLabels: {} }, { matchExpressions: [] }]) {
    assert.equal([isSelected(selector, undefined), isSelected(selector, { a: 'b' })], [true, true]);
  }
});

test('every operator, with the value, another one, an empty one, and none', () => {
  const labels = [{ tier: 'top' }, { tier: 'low' }, { tier: '' }, {}, undefined];
  const selected = (selector: LabelSelector) => labels.map((each) => isSelected(selector, each));
  assert.equal(selected({ matchLabels: { tier: 'top' } }), [true, false, false, false, false]);
  assert.equal(selected({ matchLabels: { tier: '' } }), [false, false, true, false, false]);
  assert.equal(selected(by('In', 'top', 'x')), [true, false, false, false, false]);
  assert.equal(selected(by('In')), [false, false, false, false, false]);
  assert.equal(selected(by('NotIn', 'top', 'x')), [false, true, true, true, true]);
  assert.equal(selected(by('Exists')), [true, true, true, false, false]);
  assert.equal(selected(by('DoesNotExist')), [false, false, false, true, true]);
});

test('all requirements must hold', () => {
  const selector = { matchLabels: { a: '1' }, ...by('Exists') };
  assert.equal(
    [
      isSelected(selector, { a: '1', tier: 'x' }),
      isSelected(selector, { a: '1' }),
      isSelected(selector, { tier: 'x' }),
    ],
    [true, false, false],
  );
});

test('what every object inherits is no label', () => {
  assert.is(isSelected({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, {}), false);
  assert.is(isSelected({ matchExpressions: [{ key: 'toString', operator: 'DoesNotExist' }] }, {}), true);
});

test.run();
