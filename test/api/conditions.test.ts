import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Condition, type ConditionClaim, findCondition, settleConditions } from '../../src/api/conditions.ts';

const test = suite('conditions');
const BEFORE = '2026-01-01T00:00:00Z';
const NOW = '2026-01-02T00:00:00Z';

const claim = (type: string, status: Condition['status'], reason = 'Ready'): ConditionClaim => ({
  type,
  status,
  reason,
  message: '',
  observedGeneration: 2,
});
const stood = (type: string, status: Condition['status']): Condition => ({
  ...claim(type, status, 'ContractNotReady'),
  lastTransitionTime: BEFORE,
});

test('a status that flips gets a new time, one that stays keeps its own', () => {
  const settled = settleConditions(
    [stood('Ready', 'False'), stood('Stalled', 'True')],
    [claim('Ready', 'True'), claim('Stalled', 'True', 'KeyInvalid')],
    NOW,
  );
  assert.equal(
    settled.map(({ type, reason, lastTransitionTime }) => [type, reason, lastTransitionTime]),
    [
      ['Ready', 'Ready', NOW],
      ['Stalled', 'KeyInvalid', BEFORE],
    ],
  );
});

test('a condition that is not claimed any more goes', () => {
  assert.equal(settleConditions([stood('Stalled', 'True')], [], NOW), []);
});

test('the first claims get the time of now', () => {
  assert.is(settleConditions(undefined, [claim('Ready', 'Unknown')], NOW)[0]?.lastTransitionTime, NOW);
});

test('settling twice changes nothing', () => {
  const claims = [claim('Ready', 'True')];
  const once = settleConditions([stood('Ready', 'False')], claims, NOW);
  assert.equal(settleConditions(once, claims, '2026-01-03T00:00:00Z'), once);
});

test('finds by type', () => {
  assert.is(findCondition([stood('Ready', 'False')], 'Ready')?.status, 'False');
  assert.is(findCondition([stood('Ready', 'False')], 'Stalled'), undefined);
  assert.is(findCondition(undefined, 'Ready'), undefined);
});

test.run();
