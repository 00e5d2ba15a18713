import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../src/api/object.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createEventAllowance } from '../../src/kube/event-allowance.ts';
import { createEventRecorder, type EventFacts } from '../../src/kube/events.ts';

const test = suite('events');
const MINUTE = 60_000;

test('of one object 25 details are told at once, then one each five minutes, and of others as many', () => {
  const allows = createEventAllowance();
  const told = (uid: string, count: number, at: number): number =>
    Array.from({ length: count }, () => allows(uid, at)).filter(Boolean).length;
  assert.is(told('a', 1000, 0), 25);
  assert.is(told('b', 30, 0), 25);
  assert.is(told('a', 10, 5 * MINUTE - 1), 0);
  assert.is(told('a', 10, 5 * MINUTE), 1);
  // Asking in vain doesn't put off what comes next.
  assert.is(told('a', 10, 9 * MINUTE), 0);
  assert.is(told('a', 10, 10 * MINUTE), 1);
  assert.is(told('a', 10, 25 * MINUTE), 3);
  assert.is(told('a', 100, 1000 * MINUTE), 25);
});

test('of all objects together 100 are told at once, then ten a second, and who waits for that loses nothing', () => {
  const allows = createEventAllowance();
  const many = (at: number): number =>
    Array.from({ length: 1000 }, (_, index) => allows(`run-${index}`, at)).filter(Boolean).length;
  assert.is(many(0), 100);
  assert.is(many(99), 0);
  assert.is(many(1000), 10);
  const last = Array.from({ length: 30 }, () => allows('run-999', 600_000)).filter(Boolean).length;
  assert.is(last, 25);
});

const run: KubeObject = {
  apiVersion: 'x/v1',
  kind: 'WorkflowRun',
  metadata: { name: 'r', namespace: 'shop', uid: 'u' },
};
const facts = (note: string, more: Partial<EventFacts> = {}): EventFacts => ({
  ...{ type: 'Warning', reason: 'PushRefused', action: 'Verify', note },
  ...more,
});

/** A recorder to an API server that answers nothing until it is told to. */
function silentServer() {
  const notes: string[] = [];
  const answers: (() => void)[] = [];
  const create = (_: unknown, event: unknown) => {
    notes.push((event as { note: string }).note);
    return new Promise<void>((resolve) => answers.push(resolve));
  };
  const recorder = createEventRecorder({ create } as unknown as KubeClient, 'receiver');
  return { notes, recorder, answer: () => answers.forEach((each) => void each()) };
}

test('attack: a flood of refusals of one run leaves room for its verdict, and ends', async () => {
  const { notes, recorder, answer } = silentServer();
  for (let count = 0; count < 500; count++) recorder.record(run, facts(`refused ${count}`, { isDetail: true }));
  assert.is(notes.length, 8);
  recorder.record(run, facts('the verdict'));
  assert.is(notes.at(-1), 'the verdict');
  answer();
  await recorder.drain();
  for (let count = 500; count < 1000; count++) {
    recorder.record(run, facts(`refused ${count}`, { isDetail: true }));
    answer();
    await recorder.drain();
  }
  assert.is(notes.length, 26);
});

test('the same is not told twice', async () => {
  const { notes, recorder, answer } = silentServer();
  for (const note of ['a', 'a', 'b', 'a']) recorder.record(run, facts(note, { isDetail: true }));
  answer();
  await recorder.drain();
  assert.equal(notes, ['a', 'b']);
});

test.run();
