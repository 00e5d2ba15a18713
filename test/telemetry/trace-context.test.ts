import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { childOf, formatTraceparent, parseTraceparent } from '../../src/telemetry/trace-context.ts';

const test = suite('trace context');
// The example of the W3C recommendation.
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

test('a traceparent is read as the recommendation says, and written as it was', () => {
  const context = { traceId: TRACE, spanId: SPAN, sampled: true };
  assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-01`), context);
  assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-00`), { ...context, sampled: false });
  assert.equal(parseTraceparent(`00-${TRACE}-${SPAN}-03`)?.sampled, true);
  // A version to come may say more behind it.
  assert.equal(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-will-be`), context);
  assert.is(formatTraceparent(context), `00-${TRACE}-${SPAN}-01`);
});

test('what is none counts for nothing, whoever sends it', () => {
  for (const text of [
    ...[undefined, '', 'x', `00-${TRACE}-${SPAN}`, `00-${TRACE}-${SPAN}-01-more`, `ff-${TRACE}-${SPAN}-01`],
    ...[`00-${'0'.repeat(32)}-${SPAN}-01`, `00-${TRACE}-${'0'.repeat(16)}-01`, `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ...[`00-${TRACE}-${SPAN}-01\n`, ` 00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-zz`, `00-${TRACE}x-${SPAN}-01`],
    ...[`cc-${TRACE}-${SPAN}-01-${'a'.repeat(300)}`, [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
  ])
    assert.is(parseTraceparent(text), undefined, String(text));
});

test('a child is in the trace of its parent, and one without is in a trace of its own', () => {
  const parent = { traceId: TRACE, spanId: SPAN, sampled: false };
  const child = childOf(parent);
  assert.equal([child.traceId, child.sampled, child.spanId === SPAN], [TRACE, false, false]);
  const [one, two] = [childOf(undefined), childOf(undefined)];
  assert.is.not(one.traceId, two.traceId);
  assert.equal(parseTraceparent(formatTraceparent(one)), one);
});

test.run();
