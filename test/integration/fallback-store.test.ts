// deadline: 120
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, findCondition } from '../../src/api/conditions.ts';
import type { EvidenceStore, Workflow } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { Operated, stalled } from '../support/operated.ts';

let operated: Operated;
let evidence: string;
const test = suite('a fallback store');

test.before(async () => {
  operated = await Operated.start();
  evidence = join(operated.plane.dir, 'evidence');
  await operated.apply('Contract', 'steps', {});
  await operated.apply('Workflow', 'build', { contractRef: { name: 'steps' } });
  await operated.apply('Workflow', 'faithful', {
    contractRef: { name: 'steps' },
    evidenceStoreRef: { name: 'default' },
  });
  await operated.untilReason<EvidenceStore>('evidencestore', 'default', 'Ready');
});
test.after(() => operated?.stop());

let size = 2 ** 20;
/** Has it probed at once, as a change of its spec does. */
async function probe(spec: object = {}): Promise<void> {
  size += 1;
  await operated.apply('EvidenceStore', 'default', {
    default: true,
    maxBlobSize: size,
    filesystem: { path: evidence },
    ...spec,
  });
}
/** A file where the directory was: nobody can write below it, whoever he is. */
async function breakDefault(): Promise<void> {
  await rm(evidence, { recursive: true });
  await writeFile(evidence, 'not a directory');
  await probe();
  await operated.untilReason<EvidenceStore>('evidencestore', 'default', 'ProbeFailed');
}
async function mendDefault(): Promise<void> {
  await rm(evidence);
  await mkdir(evidence);
  await probe();
  await operated.untilReason<EvidenceStore>('evidencestore', 'default', 'Ready');
}
const applySpare = (spec: object = {}, name = 'spare') =>
  operated.apply('EvidenceStore', name, {
    fallback: true,
    filesystem: { path: join(operated.plane.dir, name) },
    ...spec,
  });

/** What a workflow says when its runs go to the store. */
const untilStore = (workflow: string, store: string): Promise<string> =>
  eventually(`the workflow ${workflow} to use ${store}`, async () => {
    const { status } = await operated.read<Workflow>('workflow.proviso.dev', workflow);
    if (status?.evidenceStoreName !== store) throw new Error(JSON.stringify(status));
    const ready = findCondition(status.conditions, CONDITION.Ready);
    assert.is(ready?.status, 'True');
    return ready?.message ?? '';
  });

test('new runs go to it while the default can not be written, and back again', async () => {
  await applySpare();
  await operated.untilReason<EvidenceStore>('evidencestore', 'spare', 'Ready');
  assert.not.match(await untilStore('build', 'default'), /fallback/);
  await breakDefault();
  assert.match(
    await untilStore('build', 'spare'),
    /goes to the fallback 'spare', since the EvidenceStore 'default' is not Ready/,
  );
  await operated.touch('faithful');
  assert.not.match(await untilStore('faithful', 'default'), /fallback/, 'who names a store gets that one');
  await mendDefault();
  assert.not.match(await untilStore('build', 'default'), /fallback/);
});

test('one that is not Ready is no help, and of two the older counts', async () => {
  await applySpare({}, 'later');
  const later = await operated.untilReason<EvidenceStore>('evidencestore', 'later', 'InvalidSpec');
  assert.match(stalled(later)?.message ?? '', /'spare' is the fallback already; take spec\.fallback away/);
  await applySpare({ filesystem: { path: '/dev/null/evidence' } });
  await operated.untilReason<EvidenceStore>('evidencestore', 'spare', 'ProbeFailed');
  await breakDefault();
  await operated.touch('build');
  assert.not.match(await untilStore('build', 'default'), /fallback/);
  await applySpare();
  await untilStore('build', 'spare');
  await operated.kubectl('delete evidencestore spare');
  await untilStore('build', 'later');
  await operated.kubectl('delete evidencestore later');
  await untilStore('build', 'default');
  await mendDefault();
});

test('attack: a namespace gets neither a fallback that is not for it nor one for a default that is not', async () => {
  await applySpare({ namespaces: { matchLabels: { tier: 'gold' } } });
  await operated.untilReason<EvidenceStore>('evidencestore', 'spare', 'Ready');
  await breakDefault();
  await operated.touch('build');
  assert.not.match(await untilStore('build', 'default'), /fallback/);
  await operated.kubectl('label namespace shop tier=gold');
  await operated.touch('build');
  await untilStore('build', 'spare');
  await probe({ namespaces: { matchLabels: { tier: 'silver' } } });
  const { status } = await operated.untilReason<Workflow>('workflow.proviso.dev', 'build', 'StoreNotFound');
  assert.is(status?.evidenceStoreName, undefined);
  await operated.assertInvariants();
});

test.run();
