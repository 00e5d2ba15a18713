// deadline: 240
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import { openArchive } from '../../src/archive/open.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { type ArchivedShop, openArchivedShop } from '../support/archived-shop.ts';
import { manifestOf } from '../support/backups.ts';
import { type CommandOutcome, runProviso, runScript } from '../support/command-line.ts';

/** The commands of the page that are to be run as they stand there, by the heading above them. */
const page = await readFile(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((text) => {
      const scripts = [...text.matchAll(/^```sh\n(.+?)^```/gms)].map(([, script]) => script ?? '');
      return [text.slice(0, text.indexOf('\n')), scripts] as const;
    }),
);

let shop: ArchivedShop;
let env: Readonly<Record<string, string>>;
/** Headings whose commands were run. */
const followed = new Set<string>();
const test = suite('the runbook');
test.before(async () => {
  shop = await openArchivedShop('admin');
  const { stack, kubectl } = shop.shop;
  env = { PROVISO_ENDPOINT: stack.endpoint, KUBECONFIG: stack.controlPlane.adminKubeconfig };
  for (const source of ['one', 'two']) {
    const run = await shop.finish('deploy', { source });
    await kubectl(`wait -n shop --for=condition=Archived --timeout=30s workflowrun/${run}`);
  }
});
test.after(() => shop?.stop());

const [rights = '', backup = ''] = sections.get('Backup') ?? [];
const [restoreRights = '', restore = ''] = sections.get('Restore') ?? [];
const [setUp] = backup.split(/^proviso /m);

/** Runs commands of the page with what was set up before, in one directory for all of them. */
function follow(heading: string, script: string): Promise<CommandOutcome> {
  followed.add(heading);
  return runScript(shop.dir, script, env, { kubectl: `'${shop.shop.stack.controlPlane.kubectlPath}'` });
}
async function succeeds(heading: string, script: string): Promise<string> {
  const { code, text, out } = await follow(heading, script);
  assert.is(code, 0, `${script}\n${text}`);
  return out;
}
const scriptOf = (heading: string): string => `${setUp}${(sections.get(heading) ?? []).join('')}`;

async function archived(): Promise<number> {
  const { database } = await openArchive(`sqlite:${join(shop.dir, 'archive.db')}`);
  const rows = await database.selectFrom('runs').select('uid').execute();
  await database.destroy();
  return rows.length;
}
async function forget(): Promise<void> {
  const { database } = await openArchive(`sqlite:${join(shop.dir, 'archive.db')}`);
  await database.deleteFrom('runs').execute();
  await database.destroy();
}

test('a backup, and the rights on the page are all that it takes', async () => {
  await succeeds('Backup', rights);
  await succeeds('Backup', backup);
  assert.is((await manifestOf(join(shop.dir, 'proviso-backup'))).runs.recorded, 2);
  const { controlPlane } = shop.shop.stack;
  const least = {
    ...env,
    KUBECONFIG: await controlPlane.serviceAccountKubeconfig('proviso-system', 'proviso-backup'),
    PROVISO_CA_FILE: join(shop.dir, 'ca.crt'),
    PROVISO_TOKEN: await shop.shop.kubectl('create token -n proviso-system proviso-backup --audience=proviso'),
  };
  const { code, text } = await runProviso(shop.dir, 'backup --to least', least);
  assert.is(code, 0, text);
  const { parts, time: _, ...facts } = await manifestOf(join(shop.dir, 'least'));
  const { parts: __, time: ___, ...others } = await manifestOf(join(shop.dir, 'proviso-backup'));
  assert.equal(facts, others);
  assert.equal(Object.keys(parts), ['objects', 'secrets', 'records']);
});

test('a restore', async () => {
  await succeeds('Restore', restoreRights);
  const out = await succeeds('Restore', `${setUp}${restore}`);
  assert.match(out, /Nothing was changed/);
});

test('the archive is lost', async () => {
  await forget();
  await succeeds('The archive is lost', scriptOf('The archive is lost'));
  assert.is(await archived(), 2);
});

test('a store is lost or damaged', async () => {
  const digest: Digest = `sha256:${sha256Hex('one')}`;
  const blob = join(shop.shop.stack.controlPlane.dir, 'evidence', blobPath(digest));
  await rename(blob, `${blob}.lost`);
  const { code, out } = await follow('A store is lost or damaged', scriptOf('A store is lost or damaged'));
  assert.is(code, 1);
  assert.match(out, new RegExp(`default ${digest}: source of shop/deploy-\\w+: it is not there`));
  await rename(`${blob}.lost`, blob);
  await succeeds('A store is lost or damaged', scriptOf('A store is lost or damaged'));
});

test('the key of the control plane is lost', async () => {
  const { kubectl } = shop.shop;
  const list = () => kubectl('get secret -n proviso-system proviso-control-plane-key -o jsonpath={.data}');
  const before = await list();
  await kubectl('delete secret -n proviso-system proviso-control-plane-key');
  const heading = 'The key of the control plane is lost';
  await succeeds(heading, scriptOf(heading));
  assert.equal(JSON.parse(await list()), JSON.parse(before));
});

test('a disk is full, and what to watch: what is asked is answered', async () => {
  const said = await succeeds('A disk is full', scriptOf('A disk is full'));
  assert.match(said, /default: a probe object was written, read and removed/);
  const watched = await succeeds('What to watch', scriptOf('What to watch'));
  assert.match(watched, /^shop\/deploy-\w+ .*Archived/m);
  assert.match(watched, /^[0-9a-f-]{36} \d{4}-\d\d-\d\dT/m);
});

test('something does not work: what is not Ready, who may submit, and how long the certificate is', async () => {
  const heading = "Something doesn't work";
  const out = await succeeds(heading, scriptOf(heading));
  assert.match(out, /evidencestore\.proviso\.dev\/default +True/);
  assert.match(out, /^shop\/deploy-\w+ \d\/\d/m);
  assert.match(out, /^yes$/m);
  assert.match(out, /notAfter=[\s\S]*127\.0\.0\.1/);
});

test('PostgreSQL fails over, and what it lacks is fetched', async () => {
  await forget();
  const out = await succeeds('PostgreSQL fails over', scriptOf('PostgreSQL fails over'));
  assert.match(out, /deploy +2 +0 +/);
});

test('every command of the page was run', () => {
  const withCommands = [...sections].filter(([, scripts]) => scripts.length > 0).map(([heading]) => heading);
  assert.equal([...followed].toSorted(), withCommands.toSorted());
});

test.run();
