import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeReport, type Sight } from '../../../src/cli/report/make.ts';
import { percent, rateOf } from '../../../src/cli/report/model.ts';
import { conditionOf, FRAME, runOf, shopReport, TODAY, waiverOf, workflowOf } from '../../support/reported.ts';
import { some } from '../../support/some.ts';

const test = suite('report');
const NOTHING: Sight = { workflows: [], runs: [], waivers: [], archived: [], unseen: [] };
const build = workflowOf('shop', 'build', { team: 'web' });
const archived = conditionOf('Archived', 'True', 'Archived');
const reportOf = (sight: Partial<Sight>) => makeReport(FRAME, { ...NOTHING, ...sight });
const lineOf = (sight: Partial<Sight>) => some(reportOf({ workflows: [build], ...sight }).workflows[0]);
const counts = { summary: '0/1', evaluated: 1, passed: 0, violated: 1, skipped: 0, failed: 0 };

test('a run is counted once, whether the archive or the cluster has it, or both', () => {
  const runs = [
    runOf(build, 'kept', ['True', 'Accepted'], { conditions: [archived] }),
    runOf(build, 'fresh', ['False', 'Expired']),
    runOf(build, 'open', ['Unknown', 'Crafting']),
  ];
  // Two of them left the cluster.
  const total = { namespace: 'shop', of: 'build', period: TODAY, accepted: 3, failed: 0, seconds: 1 };
  const { accepted, refused, running } = lineOf({ runs, archived: [total] });
  assert.equal({ accepted, refused, running }, { accepted: 3, refused: 1, running: 1 });
  const blind = lineOf({ runs });
  assert.equal([blind.accepted, blind.refused], [1, 1], 'without the archive: what the cluster has');
});

test('a run is counted on the day that it was opened on, and not outside of the period', () => {
  const runs = [
    runOf(build, 'a', ['True', 'Accepted'], { startTime: '2026-11-27T23:59:59Z' }),
    runOf(build, 'b', ['True', 'Accepted'], { startTime: '2026-11-28T00:00:00Z' }),
    runOf(build, 'c', ['True', 'Accepted'], { startTime: '2026-10-01T00:00:00Z' }),
  ];
  const { days, accepted } = lineOf({ runs });
  assert.equal(
    days.slice(-2).map((day) => [day.day, day.accepted]),
    [
      ['2026-11-27', 1],
      ['2026-11-28', 1],
    ],
  );
  assert.equal([days.length, days[0]?.day, accepted], [30, '2026-10-30', 2]);
});

test('how a workflow stands is said by its latest verdict, its conditions, and nothing else', () => {
  const objection = { kind: 'Policy', policy: 'fresh', material: 'sbom', subject: 'x', message: 'is old' } as const;
  const violating = { policies: { ...counts, violations: [objection] } };
  const standings = [
    [[runOf(build, 'r', ['True', 'Accepted'])], 'Met', []],
    [[runOf(build, 'r', ['True', 'Waived'])], 'Waived', []],
    [[], 'Unproven', []],
    [[runOf(build, 'r', ['Unknown', 'Crafting'])], 'Unproven', []],
    [[runOf(build, 'r', ['False', 'Expired', 'no sbom'])], 'Open', ['Expired: no sbom']],
    [[runOf(build, 'r', ['False', 'PolicyViolation'], violating)], 'Open', ['Policy/fresh: sbom: is old']],
    [[runOf(build, 'r', ['True', 'AcceptedWithViolations'], violating)], 'Open', ['Policy/fresh: sbom: is old']],
    [
      [
        runOf(build, 'r', ['True', 'Accepted'], {
          conditions: [conditionOf('Current', 'False', 'Incomplete', 'a tests report is owed now')],
        }),
      ],
      'Open',
      ['Current: Incomplete: a tests report is owed now'],
    ],
    [
      [
        runOf(build, 'old', ['False', 'Expired'], { finishTime: '2026-11-28T08:00:00Z' }),
        runOf(build, 'new', ['True', 'Accepted'], { finishTime: '2026-11-28T09:00:00Z' }),
      ],
      'Met',
      [],
    ],
  ] as const;
  for (const [runs, standing, gaps] of standings) {
    const report = reportOf({ workflows: [build], runs });
    assert.is(report.workflows[0]?.standing, standing);
    assert.equal(
      report.gaps.map(({ what, message }) => `${what}: ${message}`),
      gaps,
    );
  }
});

test('a violation that a waiver excuses is no gap; those that were left out of the status are told of', () => {
  const excused = { kind: 'Policy', policy: 'a', subject: 'x', message: 'm', waiver: 'w' } as const;
  const open = { kind: 'Policy', policy: 'b', subject: 'x', message: 'm' } as const;
  const policies = { ...counts, violations: [excused, open], omitted: 7 };
  const { gaps } = reportOf({
    workflows: [build],
    runs: [runOf(build, 'r', ['False', 'PolicyViolation'], { policies })],
  });
  assert.equal(
    gaps.map(({ what }) => what),
    ['Policy/b', 'PolicyViolation'],
  );
  assert.is(gaps[1]?.message, '7 more violations');
});

test('every condition of a Workflow that is False is a gap, but not those that are bad when they are True', () => {
  const conditions = [
    conditionOf('Ready', 'False', 'StoreNotFound', 'no store'),
    conditionOf('Stalled', 'True', 'StoreNotFound', 'no store'),
    conditionOf('Reconciling', 'False', 'Done'),
  ];
  const broken = workflowOf('shop', 'build', {}, conditions);
  const report = reportOf({ workflows: [broken], runs: [runOf(broken, 'r', ['True', 'Accepted'])] });
  assert.equal(
    report.gaps.map(({ what, run }) => [what, run]),
    [['StoreNotFound', undefined]],
  );
  assert.is(report.totals.compliant, 0);
});

test('a workflow that only the archive remembers is listed, and counts for no team', () => {
  const total = { namespace: 'shop', of: 'gone', period: TODAY, accepted: 2, failed: 1, seconds: 1 };
  const report = reportOf({ workflows: [build], archived: [total] });
  assert.equal(
    report.workflows.map(({ name, exists, accepted }) => [name, exists, accepted]),
    [
      ['build', true, 0],
      ['gone', false, 2],
    ],
  );
  assert.equal(
    report.teams.map(({ team, workflows, accepted }) => [team, workflows, accepted]),
    [['web', 1, 0]],
  );
  assert.equal([report.totals.workflows, report.totals.accepted], [1, 2]);
});

test('two workflows of a name in two namespaces are two', () => {
  const other = workflowOf('other', 'build', { team: 'web' });
  const report = reportOf({ workflows: [build, other], runs: [runOf(other, 'r', ['True', 'Accepted'])] });
  assert.equal(
    report.workflows.map(({ namespace, accepted }) => [namespace, accepted]),
    [
      ['other', 1],
      ['shop', 0],
    ],
  );
  assert.equal([report.teams[0]?.workflows, report.teams[0]?.compliant, report.teams[0]?.accepted], [2, 1, 1]);
});

test('waivers say what they waive and whether they count, the one that ends first first', () => {
  const { waivers } = shopReport();
  assert.equal(
    waivers.map(({ name, waives, state, isActive, approvedBy }) => [name, waives, state, isActive, approvedBy]),
    [
      ['payments-hotfix', 'ClusterPolicy/no-known-exploited', 'AwaitingApproval', false, ''],
      ['legacy-sbom', 'material/sbom', 'Approved', true, 'bob@example.com'],
    ],
  );
  assert.is(reportOf({ waivers: [waiverOf('shop', 'x', {}, 'Expired')] }).waivers[0]?.isActive, false);
});

test('a rate is never rounded up to all, and of nothing there is none', () => {
  assert.is(percent(rateOf({ accepted: 999, refused: 1 })), '99 %');
  assert.is(percent(rateOf({ accepted: 29, refused: 71 })), '29 %');
  assert.is(percent(rateOf({ accepted: 5, refused: 0 })), '100 %');
  assert.is(percent(rateOf({ accepted: 0, refused: 0 })), '–');
});

test.run();
