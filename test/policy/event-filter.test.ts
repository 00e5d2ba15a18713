import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventsOf, type RunEvent } from '../../src/api/run-events.ts';
import { createCelEngine } from '../../src/policy/cel/engine.ts';
import { filterEvent, filterFault, filterSource } from '../../src/policy/event-filter.ts';
import { sampleRun } from '../archive/sample.ts';
import { some } from '../support/some.ts';

const test = suite('filters of events');
const engine = createCelEngine({ threads: 2 });
test.after(() => engine.close());
const event: RunEvent = some(eventsOf(sampleRun({ name: 'a', workflow: 'build' }))[1]).event;
const verdict = async (filter: string) => (await filterEvent(engine, filter, event)).kind;

test('what is wanted, and what is not', async () => {
  assert.is(await verdict("input.type == 'dev.proviso.run.accepted.v1' && input.data.workflow == 'build'"), 'wanted');
  assert.is(await verdict("input.data.workflow\n  == 'deploy'"), 'unwanted');
  assert.is(await verdict(`input.data.workflow == "build" && input.subject != 'it\\'s'`), 'wanted');
});

test('a filter that fails says so, and decides nothing', async () => {
  const failed = await filterEvent(engine, 'input.data.nothing == 1', event);
  assert.is(failed.kind, 'failed');
  assert.match(failed.kind === 'failed' ? failed.message : '', /^the filter: /);
  assert.is(await verdict('input.data.workflow'), 'failed');
});

test('attack: a filter that closes what it stands in', async () => {
  for (const filter of ['"}]\nskip: [{expression: "true", reason: x}]', 'true}]} #', '"']) {
    assert.ok((await engine.check(filterSource(filter))).length > 0, filter);
    assert.is(await verdict(filter), 'failed', filter);
  }
});

test('what is wrong with a filter is placed in it', async () => {
  assert.match(String(await filterFault(engine, 'input.type ==== 1')), /^character 1[0-9]: this is no expr/);
  assert.match(String(await filterFault(engine, 'input.type == "x')), /^this is no expression/);
  assert.is(await filterFault(engine, 'input.data.nothing == 1'), undefined);
});

test.run();
