import * as assert from 'uvu/assert';
import { discover } from '../../src/archive/discover.ts';
import { openArchive } from '../../src/archive/open.ts';
import { recordedRuns } from '../../src/archive/recorded.ts';
import { rowsOf } from '../../src/archive/rows.ts';
import { archivedNamespaces, listRuns, type RunFilter } from '../../src/archive/runs.ts';
import type { ArchiveDatabase } from '../../src/archive/tables.ts';
import { totalsOf } from '../../src/archive/totals.ts';
import { archivedAmong, archivedAs, archiveRun } from '../../src/archive/write.ts';
import { some } from '../support/some.ts';
import { onBothServers } from './both-servers.ts';
import { digestOf, type SampleRun, sampleRun } from './sample.ts';

const RECORD = { digest: digestOf('record'), time: '2026-11-01T12:00:00.000Z' };
const OUTPUTS = new Set(['image', 'library']);
const put = (database: ArchiveDatabase, run: SampleRun) =>
  archiveRun(database, rowsOf(sampleRun(run), OUTPUTS, RECORD));

onBothServers('archive', ['runs'], (test, whenOpened) => {
  let database: ArchiveDatabase;
  let address: string;
  whenOpened((opened) => {
    ({ database, address } = opened);
  });
  const names = async (filter: Partial<RunFilter> = {}, limit = 100) =>
    (await listRuns(database, { namespaces: ['shop', 'bank'], ...filter }, limit)).map(({ name }) => name);

  test('the steps of the schema run once, whoever opens it at the same time', async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => openArchive(address)));
    await Promise.all(opened.map((each) => each.database.destroy()));
    assert.equal(await archivedNamespaces(database), []);
  });

  test('a run is there whole, and once however often it is put there', async () => {
    const run = sampleRun({ name: 'a', materials: { image: 'i', sbom: 's', copy: 's' } });
    for (let time = 0; time < 3; time += 1) await archiveRun(database, rowsOf(run, OUTPUTS, RECORD));
    assert.equal(JSON.parse((await archivedAs(database, 'uid-shop-a'))?.document ?? ''), run);
    assert.is(await archivedAs(database, 'uid-bank-a'), undefined);
    const edges = await database.selectFrom('digests').select(['role', 'name']).orderBy('name').execute();
    assert.equal(
      edges.map(({ role, name }) => `${role} ${name}`),
      ['attestation ', 'input copy', 'output image', 'input sbom'],
    );
    assert.equal([...(await archivedAmong(database, ['uid-shop-a', 'uid-shop-b']))], ['uid-shop-a']);
  });

  test('of two records of a run the later one counts, in whatever order they come', async () => {
    const [early, late] = ['2026-11-01T12:00:00.000Z', '2026-11-01T12:00:00.001Z'].map((time, index) =>
      rowsOf(sampleRun({ name: 'a', materials: { sbom: `sbom ${index}` } }), OUTPUTS, { digest: `${index}`, time }),
    );
    const state = async () => ({
      run: await archivedAs(database, 'uid-shop-a'),
      inputs: (await database.selectFrom('digests').select('digest').where('role', '=', 'input').execute()).map(
        ({ digest }) => digest,
      ),
    });
    assert.is(await archiveRun(database, some(early)), true);
    assert.is(await archiveRun(database, some(late)), true);
    const after = await state();
    assert.equal(after.inputs, [digestOf('sbom 1')]);
    assert.is(after.run?.record_digest, '1');
    assert.is(await archiveRun(database, some(early)), false);
    assert.equal(await state(), after);
  });

  test('a run from before there were records gets one', async () => {
    await put(database, { name: 'a' });
    await database.updateTable('runs').set({ record_digest: null, record_time: null }).execute();
    assert.is((await archivedAmong(database, ['uid-shop-a'])).size, 0);
    await put(database, { name: 'a' });
    assert.equal([...(await archivedAmong(database, ['uid-shop-a']))], ['uid-shop-a']);
  });

  test('what is written half is not there', async () => {
    const rows = rowsOf(sampleRun({ name: 'a', materials: { image: 'i' } }), OUTPUTS, RECORD);
    const broken = { ...rows, digests: [...rows.digests, { ...rows.digests[0], role: null }] } as typeof rows;
    assert.ok(await archiveRun(database, broken).catch((error: unknown) => error));
    assert.equal(await names(), []);
  });

  test('runs are found by each thing that is asked, and only in the namespaces that may be read', async () => {
    await put(database, { name: 'a', commit: 'abc123', signer: '50%_sure', started: '2026-11-01T10:00:00Z' });
    await put(database, { name: 'b', succeeded: 'False', team: 'web', started: '2026-11-02T10:00:00+02:00' });
    await put(database, {
      name: 'c',
      workflow: 'deploy',
      namespace: 'bank',
      materials: { sbom: 's' },
      started: '2026-11-03T10:00:00Z',
    });
    assert.equal(await names(), ['c', 'b', 'a']);
    assert.equal(await names({ namespaces: ['shop'] }), ['b', 'a']);
    assert.equal(await names({ namespaces: [] }), []);
    assert.equal(await names({ workflow: 'deploy' }), ['c']);
    assert.equal(await names({ succeeded: 'False' }), ['b']);
    assert.equal(await names({ team: 'web' }), ['b']);
    assert.equal(await names({ since: '2026-11-02T08:00:00.000Z', until: '2026-11-03T10:00:00.000Z' }), ['b']);
    assert.equal(await names({ commit: 'abc' }), ['a']);
    assert.equal(await names({ commit: 'abd' }), []);
    assert.equal(await names({ signer: '%_' }), ['a']);
    assert.equal(await names({ signer: '0_s' }), []);
    assert.equal(await names({ digest: digestOf('s') }), ['c']);
    assert.equal(await names({ digest: digestOf('s'), namespaces: ['shop'] }), []);
    assert.equal(await names({ workflow: "x' or '1'='1" }), []);
    assert.equal(await archivedNamespaces(database), ['bank', 'shop']);
  });

  test('page after page, each run once, also those of one moment and while others come', async () => {
    for (let index = 0; index < 25; index += 1) await put(database, { name: `run-${String(index).padStart(2, '0')}` });
    const seen: string[] = [];
    let page = await listRuns(database, { namespaces: ['shop'] }, 10);
    while (page.length > 0) {
      seen.push(...page.map(({ name }) => name));
      await put(database, { name: `new-${seen.length}`, started: '2026-12-01T00:00:00Z' });
      const last = page.at(-1);
      page = last === undefined ? [] : await listRuns(database, { namespaces: ['shop'] }, 10, last);
    }
    assert.is(seen.length, 25);
    assert.is(new Set(seen).size, 25);
  });

  test('every run for a backup, each once, and from a run on', async () => {
    for (let index = 0; index < 25; index += 1) {
      await put(database, { name: `run-${index}`, namespace: index % 2 === 0 ? 'shop' : 'bank' });
    }
    const uids = async (after: string, limit: number) =>
      (await recordedRuns(database, after, limit)).map(({ uid }) => uid);
    const all = await uids('', 100);
    assert.is(new Set(all).size, 25);
    for (const limit of [1, 5, 25]) assert.equal(await uids('', limit), all.slice(0, limit));
    for (const at of [0, 10, 24]) assert.equal(await uids(some(all[at]), 4), all.slice(at + 1, at + 5));
    await put(database, { name: 'zz', namespace: 'shop' });
    assert.equal(await uids(some(all[24]), 4), ['uid-shop-zz']);
  });

  test('what something was made with, and what was made with it, through namespaces that may be read only', async () => {
    await put(database, { name: 'lib', materials: { source: 'src', library: 'lib' } });
    await put(database, { name: 'app', materials: { lib: 'lib', sbom: 'bom', image: 'img' } });
    await put(database, { name: 'deploy', namespace: 'bank', materials: { shipped: 'img' } });
    const walk = async (digest: string, direction: 'origins' | 'uses', more: object = {}) => {
      const options = { direction, depth: 9, namespaces: ['shop', 'bank'], maxRuns: 100, ...more };
      const { edges, truncated } = await discover(database, digestOf(digest), options);
      const runs = [...new Set(edges.map(({ run, distance }) => `${distance} ${run}`))];
      return truncated ? [...runs, '…'] : runs;
    };
    assert.equal((await walk('img', 'origins')).sort(), ['1 app', '1 deploy', '2 lib']);
    assert.equal(await walk('src', 'uses'), ['1 lib', '2 app', '3 deploy']);
    assert.equal(await walk('bom', 'uses'), ['1 app', '2 deploy']);
    assert.equal(await walk('src', 'uses', { depth: 2 }), ['1 lib', '2 app']);
    assert.equal(await walk('src', 'uses', { namespaces: ['shop'] }), ['1 lib', '2 app']);
    assert.equal(await walk('img', 'uses', { namespaces: ['bank'] }), ['1 deploy']);
    assert.equal(await walk('src', 'uses', { maxRuns: 1 }), ['1 lib', '…']);
    assert.equal(await walk('unknown', 'uses'), []);
    // What is made with itself ends.
    await put(database, { name: 'loop', materials: { source: 'img', image: 'img' } });
    assert.ok((await walk('img', 'uses')).length >= 2);
  });

  test('totals by workflow and by team, by day and month', async () => {
    await put(database, { name: 'a', team: 'web', seconds: 10 });
    await put(database, { name: 'b', team: 'web', seconds: 30, succeeded: 'False' });
    await put(database, { name: 'c', started: '2026-11-02T00:00:00Z' });
    await put(database, { name: 'd', namespace: 'bank', started: '2026-12-02T00:00:00Z' });
    const totals = (by: 'workflow' | 'team', period: 'day' | 'month' | 'all', namespaces = ['shop']) =>
      totalsOf(database, { namespaces }, { by, period, limit: 100 });
    assert.equal(await totals('team', 'day'), [
      { namespace: 'shop', of: '', period: '2026-11-02', accepted: 1, failed: 0, seconds: 60 },
      { namespace: 'shop', of: 'web', period: '2026-11-01', accepted: 1, failed: 1, seconds: 20 },
    ]);
    assert.equal(
      (await totals('workflow', 'month', ['shop', 'bank'])).map(({ namespace, period, accepted, failed }) => [
        namespace,
        period,
        accepted,
        failed,
      ]),
      [
        ['bank', '2026-12', 1, 0],
        ['shop', '2026-11', 2, 1],
      ],
    );
    assert.equal(
      (await totals('workflow', 'all')).map(({ period, accepted }) => [period, accepted]),
      [['', 2]],
    );
    assert.equal(await totals('workflow', 'all', []), []);
  });
});
