import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Workflow, WorkflowRun } from '../../../src/api/types.gen.ts';
import type { EventFacts, EventRecorder } from '../../../src/kube/events.ts';
import { type Health, healthOf } from '../../../src/operator/health/health.ts';
import { tellOfHealth } from '../../../src/operator/health/tell.ts';
import { runOf, workflowOf } from './runs.ts';

const test = suite('health');
const CREATED = '2026-03-01T00:00:00Z';
const HOUR_MS = 3_600_000;
const START = Date.parse('2026-03-02T00:00:00Z');
const at = (hour: number): string => new Date(START + hour * HOUR_MS).toISOString();

interface Facts {
  readonly result?: string;
  readonly signer?: string;
  readonly name?: string;
  readonly materials?: string;
}

/** A run that ended at the hour, after six minutes. */
const run = (
  hour: number,
  { result = 'Accepted', signer = 'SHA256:ci', name = `build-${hour}`, materials = 'image sbom' }: Facts = {},
): WorkflowRun => runOf([name, at(hour - 0.1), at(hour), result, `key ${signer}`, 'TEKTON_PIPELINE', materials]);
const series = (count: number, facts?: Facts): readonly WorkflowRun[] =>
  Array.from({ length: count }, (_, hour) => run(hour, facts));

/** Looks at the hour, tells, and writes, as a reconcile does. */
function look(workflow: Workflow, runs: readonly WorkflowRun[], hour: number) {
  const health = healthOf(workflow, runs, new Date(START + hour * HOUR_MS));
  const told: string[] = [];
  const record = (regarding: object, { type, reason, note }: EventFacts) => {
    assert.is((regarding as Workflow).kind, 'Workflow');
    told.push(`${type} ${reason} ${/build-\d+/.exec(note)?.[0] ?? ''}`.trim());
  };
  tellOfHealth({ record } as unknown as EventRecorder, workflow, health);
  const conditions = [{ ...health.claim, lastTransitionTime: CREATED }];
  return { health, told, workflow: { ...workflow, status: { ...health.facts, conditions } } };
}
const reasons = ({ facts }: Health): readonly string[] => (facts.findings ?? []).map(({ reason }) => reason);

test('each finding is told of once, and its end once', () => {
  const good = series(8);
  const first = look(workflowOf({ maxInterval: '6h' }, CREATED), good, 8);
  assert.equal(first.told, [], 'that all is well from the start is no news');
  const silent = look(first.workflow, good, 14);
  assert.equal(silent.told, ['Warning Silent build-7']);
  assert.equal(look(silent.workflow, good, 15).told, []);
  const failing = [...good, ...[14, 15, 16, 17, 18].map((hour) => run(hour, { result: 'Expired' }))];
  const strict = {
    ...silent.workflow,
    spec: { ...silent.workflow.spec, expectations: { maxInterval: '6h', minSuccessRate: 0.9 } },
  };
  const both = look(strict, failing, 19);
  assert.equal(reasons(both.health), ['Silent', 'FailureRateHigh']);
  assert.equal(both.told, ['Warning FailureRateHigh build-18']);
  const recovered = [...failing, ...Array.from({ length: 20 }, (_, index) => run(20 + index))];
  const again = look(both.workflow, recovered, 40);
  assert.equal(again.told, ['Normal AsUsual']);
  assert.equal(look(again.workflow, recovered, 41).told, []);
});

test('slow run after slow run is one event, and each run with a signer of its own another', () => {
  const slow = (hour: number): WorkflowRun => {
    const found = run(hour);
    return { ...found, status: { ...found.status, startTime: at(hour - 2) } };
  };
  const one = look(workflowOf({}, CREATED), [...series(8), slow(9)], 10);
  assert.equal(one.told, ['Warning Slow build-9']);
  assert.equal(look(one.workflow, [...series(8), slow(9), slow(12)], 13).told, []);
  const first = look(workflowOf({}, CREATED), [...series(8), run(9, { signer: 'SHA256:x' })], 10);
  const second = look(
    first.workflow,
    [...series(8), run(9, { signer: 'SHA256:x' }), run(10, { signer: 'SHA256:y' })],
    11,
  );
  assert.equal([first.told, second.told], [['Warning UnusualSigner build-9'], ['Warning UnusualSigner build-10']]);
});

test('attack: who comes twice with another key is no usual signer before a day is over', () => {
  const runs = [...series(8), ...[9, 10, 11, 12].map((hour) => run(hour, { signer: 'SHA256:mallory' }))];
  for (const hour of [12, 32]) {
    assert.equal(reasons(look(workflowOf({}, CREATED), runs, hour).health), ['UnusualSigner'], `hour ${hour}`);
  }
  assert.equal(reasons(look(workflowOf({}, CREATED), runs, 33).health), []);
});

test('attack: deleted failures count on, also when a run is made anew under the name of one', () => {
  const failed = [8, 9, 10, 11, 12].map((hour) => run(hour, { result: 'PolicyViolation' }));
  const expectations = { minSuccessRate: 0.9 };
  const { workflow } = look(workflowOf(expectations, CREATED), [...series(8), ...failed], 13);
  const cleaned = look(workflow, [...series(8), run(13, { name: 'build-12' })], 14);
  assert.equal(reasons(cleaned.health), ['FailureRateHigh']);
  assert.equal(cleaned.health.facts.statistics?.successRates[0]?.runs, 14);
  assert.match(cleaned.health.claim.message, /build-12 \(PolicyViolation\), build-11 \(PolicyViolation\)/);
  assert.equal(reasons(look(workflow, [], 14).health), ['FailureRateHigh'], 'not even without any run');
});

test('a short history in the cluster is made up for by what the status remembers', () => {
  let { workflow } = look(workflowOf({}, CREATED), [], 0);
  for (let hour = 1; hour <= 30; hour++) {
    const kept = [run(hour - 1), run(hour)].slice(hour === 1 ? 1 : 0);
    ({ workflow } = look(workflow, kept, hour));
  }
  const { statistics } = workflow.status ?? {};
  assert.equal(
    statistics?.successRates.map(({ window, runs, since }) => [window, runs, since]),
    [
      ['Last20Runs', 20, at(11)],
      ['Last24Hours', 21, at(10)],
      ['Last7Days', 21, at(10)],
    ],
    'over how many runs it is, and since when, and no more than is known',
  );
  assert.is(statistics?.usual, undefined, 'two runs in the cluster are too few');
});

test('the last accepted run is remembered when many failures have pushed it out of the cluster and of the last results', () => {
  const failed = Array.from({ length: 25 }, (_, index) => run(8 + index, { result: 'Expired' }));
  const expectations = { maxInterval: '48h', minSuccessRate: 0 };
  const { workflow } = look(workflowOf(expectations, CREATED), [...series(8), ...failed], 33);
  const { health } = look(workflow, failed, 40);
  assert.equal(health.facts.statistics?.lastAccepted, { name: 'build-7', finishTime: at(7) });
  assert.is(health.changesAt, START + 55 * HOUR_MS);
});

test('a run that is dated in the future does not hide that none has come since', () => {
  const future = run(24 * 365);
  const { health, workflow } = look(workflowOf({ maxInterval: '6h' }, CREATED), [...series(8), future], 14);
  assert.is(health.facts.findings?.[0]?.reason, 'Silent');
  assert.is(health.facts.statistics?.lastAccepted?.name, 'build-7');
  assert.ok(reasons(look(workflow, [...series(8), future], 15).health).includes('Silent'));
});

test('messages and lists are bounded, whatever names runs and signers have', () => {
  const long = (count: number): string =>
    Array.from({ length: count }, (_, index) => `${'m'.repeat(58)}-${index}`).join(' ');
  const odd = [20, 21, 22].map((hour) =>
    run(hour, {
      name: `${'n'.repeat(240)}-${hour}`,
      signer: `${'\u{1F600}'.repeat(120)}${hour}`,
      materials: long(hour * 5),
    }),
  );
  const usual = series(20, { materials: long(8).replaceAll('m', 'u') });
  const { health } = look(workflowOf({ maxInterval: '1s', minSuccessRate: 1 }, CREATED), [...usual, ...odd], 23);
  const { findings = [], statistics } = health.facts;
  assert.equal(
    findings.map(({ reason }) => reason),
    ['Silent', ...Array(3).fill('UnusualSigner'), ...Array(3).fill('UnusualMaterials')],
  );
  for (const { message } of findings) assert.ok(message.length <= 1024 && message.isWellFormed());
  assert.ok(findings.some(({ message }) => message.endsWith('…')));
  assert.ok(health.claim.message.length <= 4096 && health.claim.message.isWellFormed());
  assert.ok(JSON.stringify(statistics).length < 16_000);
});

test('ten thousand runs are judged without being compared with each other', () => {
  const runs = Array.from({ length: 10_000 }, (_, index) => run(index / 1000, { name: `build-${index}` }));
  let reads = 0;
  const counted = runs.map((each) => ({
    ...each,
    get status() {
      reads += 1;
      return each.status;
    },
  }));
  const { health } = look(workflowOf({}, CREATED), counted as readonly WorkflowRun[], 11);
  assert.is(health.facts.statistics?.successRates[1]?.runs, 10_000);
  assert.ok(reads < 10 * runs.length, `${reads} reads`);
});

test.run();
