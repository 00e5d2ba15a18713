// deadline: 300
import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, type Condition, findCondition } from '../../src/api/conditions.ts';
import type { EvidenceStore, Workflow } from '../../src/api/types.gen.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import { putBytes } from '../../src/evidence/put.ts';
import { eventually } from '../support/eventually.ts';
import { Operated } from '../support/operated.ts';

const DAY = 24 * 3600_000;
let operated: Operated;
const test = suite('moving an evidence store');
test.before(async () => {
  operated = await Operated.start();
  await operated.apply('Contract', 'steps', {});
});
test.after(() => operated?.stop());

const pathOf = (name: string): string => join(operated.plane.dir, name);
const bytesOf = (name: string) => filesystemStore(pathOf(name));
const apply = (name: string, spec: object = {}) =>
  operated.apply('EvidenceStore', name, { filesystem: { path: pathOf(name) }, ...spec });
const fill = async (name: string, count: number, size = 1000) =>
  (await Promise.all(Array.from({ length: count }, () => putBytes(bytesOf(name), randomBytes(size))))).map(
    ({ digest }) => digest,
  );
const countIn = async (name: string): Promise<number> => (await Array.fromAsync(bytesOf(name).list())).length;
const read = (name: string) => operated.read<EvidenceStore>('evidencestore', name);
const movedOf = ({ status }: EvidenceStore): Condition | undefined =>
  findCondition(status?.conditions, CONDITION.Moved);

/** Waits until Moved of the current generation has the reason. */
const until = (name: string, reason: string, message = /./): Promise<EvidenceStore> =>
  eventually(`${name} to be ${reason}`, async () => {
    const store = await read(name);
    const moved = movedOf(store);
    const isKnown = moved?.observedGeneration === store.metadata.generation;
    if (isKnown && moved?.reason === reason && message.test(moved.message)) return store;
    throw new Error(JSON.stringify(store.status));
  });
const untilStore = (workflow: string, store: string): Promise<string> =>
  eventually(`the workflow ${workflow} to use ${store}`, async () => {
    const { status } = await operated.read<Workflow>('workflow.proviso.dev', workflow);
    if (status?.evidenceStoreName !== store) throw new Error(JSON.stringify(status));
    return findCondition(status.conditions, CONDITION.Ready)?.message ?? '';
  });
const refused = async (name: string, spec: object): Promise<string> => {
  const path = { filesystem: { path: pathOf(name) }, ...spec };
  const error = await operated.apply('EvidenceStore', name, path).then(
    () => assert.unreachable('the API server took it'),
    (each: Error) => each,
  );
  return String(error);
};

test('everything is copied, and then the other store serves the name', async () => {
  await apply('old');
  await apply('new');
  await operated.apply('Workflow', 'build', { contractRef: { name: 'steps' }, evidenceStoreRef: { name: 'old' } });
  await untilStore('build', 'old');
  const digests = await fill('old', 50);
  await putBytes(bytesOf('new'), randomBytes(5));
  await apply('old', { movedTo: { name: 'new' } });
  const moved = await until('old', 'Copied');
  assert.is(movedOf(moved)?.status, 'True');
  const { copied, bytes, present, damaged } = moved.status?.move ?? {};
  assert.equal({ copied, bytes, present, damaged }, { copied: 50, bytes: 50_000, present: 0, damaged: 0 });
  for (const digest of digests) assert.ok(await bytesOf('new').stat(digest), digest);
  assert.match(await untilStore('build', 'new'), /evidence goes to 'new', which 'old' was moved to/);
  assert.match(await operated.kubectl('get evidencestore old'), /True +Filesystem +Copied/);
});

test('its own place may be gone then: it stays Ready, and as good as the other one', async () => {
  await rm(pathOf('old'), { recursive: true });
  await writeFile(pathOf('old'), 'not a directory');
  await operated.kubectl('annotate evidencestore old --overwrite touched=1');
  operated.ahead = 2 * 60_000;
  await operated.kubectl('annotate evidencestore old --overwrite touched=2');
  const gone = await until('old', 'Copied', /late uploads until \S+, but can't be read: .*ENOTDIR/);
  assert.is(findCondition(gone.status?.conditions, CONDITION.Ready)?.status, 'True');
  await untilStore('build', 'new');
  await operated.assertInvariants();
});

test('uploads that were on their way are copied later, and after a day its place is not needed any more', async () => {
  await rm(pathOf('old'));
  const [late = 'sha256:'] = await fill('old', 1);
  operated.ahead = 10 * 60_000;
  await operated.restart();
  await eventually('the late upload', () => bytesOf('new').stat(late));
  const looked = await eventually('what was copied to be counted over all looks', async () => {
    const store = await until('old', 'Copied', /late uploads until \S+$/);
    return store.status?.move?.copied === 51 ? store : undefined;
  });
  assert.is(looked.status?.move?.completedTime, undefined);
  operated.ahead = 2 * DAY;
  await operated.restart();
  const done = await until('old', 'Copied', /its own place is not needed any more/);
  assert.ok(done.status?.move?.completedTime);
  operated.ahead = 0;
});

test('attack: a store that was moved can not be made to forget it, or be moved elsewhere', async () => {
  await apply('elsewhere');
  assert.match(await refused('old', {}), /a store that was moved stays so/);
  assert.match(await refused('old', { movedTo: { name: 'elsewhere' } }), /a store that was moved stays so/);
  assert.match(await refused('new', { movedTo: { name: 'new' } }), /must name another store/);
  await apply('old', { movedTo: { name: 'new' }, maxBlobSize: 5 });
});

test('attack: circles, chains and stores for fewer namespaces are refused with a sentence', async () => {
  await apply('new', { movedTo: { name: 'old' } });
  await until('new', 'MoveRefused', /'old' is itself moved to this store/);
  await apply('new', { movedTo: { name: 'nowhere' } });
  await until('new', 'MoveRefused', /there is no EvidenceStore 'nowhere'/);
  await apply('new');
  await apply('gold', { namespaces: { matchLabels: { tier: 'gold' } } });
  await apply('a', { movedTo: { name: 'gold' } });
  await until('a', 'MoveRefused', /'gold' is only for namespaces with the label tier=gold/);
  await apply('a', { movedTo: { name: 'b' } });
  await apply('b', { movedTo: { name: 'a' } });
  await until('a', 'MoveRefused', /'b' is itself moved to this store/);
  await until('b', 'MoveRefused', /'a' is itself moved to this store/);
  await apply('b', { movedTo: { name: 'elsewhere' } });
  await until('a', 'MoveRefused', /'b' is itself moved to 'elsewhere'; name that one instead/);
  await until('b', 'MoveRefused', /'a' is still being moved to this store/);
  assert.is((await read('b')).status?.move?.copied, undefined);
  await apply('c', { filesystem: { path: `${pathOf('new')}/` }, movedTo: { name: 'new' } });
  await until('c', 'MoveRefused', /'new' is the same place as this store/);
  await operated.kubectl('delete evidencestore c');
  await operated.assertInvariants();
});

test('a store that others were moved to is moved on, and their names go with it', async () => {
  await apply('new', { movedTo: { name: 'elsewhere' } });
  await until('new', 'Copied');
  assert.match(await untilStore('build', 'elsewhere'), /which 'old' was moved to/);
  const ready = findCondition((await read('old')).status?.conditions, CONDITION.Ready);
  assert.match(ready?.message ?? '', /'elsewhere'/);
});

test('a target that is not Ready is waited for', async () => {
  await mkdir(pathOf('from'), { recursive: true });
  await apply('down', { filesystem: { path: '/dev/null/evidence' } });
  await operated.untilReason<EvidenceStore>('evidencestore', 'down', 'ProbeFailed');
  await apply('from', { movedTo: { name: 'down' } });
  await until('from', 'TargetNotReady', /'down' is not Ready/);
  await apply('down');
  await until('from', 'Copied');
});

test('damaged and too large objects keep a store where it is, until something is done about them', async () => {
  const [rotten = 'sha256:'] = await fill('worn', 3);
  const [large = 'sha256:'] = await fill('worn', 1, 2000);
  await writeFile(join(pathOf('worn'), blobPath(rotten)), randomBytes(1000));
  await apply('narrow', { maxBlobSize: 1000 });
  await apply('worn', { movedTo: { name: 'narrow' } });
  const kept = await until('worn', 'ObjectsDamaged', /1 objects \(sha256:[0-9a-f]{64}\) are damaged/);
  assert.is(movedOf(kept)?.status, 'False');
  assert.match(movedOf(kept)?.message ?? '', new RegExp(`${large}\\) are larger than 'narrow' takes`));
  assert.equal([kept.status?.move?.copied, kept.status?.move?.damaged, kept.status?.move?.tooLarge], [2, 1, 1]);
  assert.is(findCondition(kept.status?.conditions, CONDITION.Ready)?.status, 'True');
  assert.is(await bytesOf('narrow').stat(rotten), undefined);
  await apply('worn', { movedTo: { name: 'narrow', leaveDamaged: true } });
  await until('worn', 'ObjectsTooLarge', new RegExp(large));
  await apply('narrow', { maxBlobSize: 2000 });
  const moved = await until('worn', 'Copied');
  assert.equal([moved.status?.move?.copied, moved.status?.move?.damaged], [3, 1]);
  assert.is(await bytesOf('narrow').stat(rotten), undefined);
});

test('the default is handed on without a moment in which there is none', async () => {
  await operated.apply('Workflow', 'plain', { contractRef: { name: 'steps' } });
  await untilStore('plain', 'default');
  await apply('next');
  await operated.apply('EvidenceStore', 'default', {
    default: true,
    movedTo: { name: 'next' },
    filesystem: { path: pathOf('evidence') },
  });
  await untilStore('plain', 'next');
  await apply('next', { default: true });
  await operated.untilReason<EvidenceStore>('evidencestore', 'next', 'Ready');
  assert.not.match(await untilStore('plain', 'next'), /moved/);
  await operated.untilReason<EvidenceStore>('evidencestore', 'default', 'Ready');
  await operated.assertInvariants();
});

test('an operator that is replaced in the middle goes on, and copies nothing twice', async () => {
  await fill('many', 3000, 200);
  await apply('heap');
  await operated.untilReason<EvidenceStore>('evidencestore', 'heap', 'Ready');
  await apply('many', { movedTo: { name: 'heap' } });
  await until('many', 'Copying', /\b[1-9]\d* objects/);
  await operated.restart();
  const { move } = (await until('many', 'Copied')).status ?? {};
  assert.ok((move?.present ?? 0) > 0, JSON.stringify(move));
  assert.ok((move?.copied ?? 0) <= 3000, JSON.stringify(move));
  assert.is(await countIn('heap'), 3000);
});

test('a store that fails in between is told of in its own words, and copying goes on once it works', async () => {
  await fill('full', 5);
  await apply('frail');
  await operated.untilReason<EvidenceStore>('evidencestore', 'frail', 'Ready');
  await rm(pathOf('frail'), { recursive: true });
  await writeFile(pathOf('frail'), 'not a directory');
  await apply('full', { movedTo: { name: 'frail' } });
  const failed = await until('full', 'CopyFailed', /ENOTDIR.*; it is tried again/);
  assert.is(findCondition(failed.status?.conditions, CONDITION.Ready)?.status, 'True');
  await rm(pathOf('frail'));
  await apply('frail', { maxBlobSize: 5000 });
  await until('full', 'Copied');
  assert.is(await countIn('frail'), 5);
});

test('a store that was moved and comes back from a backup is moved once more, though its place is gone', async () => {
  await operated.kubectl('delete evidencestore full');
  await rm(pathOf('full'), { recursive: true });
  await writeFile(pathOf('full'), 'gone');
  await apply('full', { movedTo: { name: 'frail' } });
  await until('full', 'CopyFailed');
  await apply('full', { movedTo: { name: 'frail' }, filesystem: { path: pathOf('empty') } });
  await until('full', 'Copied');
  assert.is(await countIn('frail'), 5);
});

test('who takes movedTo away, or the store itself, ends the copying', async () => {
  await fill('long', 3000, 200);
  await apply('longer');
  await operated.untilReason<EvidenceStore>('evidencestore', 'longer', 'Ready');
  const hasStopped = async (): Promise<number> => {
    const before = await countIn('longer');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const after = await countIn('longer');
    return before === after ? after : 0;
  };
  await apply('long', { movedTo: { name: 'longer' } });
  await until('long', 'Copying', /\b[1-9]\d* objects/);
  await apply('long');
  await eventually('the condition to go', async () => movedOf(await read('long')) === undefined);
  const stopped = await eventually('the copying to end', hasStopped);
  assert.ok(stopped < 3000, `${stopped}`);
  assert.is((await read('long')).status?.move, undefined);
  await apply('long', { movedTo: { name: 'longer' } });
  await eventually('more objects', async () => (await countIn('longer')) > stopped + 10);
  await operated.kubectl('delete evidencestore long');
  assert.ok((await eventually('the copying to end', hasStopped)) < 3000);
});

test.run();
