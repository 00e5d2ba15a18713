// deadline: 180
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { makeRepository, runGithubJob, runGitlabJob } from '../support/ci-job.ts';
import { mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { json, startIssuer, type TestIssuer } from '../support/oidc-issuer.ts';
import { followPages } from '../support/page-commands.ts';
import { readFromRoot } from '../support/pages.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { some } from '../support/some.ts';
import { tool } from '../tools/tool.ts';

const GITHUB = {
  ...{ repository: 'o/r', repository_id: '1296269', ref: 'refs/heads/main', sha: 'f'.repeat(40) },
  ...{ run_id: '4711', run_attempt: '1', workflow_ref: 'o/r/.github/workflows/release.yaml@refs/heads/main' },
};
const GITLAB = {
  ...{ project_path: 'o/r', project_id: '4242', ref: 'main', ref_protected: 'true', pipeline_id: '99', job_id: '1' },
  sub: 'project_path:o/r:ref_type:branch:ref:main',
};

const pages = await followPages(import.meta.url);
let github: TestIssuer;
let gitlab: TestIssuer;
let shop: Shop;
let work: string;
const test = suite('README and tutorials, as they stand there');
test.before(async () => {
  [github, gitlab] = await Promise.all([startIssuer('github'), startIssuer('gitlab')]);
  work = await mkdtemp(join(tmpdir(), 'proviso-pages-'));
  await writeFile(join(work, 'github.crt'), github.ca);
  await writeFile(join(work, 'gitlab.crt'), gitlab.ca);
  const issuers = `- {issuer: "${github.url}", ca: github.crt, provider: github}
- {issuer: "${gitlab.url}", ca: gitlab.crt, provider: gitlab}\n`;
  await writeFile(join(work, 'issuers.yaml'), issuers);
  const [, manifests = ''] = /^```yaml\n(.*?)^```/ms.exec(await readFromRoot('README.md')) ?? [];
  shop = await openShop(manifests, { oidcIssuers: join(work, 'issuers.yaml') });
});
test.after(async () => {
  await shop?.stop();
  await Promise.all([github, gitlab].map((each) => each?.stop()));
  if (work !== undefined) await rm(work, { recursive: true, force: true });
});

const runsOf = async (workflow: string): Promise<readonly WorkflowRun[]> =>
  (await shop.runs()).filter(({ spec }) => spec.workflowRef.name === workflow);
const verdictOf = ({ status }: WorkflowRun): string | undefined =>
  status?.conditions?.find(({ type }) => type === 'Succeeded')?.reason;

test('the README, from its contract to what a consumer verifies without a cluster', async () => {
  const { kubectlPath, adminKubeconfig } = shop.stack.controlPlane;
  const files = {
    'shop.tgz': 'a package',
    'sbom.cdx.json': JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 }),
    'junit.xml': '<testsuites><testsuite name="unit" tests="1"><testcase name="a"/></testsuite></testsuites>',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(work, name), text);
  for (const name of ['control-plane-keys.json', 'control-plane.pub']) {
    const published = `jsonpath={.data.${name.replaceAll('.', '\\.')}}`;
    const args = `get configmap -n proviso-system proviso-control-plane-keys -o ${published}`;
    await writeFile(join(work, name), await shop.kubectl(args));
  }
  const env = { PROVISO_DIR: await mountSecret(shop, 'build'), KUBECONFIG: adminKubeconfig, HOME: work };
  const programs = { kubectl: `'${kubectlPath}'`, cosign: `'${await tool('cosign-v3')}'` };
  const [handIn, ...others] = pages.under('README.md', 'What it looks like');
  const pushed = await pages.run(some(handIn), { cwd: work, env, programs });
  assert.is(pushed.code, 0, pushed.text);
  assert.match(pushed.out, /passed, Accepted/);
  const { run, materials } = JSON.parse((await runProviso(work, 'status -o json', env)).out) as RunMessage;
  const digest = some(materials.find(({ name }) => name === 'package')?.digest);
  const change = (script: string): string =>
    script.replaceAll(/build-[0-9a-f]{10}/g, run).replaceAll(/sha256:[0-9a-f]{64}/g, digest);
  await eventually('the watch', async () => (await runProviso(work, `verify shop/${run}`, env)).code === 0);
  assert.is(others.length, 2);
  for (const block of others) {
    const { code, text } = await pages.run(block, { cwd: work, env, programs, change });
    assert.is(code, 0, `${block.script}\n${text}`);
  }
});

test('reports of a namespace and of the cluster', async () => {
  const env = {
    ...{ PROVISO_DIR: await mountSecret(shop, 'build'), KUBECONFIG: shop.stack.controlPlane.adminKubeconfig },
    ...{ HOME: work, GITHUB_STEP_SUMMARY: join(work, 'summary.md') },
  };
  for (const block of pages.under('docs/report.md', 'Reports')) {
    const { code, text } = await pages.run(block, { cwd: work, env });
    assert.is(code, 0, text);
  }
  assert.match(await readFile(join(work, 'report.html'), 'utf8'), /Evidence report: the cluster/);
  assert.match(await readFile(env.GITHUB_STEP_SUMMARY, 'utf8'), /^# Evidence report: namespace `shop`/);
});

/** What the job of a repository's run knows on a runner of GitHub. */
async function githubRunner(attempt: string): Promise<Readonly<Record<string, string>>> {
  github.handlers.set('/idtoken?api-version=2.0&audience=proviso', json({ value: await github.token(GITHUB) }));
  return {
    ...{ HOME: work, CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'o/r' },
    ...{ GITHUB_RUN_ID: '4711', GITHUB_RUN_ATTEMPT: attempt },
    ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/idtoken?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    NODE_EXTRA_CA_CERTS: join(work, 'github.crt'),
  };
}

/** Runs what the page of GitHub Actions has under the headings; returns what was said. */
async function follow(repository: string, headings: RegExp): Promise<string> {
  const { adminKubeconfig, kubectlPath } = shop.stack.controlPlane;
  const how = { cwd: repository, env: { KUBECONFIG: adminKubeconfig }, programs: { kubectl: `'${kubectlPath}'` } };
  let said = '';
  for (const block of pages.blocks.filter(({ page }) => page === 'docs/github-actions.md')) {
    if (!headings.test(block.heading)) continue;
    const { code, text } = await pages.run(block, how);
    assert.is(code, 0, `${block.script}${text}`);
    said += text;
  }
  return said;
}

test('GitHub Actions and GitLab, from a key to accepted runs', async () => {
  const repository = await makeRepository(shop, {
    'https://token.actions.githubusercontent.com': github.url,
    'https://gitlab.example.com': gitlab.url,
    'https://proviso.example.com': shop.stack.endpoint,
  });
  await follow(repository, /^[234]\. |^GitLab$/);
  const secrets = { SIGNING_KEY: await readFile(join(repository, 'signing.key'), 'utf8') };

  const unsigned = await runGithubJob(repository, await githubRunner('1'), { SIGNING_KEY: '' });
  assert.match(unsigned, /failed, PipelineFailed/);
  const said = await runGithubJob(repository, await githubRunner('2'), secrets);
  assert.match(said, /package\s+ARTIFACT\s+required, output\s+missing[\s\S]*passed, Accepted/);

  const runs = await runsOf('shop');
  assert.equal(runs.map(verdictOf).toSorted(), ['Accepted', 'PipelineFailed']);
  const { spec } = some(runs.find((run) => verdictOf(run) === 'Accepted'));
  assert.equal([spec.identity.pipeline, spec.identity.claims?.ref], ['github:1296269/4711', 'refs/heads/main']);
  assert.equal([spec.runner?.type, spec.runner?.authenticated], ['GITHUB_ACTION', true]);

  const ofGitlab = await runGitlabJob(repository, {
    ...{ HOME: work, CI: 'true', GITLAB_CI: 'true', CI_PIPELINE_ID: '99', CI_JOB_URL: `${gitlab.url}/job` },
    PROVISO_TOKEN: await gitlab.token(GITLAB),
    SIGNING_KEY_FILE: join(repository, 'signing.key'),
  });
  assert.match(ofGitlab, /passed, Accepted/);
  const shown = await follow(repository, /^5\. /);
  assert.match(shown, /shop +True +Accepted +2\/2/);
  assert.match(shown, /^shop-\w+ o\/r refs\/heads\/main$/m);
});

test('every command that the pages have for this file was run', () => assert.equal(pages.rest(), []));

test.run();
