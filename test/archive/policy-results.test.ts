import * as assert from 'uvu/assert';
import type { RecordedEvaluation, RecordedJudgement } from '../../src/api/types.gen.ts';
import { discover } from '../../src/archive/discover.ts';
import { openArchive } from '../../src/archive/open.ts';
import { noteEarlierResults } from '../../src/archive/policy-results.ts';
import { policyTotals } from '../../src/archive/policy-totals.ts';
import { rowsOf } from '../../src/archive/rows.ts';
import { listRuns, type RunFilter } from '../../src/archive/runs.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { archiveRun } from '../../src/archive/write.ts';
import { onBothServers } from './both-servers.ts';
import { digestOf, type SampleRun, sampleRun } from './sample.ts';

const record = (time = '2026-11-01T12:00:00.000Z') => ({ digest: digestOf('record'), time });
const put = (database: ArchiveDatabase, run: SampleRun, time?: string) =>
  archiveRun(database, rowsOf(sampleRun(run), new Set(), record(time)));

const judged = (policy: string, outcome: RecordedJudgement['outcome'], more: object = {}): RecordedJudgement => ({
  ...{ kind: 'Policy', policy, outcome },
  ...(outcome === 'Violated' ? { violations: 2, message: 'bad' } : {}),
  ...more,
});
const atPush = (policy: string, outcome: RecordedJudgement['outcome'], more: object = {}): RecordedEvaluation => ({
  ...{ ...judged(policy, outcome, more), phase: 'Push' },
});
const waiver = (policy: string, kind: 'Policy' | 'ClusterPolicy' = 'Policy') => ({
  ...{ name: `no-${policy}`, owner: 'o', approvedBy: 'a', expires: '2026-12-01T00:00:00Z' },
  ...{ kind, policy },
});
const BOTH: Pick<RunFilter, 'namespaces'> = { namespaces: ['shop', 'bank'] };
const CLUSTER = { kind: 'ClusterPolicy' } as const;

onBothServers('policy results', ['runs'], (test, whenOpened) => {
  let database: ArchiveDatabase;
  let address: string;
  whenOpened((opened) => {
    ({ database, address } = opened);
  });
  const rows = async () => {
    const found = await database
      .selectFrom('policy_results')
      .selectAll()
      .orderBy('run_uid')
      .orderBy('position')
      .execute();
    return found.map((row) => [row.policy, row.phase, row.material, row.outcome, row.violations, row.waiver]);
  };
  const names = async (filter: Partial<RunFilter>) =>
    (await listRuns(database, { ...BOTH, ...filter }, 100)).map((run) => run.name);
  const totals = async (filter: Partial<RunFilter> = {}, period: 'day' | 'month' | 'all' = 'all', limit = 100) =>
    (await policyTotals(database, { ...BOTH, ...filter }, { period, limit })).map((each) =>
      [each.period, each.namespace, each.policy, each.runs, each.asked].concat([
        ...[each.passed, each.violated, each.skipped, each.failed, each.waived],
      ]),
    );

  const FULL: SampleRun = {
    name: 'a',
    materials: { sbom: 's', tests: 't' },
    judged: {
      sbom: [judged('fresh', 'Passed'), judged('fresh', 'Violated'), judged('quiet', 'Ignored')],
      tests: [judged('green', 'Skipped', { blocked: true })],
    },
    evaluations: [{ ...atPush('branch', 'Passed'), phase: 'Init' }, atPush('whole', 'Failed', CLUSTER)],
    waivers: [waiver('fresh'), waiver('green', 'ClusterPolicy')],
  };

  test('each result of a run, once however often it is archived, and gone with it', async () => {
    const all = [
      ['fresh', 'Add', 'sbom', 'Passed', 0, null],
      ['fresh', 'Add', 'sbom', 'Violated', 2, 'no-fresh'],
      ['green', 'Add', 'tests', 'Skipped', 0, null],
      ['branch', 'Init', '', 'Passed', 0, null],
      ['whole', 'Push', '', 'Failed', 0, null],
    ];
    for (let time = 0; time < 3; time += 1) await put(database, FULL);
    assert.equal(await rows(), all);
    await put(database, { ...FULL, evaluations: [], judged: {} }, '2026-11-01T13:00:00.000Z');
    assert.equal(await rows(), [], 'a later record of the run says otherwise');
    await put(database, FULL);
    assert.equal(await rows(), [], 'an earlier one changes nothing');
    await put(database, FULL, '2026-11-01T14:00:00.000Z');
    await database.deleteFrom('runs').execute();
    assert.equal(await rows(), []);
  });

  test('a run with more results than one statement takes', async () => {
    const sbom = Array.from({ length: 250 }, (_, index) => judged(`p${index}`, 'Passed'));
    await put(database, { name: 'a', materials: { sbom: 's' }, judged: { sbom } });
    assert.is((await rows()).length, 250);
  });

  test('runs that were archived before get theirs from what lies there, once', async () => {
    for (let index = 0; index < 120; index += 1) await put(database, { ...FULL, name: `run-${index}` });
    await put(database, { name: 'none' });
    await database.deleteFrom('policy_results').execute();
    await database.updateTable('runs').set({ judgements: null }).execute();
    const { signal } = new AbortController();
    assert.is(await noteEarlierResults(database, AbortSignal.abort()), 0, 'it ends with the signal');
    if (!address.startsWith('sqlite:')) {
      // Several may do it at once; a file has one that writes.
      const more = await Promise.all(Array.from({ length: 3 }, () => openArchive(address)));
      await Promise.all(
        [database, ...more.map((each) => each.database)].map((each) => noteEarlierResults(each, signal)),
      );
      await Promise.all(more.map((each) => each.database.destroy()));
    } else assert.is(await noteEarlierResults(database, signal), 121);
    assert.is((await rows()).length, 120 * 5);
    assert.is(await noteEarlierResults(database, signal), 0);
    const noted = await database.selectFrom('runs').select('judgements').distinct().orderBy('judgements').execute();
    assert.equal(
      noted.map(({ judgements }) => judgements),
      [0, 5],
    );
  });

  test('runs by policy and what that policy said, only in the namespaces that may be read', async () => {
    const materials = { sbom: 's' };
    await put(database, { name: 'a', materials, judged: { sbom: [judged('x', 'Passed'), judged('y', 'Violated')] } });
    await put(database, { name: 'b', namespace: 'bank', materials, judged: { sbom: [judged('x', 'Violated')] } });
    await put(database, { name: 'c', materials });
    assert.equal((await names({ policy: 'x' })).toSorted(), ['a', 'b']);
    assert.equal(await names({ policy: 'x', outcome: 'Violated' }), ['b'], 'that y was violated in a is no answer');
    assert.equal((await names({ outcome: 'Violated' })).toSorted(), ['a', 'b']);
    assert.equal(await names({ policy: 'x', outcome: 'Violated', namespaces: ['shop'] }), []);
    assert.equal(await names({ policy: 'x', outcome: 'Failed' }), []);
    assert.equal(await names({ policy: "x' or '1'='1" }), []);
  });

  test('totals by policy and period; those of a ClusterPolicy are of all namespaces that may be read', async () => {
    const materials = { sbom: 's' };
    await put(database, FULL);
    await put(database, {
      ...{ name: 'b', materials, started: '2026-12-02T10:00:00Z', workflow: 'deploy' },
      judged: { sbom: [judged('fresh', 'Passed')] },
    });
    const bank: SampleRun = {
      ...{ name: 'c', namespace: 'bank', materials },
      judged: { sbom: [judged('fresh', 'Passed')] },
      evaluations: [atPush('whole', 'Violated', CLUSTER)],
      waivers: [waiver('whole', 'ClusterPolicy')],
    };
    await put(database, bank);
    assert.equal(await totals(), [
      ['', 'shop', 'branch', 1, 1, 1, 0, 0, 0, 0],
      ['', 'bank', 'fresh', 1, 1, 1, 0, 0, 0, 0],
      ['', 'shop', 'fresh', 2, 3, 2, 1, 0, 0, 1],
      ['', 'shop', 'green', 1, 1, 0, 0, 1, 0, 0],
      ['', '', 'whole', 2, 2, 0, 1, 0, 1, 1],
    ]);
    assert.equal(await totals({ policy: 'whole', namespaces: ['shop'] }), [['', '', 'whole', 1, 1, 0, 0, 0, 1, 0]]);
    assert.equal(await totals({ policy: 'fresh', namespaces: ['shop'] }, 'month'), [
      ['2026-12', 'shop', 'fresh', 1, 1, 1, 0, 0, 0, 0],
      ['2026-11', 'shop', 'fresh', 1, 2, 1, 1, 0, 0, 1],
    ]);
    assert.equal(await totals({ policy: 'fresh' }, 'day', 1), [['2026-12-02', 'shop', 'fresh', 1, 1, 1, 0, 0, 0, 0]]);
    assert.equal(await totals({ workflow: 'deploy' }), [['', 'shop', 'fresh', 1, 1, 1, 0, 0, 0, 0]]);
    assert.equal(await totals({ namespaces: [] }), []);
  });

  test('the document with all that policies said belongs to the run that made it', async () => {
    await put(database, FULL);
    const options = { direction: 'origins', depth: 3, namespaces: ['shop'], maxRuns: 10 } as const;
    for (const what of ['sbom', 'Push']) {
      const { edges } = await discover(database, digestOf(`said of ${what} of a`), options);
      const said = edges.filter(({ role }) => role === 'evaluations').map((edge) => `${edge.run} ${edge.name}`);
      assert.equal(said.toSorted(), ['a Push', 'a sbom', 'a tests']);
    }
    const digest = digestOf('said of sbom of a');
    assert.equal((await discover(database, digest, { ...options, namespaces: ['bank'] })).edges, []);
    const uses = await discover(database, digest, { ...options, direction: 'uses' });
    assert.equal(new Set(uses.edges.map(({ run }) => run)), new Set(['a']));
  });
});
