// deadline: 120
import { mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TreeNode } from '../../src/cli/tree/node.ts';
import { mountSecret, runHere, runScript } from '../support/command-line.ts';
import { sbom } from '../support/cyclonedx.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { some } from '../support/some.ts';

const test = suite('kubectl as the console');
const SBOM = { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' };
const contract = (description: string): string =>
  manifest('Contract', 'release', {
    ...{ description, materials: [{ name: 'notes', type: 'STRING' }, SBOM] },
    policies: { materials: [{ ref: { name: 'named' }, gate: true }] },
  });
const NAMED = `
validations:
  - expression: size(sbom.components(input)) > 0
    message: nothing is in it
`;

let shop: Shop;
let work: string;
let env: Readonly<Record<string, string>>;
let admin: string;

test.before(async () => {
  shop = await openShop(
    [
      manifest('Policy', 'named', { kinds: [SBOM.type], source: { inline: NAMED } }),
      contract('the first'),
      manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
    ].join('\n---\n'),
  );
  work = await mkdtemp(join(tmpdir(), 'proviso-console-'));
  await writeFile(join(work, 'sbom.json'), sbom('MIT'));
  env = { PROVISO_DIR: await mountSecret(shop, 'build') };
  admin = shop.stack.controlPlane.adminKubeconfig;
});
test.after(() => shop?.stop());

const proviso = (args: string) => runHere(work, args, env);
const tree = (args: string, kubeconfig = admin) => proviso(`tree ${args} -n shop --kubeconfig ${kubeconfig}`);
async function done(args: string): Promise<string> {
  const { code, out, text } = await proviso(args);
  assert.is(code, 0, `${args}\n${text}`);
  return out;
}

/** What `kubectl describe` lists under Events, `Type Reason From Message`. */
async function described(what: string): Promise<readonly string[]> {
  const text = await shop.kubectl(`describe -n shop ${what}`);
  const [, events = ''] = text.split(/\nEvents:.*\n/);
  return events
    .split('\n')
    .slice(2)
    .map((line) => line.trim().replaceAll(/ {2,}/g, ' | '));
}
const has = (lines: readonly string[], pattern: RegExp): boolean => lines.some((line) => pattern.test(line));

test('describe tells how a run went, from its beginning to its verdict', async () => {
  await done('init');
  await done('add notes first');
  const name = some((await shop.runs())[0]).metadata.name;
  // The CLI would refuse both by itself.
  const to = (path: string) => `/v1/namespaces/shop/runs/${name}${path}`;
  const token = await shop.tokenOf('build');
  const bad = { method: 'PUT', token, body: '{"bomFormat": "CycloneDX"' };
  await shop.http.refused('material-invalid', to('/materials/sbom'), bad);
  const { body } = await shop.http.call(to('/statement'), { token });
  const push = { method: 'POST', token, body: signedBundle(body, generateTestKey()) };
  await shop.http.refused('signer-not-allowed', to('/attestation'), push);
  await done(`add sbom ${join(work, 'sbom.json')}`);
  await done('push');
  const wanted = [
    /^Normal \| RunOpened \| \d+\w* \| proviso\.dev\/receiver \| system:serviceaccount:shop:proviso-build opened a run of the workflow 'build', which owes revision 1 of the contract 'release' until /,
    /^Normal \| MaterialAdded \| .*'notes' \(STRING, sha256:[0-9a-f]{64}, 5 bytes\); 1 of 2 required materials are there$/,
    /^Warning \| MaterialRefused \| .*'sbom': material-invalid: /,
    /^Warning \| PushRefused \| .*signer-not-allowed: /,
    /^Normal \| MaterialAdded \| .*'sbom' \(SBOM_CYCLONEDX_JSON, .*; 2 of 2 required materials are there$/,
    /^Normal \| Accepted \| /,
  ];
  await eventually('the events of the run', async () => {
    const lines = await described(`workflowrun ${name}`);
    return wanted.every((pattern) => has(lines, pattern));
  });
});

test('describe tells of a new revision, of the terms that runs owe then, and of tokens', async () => {
  await eventually('the first token', async () => has(await described('wkf build'), /^Normal \| TokenIssued \| /));
  await shop.kubectl('apply -n shop -f -', contract('the second').replace('"notes"', '"words"'));
  await eventually('the new revision', async () =>
    has(await described('contract release'), /^Normal \| RevisionCreated \| .* \| revision 2 is release-/),
  );
  await eventually('the new terms', async () =>
    has(
      await described('wkf build'),
      /^Normal \| ContractChanged \| .*new runs owe revision 2 of the contract 'release' \(release-\w+\), before revision 1 of the contract 'release'/,
    ),
  );
});

test('a run that its pipeline ends is told of too', async () => {
  await done('init --replace');
  await done('reset --reason too-slow');
  await eventually('the event', async () => {
    const name = some((await shop.runs()).find(({ status }) => status?.result === 'PipelineFailed')).metadata.name;
    return has(await described(`workflowrun ${name}`), /^Warning \| PipelineFailed \| .*too-slow$/);
  });
});

test('runs are selected by workflow, contract and result', async () => {
  const names = async (selector: string): Promise<number> =>
    (await shop.kubectl(`get wkr -n shop -o name ${selector}`)).split('\n').filter(Boolean).length;
  assert.is(await names('--field-selector spec.workflowRef.name=build,status.result=Accepted'), 1);
  assert.is(await names('--field-selector status.result=PipelineFailed'), 1);
  assert.is(await names('--field-selector status.result=Expired'), 0);
  assert.is(await names('-l proviso.dev/workflow=build,proviso.dev/contract=release'), 2);
});

/** Every node as `Kind/name State Reason`, without what differs from one time to the next. */
function flat(node: TreeNode, depth = 0): readonly string[] {
  const name = node.name.replace(/-[0-9a-f]{10}$/, '-x').replace(/^sha256:.*/, 'x');
  const own = `${' '.repeat(depth)}${node.kind}/${name} ${node.state} ${node.reason ?? ''}`.trimEnd();
  return [own, ...node.children.flatMap((child) => flat(child, depth + 1))];
}

const ACCEPTED = [
  ' ControllerRevision/release-x Pinned',
  ' Material/notes There STRING',
  ' Material/sbom There SBOM_CYCLONEDX_JSON',
  '  Policy/named Passed',
  ' Attestation/x Signed',
  '  Statement/verification_summary/v1 Signed',
];

test('the tree of a workflow has all that belongs to it, and that of a run what was handed in', async () => {
  const root = JSON.parse((await tree('workflow/build -o json')).out) as TreeNode;
  const lines = flat(root);
  assert.equal(lines.slice(0, 10), [
    'Workflow/build True Ready',
    ' Contract/release True Ready',
    '  ControllerRevision/release-x Intact',
    '   Policy/named True Ready',
    ' ServiceAccount/proviso-build There',
    ' Role/proviso-build There',
    ' RoleBinding/proviso-build There',
    ' Secret/proviso-build Issued',
    ' EvidenceStore/default True Ready',
    ' WorkflowRun/build-x False PipelineFailed',
  ]);
  const [, older] = root.children.filter(({ kind }) => kind === 'WorkflowRun');
  assert.equal(flat(some(older)), ['WorkflowRun/build-x True Accepted', ...ACCEPTED]);
  const text = (await tree(`wkr/${some(older).name}`)).out;
  assert.match(text, /^NAME +STATE +REASON +AGE +MESSAGE\nWorkflowRun\/build-\w+ +True +Accepted/);
  assert.match((await tree('workflow/build --limit 1')).out, /\n└─and 1 more; see --limit$/m);
  const { code, err } = await tree('workflow/other');
  assert.is(code, 1);
  assert.match(err, /there is no Workflow 'other' in the namespace 'shop'/);
});

test('attack: a tree shows nobody more than he may see, and no token', async () => {
  await shop.kubectl('create serviceaccount -n shop reader');
  // The cluster's own role `view` is filled by a controller that doesn't run here.
  await shop.kubectl('create role -n shop accounts --verb=get --resource=serviceaccounts');
  for (const role of ['--clusterrole=proviso-view', '--role=accounts'])
    await shop.kubectl(`create rolebinding -n shop readers${role.length} ${role} --serviceaccount=shop:reader`);
  const kubeconfig = await shop.stack.controlPlane.serviceAccountKubeconfig('shop', 'reader');
  const { code, out, text } = await tree('workflow/build -o json', kubeconfig);
  assert.is(code, 0, text);
  const lines = flat(JSON.parse(out) as TreeNode);
  assert.ok(lines.includes(' Role/proviso-build Unknown Forbidden'), lines.join('\n'));
  assert.ok(lines.includes(' ServiceAccount/proviso-build There'), lines.join('\n'));
  const token = await shop.tokenOf('build');
  const all = await tree('workflow/build -o json');
  assert.not(all.text.includes(token) || all.text.includes(token.split('.')[2] ?? token));
  await shop.kubectl('create serviceaccount -n shop nobody');
  const none = await shop.stack.controlPlane.serviceAccountKubeconfig('shop', 'nobody');
  const refused = await tree('workflow/build', none);
  assert.is(refused.code, 1);
  assert.match(refused.err, /cluster-refused/);
});

test('kubectl completes the command lines of its plugin', async () => {
  const programs = await mkdtemp(join(tmpdir(), 'proviso-path-'));
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  await writeFile(join(programs, 'kubectl-proviso'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, {
    mode: 0o755,
  });
  const name = 'kubectl_complete-proviso';
  await symlink(new URL(`../../config/krew/${name}`, import.meta.url).pathname, join(programs, name));
  const path = { PATH: `${programs}:${process.env.PATH}` };
  const { kubectlPath } = shop.stack.controlPlane;
  const completed = async (line: string): Promise<string> => {
    const { code, out, err } = await runScript(work, `kubectl __complete proviso ${line}`, path, {
      kubectl: kubectlPath,
    });
    assert.is(code, 0, err);
    return out;
  };
  assert.is(await completed('tre'), 'tree\tshow a workflow or a run, and all that belongs to it\n:4\n');
  assert.is(
    await completed("archive totals --by ''"),
    `${['workflow', 'team', 'project'].map((by) => `${by}\ta line for each\n`).join('')}:4\n`,
  );
  assert.is(await completed('tree workflow/build --lim'), '--limit\thow many runs of a workflow, the newest\n:4\n');
  assert.is(await completed('add sbom sb'), ':0\n');
});

test.run();
