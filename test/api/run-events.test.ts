import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_TYPE, eventsOf } from '../../src/api/run-events.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { sampleRun } from '../archive/sample.ts';

const test = suite('events of runs');
const schema = JSON.parse(await readFile(new URL('../../docs/run-event.schema.json', import.meta.url), 'utf8'));
const isEvent = new Ajv2020({ strict: true, allErrors: true }).compile(schema);

const run = (succeeded: 'True' | 'False' | 'Unknown', reason: string, status: object = {}): WorkflowRun => {
  const sample = sampleRun({ name: 'a', team: 'payments', commit: 'c0ffee', materials: { image: 'i', sbom: 's' } });
  const verdict = { type: 'Succeeded', status: succeeded, reason, message: 'said', lastTransitionTime: 'x' };
  return { ...sample, status: { ...sample.status, ...status, conditions: [verdict, ...violatedOf(status)] } };
};
const violatedOf = (status: { readonly violated?: boolean }) =>
  status.violated === undefined
    ? []
    : [
        {
          ...{ type: 'PolicyCompliant', status: 'False' as const, reason: 'Violated' },
          ...{ message: 'x', lastTransitionTime: 'x' },
        },
      ];
const namesOf = (run: WorkflowRun) => eventsOf(run).map(({ name }) => name);

const POLICIES = {
  ...{ summary: '0/2', evaluated: 2, passed: 0, violated: 2, skipped: 0, failed: 0 },
  violations: [
    { kind: 'Policy', policy: 'fresh', material: 'sbom', subject: 'sbom', message: 'it is old' },
    { kind: 'Policy', policy: 'signed', subject: 'image', message: 'it is not', waiver: 'late' },
  ],
} as const;
const WAIVERS = [{ name: 'late', owner: 'team', approvedBy: 'bob', expires: '2027-01-01T00:00:00Z', policy: 'signed' }];

test('what each verdict comes to', () => {
  assert.equal(namesOf(run('Unknown', 'Crafting')), ['Opened']);
  assert.equal(namesOf(run('True', 'Accepted')), ['Opened', 'Accepted']);
  assert.equal(namesOf(run('True', 'Waived', { waivers: WAIVERS })), ['Opened', 'WaiverUsed', 'Accepted']);
  assert.equal(namesOf(run('True', 'AcceptedWithViolations', { violated: true, policies: POLICIES })), [
    ...['Opened', 'PolicyViolated', 'Accepted'],
  ]);
  assert.equal(namesOf(run('False', 'PolicyViolation')), ['Opened', 'PolicyViolated', 'Refused']);
  assert.equal(namesOf(run('False', 'Expired')), ['Opened', 'Expired']);
  assert.equal(namesOf(run('False', 'Cancelled')), ['Opened', 'Refused']);
  assert.equal(namesOf(run('False', 'PipelineFailed')), ['Opened', 'Refused']);
});

test('each is as the published schema says, and in the order of its place', () => {
  const all = [
    ...eventsOf(run('True', 'Waived', { waivers: WAIVERS })),
    ...eventsOf(run('False', 'PolicyViolation', { violated: true, policies: POLICIES })),
    ...eventsOf(run('False', 'Expired')),
  ];
  assert.equal(new Set(all.map(({ event }) => event.type)), new Set(Object.values(EVENT_TYPE)));
  for (const { event } of all) assert.ok(isEvent(event), `${event.type}: ${JSON.stringify(isEvent.errors)}`);
  const [first] = all;
  assert.ok(!isEvent({ ...first?.event, data: { ...first?.event.data, secret: 'x' } }), 'unknown members pass');
  const places = eventsOf(run('True', 'Waived', { waivers: WAIVERS, violated: true })).map(({ position }) => position);
  assert.equal(places, places.toSorted());
});

test('what was told while the run was open is told the same when it is over', () => {
  const [open] = eventsOf(run('Unknown', 'Crafting'));
  const [over] = eventsOf(run('True', 'Accepted'));
  assert.equal(open, over);
  assert.is(open?.event.id, 'uid-shop-a.Opened');
  assert.is(open?.event.source, '/apis/proviso.dev/v1alpha1/namespaces/shop/workflows/build');
});

test('what a waiver excuses is no violation that is told', () => {
  const violated = eventsOf(run('False', 'PolicyViolation', { policies: POLICIES }))[1];
  assert.equal(violated?.event.data.violations, [
    { kind: 'Policy', policy: 'fresh', material: 'sbom', subject: 'sbom', message: 'it is old' },
  ]);
});

test('the largest run there can be stays within what every receiver of events takes', () => {
  const long = (length: number) => 'x'.repeat(length);
  const materials = Array.from({ length: 128 }, (_, index) => ({
    ...{ name: `${long(60)}${index}`, type: 'SBOM_CYCLONEDX_JSON', digest: `sha256:${long(64)}`, size: 1 },
    ...{ stored: true, addTime: '2026-11-01T10:00:00.000Z', addedBy: 'x' },
  }));
  const violation = { ...{ kind: 'ClusterPolicy', policy: long(253), material: long(63) } };
  const violations = Array.from({ length: 20 }, () => ({ ...violation, subject: long(256), message: long(512) }));
  const waiver = { name: long(253), owner: long(253), approvedBy: long(200), expires: long(20), policy: long(253) };
  const waivers = Array.from({ length: 64 }, () => waiver);
  const status = { materials, waivers, policies: { ...POLICIES, violations } };
  for (const { event } of eventsOf(run('False', 'PolicyViolation', status))) {
    const bytes = Buffer.byteLength(JSON.stringify(event));
    assert.ok(bytes < 64 << 10, `${event.type} has ${bytes} bytes`);
  }
});

test.run();
