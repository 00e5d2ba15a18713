// deadline: 180
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONDITION, type Condition, findCondition } from '../../src/api/conditions.ts';
import type { RunMessage } from '../../src/api/messages.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import type { ControlPlane } from '../controlplane/index.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { argoWorkflowCrd, pipelineRunCrd } from '../support/owner-crds.ts';
import { endPipeline, type Pipeline, startPipeline } from '../support/pipelines.ts';
import { tokenOfPod } from '../support/pods.ts';
import { scrape } from '../support/scrape.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const key = generateTestKey();
const signers = [{ key: { inline: key.publicPem } }];
const GRACE = '1s';
const MANIFESTS = [
  manifest('Contract', 'owing', { materials: [{ name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' }], signers }),
  manifest('Contract', 'bare', { signers }),
  manifest('Workflow', 'jobs', {
    contractRef: { name: 'owing' },
    source: { kind: 'Job', selector: { matchLabels: { app: 'shop' } }, grace: GRACE },
  }),
  manifest('Workflow', 'signed', {
    contractRef: { name: 'bare' },
    source: { kind: 'Job', selector: { matchLabels: { app: 'signed' } }, grace: GRACE },
  }),
  manifest('Workflow', 'piped', { contractRef: { name: 'owing' }, source: { kind: 'PipelineRun', grace: '0s' } }),
  manifest('Workflow', 'argo', { contractRef: { name: 'owing' }, source: { kind: 'ArgoWorkflow', grace: '0s' } }),
].join('\n---\n');

let shop: Shop;
let plane: ControlPlane;
const test = suite('pipelines');

test.before(async () => {
  shop = await openShop(MANIFESTS);
  plane = shop.stack.controlPlane;
  for (const name of ['jobs', 'signed', 'piped', 'argo']) {
    await shop.kubectl(`wait -n shop --for=condition=Ready --timeout=30s workflow.proviso.dev/${name}`);
    await shop.kubectl(`wait -n shop --for=jsonpath={.status.source.checkedTime} workflow.proviso.dev/${name}`);
  }
});
test.after(() => shop?.stop());

const conditionOf = ({ status }: WorkflowRun, type: string): Condition | undefined =>
  findCondition(status?.conditions, type);
const brief = (run: WorkflowRun, type: string): string => {
  const { status, reason } = conditionOf(run, type) ?? {};
  return `${status} ${reason}`;
};

const runsOf = async ({ uid }: Pipeline): Promise<readonly WorkflowRun[]> =>
  (await shop.runs()).filter(({ spec }) => spec.identity.owner?.uid === uid);

/** The only run of a pipeline, once it has its verdict and is told of the pipeline's end. */
const verdictOn = (pipeline: Pipeline, pipelineSucceeded: RegExp = /^(True|False) /): Promise<WorkflowRun> =>
  eventually(`the verdict on ${pipeline.name}`, async () => {
    const [run, ...others] = await runsOf(pipeline);
    assert.equal(others, []);
    if (run === undefined) throw new Error('no run');
    const isOver = pipelineSucceeded.test(brief(run, CONDITION.PipelineSucceeded));
    if (isOver && /^(True|False) /.test(brief(run, CONDITION.Succeeded))) return run;
    throw new Error(JSON.stringify(run.status));
  });

const podTokenOf = ({ apiVersion, kind, name, uid }: Pipeline, workflow: string, suffix = ''): Promise<string> =>
  tokenOfPod(shop, {
    name: `${name}-pod${suffix}`,
    serviceAccount: `proviso-${workflow}`,
    ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
  });

async function open(workflow: string, token: string): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
  assert.ok(answer.status < 300, answer.body.toString());
  return answer.json<RunMessage>();
}

const eventsOn = (uid: string, reason: string): Promise<string> =>
  eventually(`an event ${reason}`, async () => {
    const list = await shop.kubectl(`get events.events.k8s.io -n shop --field-selector reason=${reason} -o json`);
    return list.includes(uid) ? list : undefined;
  });

let failed: Pipeline;

test('a Job that failed and never opened a run has one that says so, and one that is not selected has none', async () => {
  const other = await startPipeline(plane, 'Job', 'other', { app: 'else' });
  failed = await startPipeline(plane, 'Job', 'silent', { app: 'shop' });
  for (const each of [other, failed]) await endPipeline(plane, each, 'failed');
  const run = await verdictOn(failed);
  assert.is(brief(run, CONDITION.Succeeded), 'False PipelineFailed');
  assert.is(brief(run, CONDITION.PipelineSucceeded), 'False Failed');
  const { message } = conditionOf(run, CONDITION.Succeeded) ?? {};
  assert.match(message ?? '', /the Job silent failed at .*BackoffLimitExceeded; it never opened a run\. missing: sbom/);
  assert.equal(run.spec.identity.username, '');
  assert.equal(run.spec.runner, { type: 'KUBERNETES_JOB', authenticated: true });
  assert.is(run.status?.progress?.summary, '0/1');
  const workflow = await shop.kubectl('get workflow.proviso.dev -n shop jobs -o jsonpath={.metadata.uid}');
  for (const uid of [failed.uid, workflow]) await eventsOn(uid, 'EvidenceMissing');
  assert.equal(await runsOf(other), []);
  const of = { namespace: 'shop', workflow: 'jobs', runner: 'KUBERNETES_JOB' };
  const { sum } = await scrape(shop.stack.healthPort('operator'));
  assert.is(sum('proviso_runs_opened_total', of), 1);
  assert.is(sum('proviso_runs_finished_total', { ...of, result: 'PipelineFailed' }), 1);
});

test('attack: who comes late finds that run, and nothing is taken for it, though nobody checked it at init', async () => {
  const token = await podTokenOf(failed, 'jobs');
  const found = await open('jobs', token);
  assert.is(found.reason, 'PipelineFailed');
  const [run, ...others] = await runsOf(failed);
  assert.equal([run?.metadata.name, others], [found.run, []]);
  const path = `/v1/namespaces/shop/runs/${found.run}`;
  await shop.http.refused('run-finished', `${path}/materials/sbom`, { method: 'PUT', token, body: '{}' });
  const statement = await shop.http.call(`${path}/statement`, { token });
  if (statement.status === 200) {
    const body = signedBundle(statement.body, key);
    await shop.http.refused('run-finished', `${path}/attestation`, { method: 'POST', token, body });
  }
});

test('an accepted run keeps its verdict when its Job fails after the push, and shows both', async () => {
  const job = await startPipeline(plane, 'Job', 'pushing', { app: 'signed' });
  const token = await podTokenOf(job, 'signed');
  const run = await open('signed', token);
  await eventually(
    'that the Job runs',
    async () => brief(await shop.run(run.run), 'PipelineSucceeded') === 'Unknown Running',
  );
  const path = `/v1/namespaces/shop/runs/${run.run}`;
  const statement = await shop.http.call(`${path}/statement`, { token });
  const body = signedBundle(statement.body, key);
  assert.is((await shop.http.call(`${path}/attestation`, { method: 'POST', token, body })).status, 200);
  await endPipeline(plane, job, 'failed');
  const both = await verdictOn(job);
  assert.is(both.metadata.name, run.run);
  assert.is(brief(both, CONDITION.Succeeded), 'True Accepted');
  assert.is(brief(both, CONDITION.PipelineSucceeded), 'False Failed');
});

test('an open run of a Job that ended well expires after the grace and names what is missing', async () => {
  const job = await startPipeline(plane, 'Job', 'forgetful', { app: 'shop' });
  const run = await open('jobs', await podTokenOf(job, 'jobs'));
  await endPipeline(plane, job, 'succeeded');
  const ended = await verdictOn(job);
  assert.is(ended.metadata.name, run.run);
  assert.is(brief(ended, CONDITION.Succeeded), 'False Expired');
  assert.is(brief(ended, CONDITION.PipelineSucceeded), 'True Succeeded');
  const { message } = conditionOf(ended, CONDITION.Succeeded) ?? {};
  assert.match(
    message ?? '',
    /the Job forgetful succeeded at .*no attestation was accepted within 1s of that\. missing: sbom/,
  );
});

test('attack: a Job that is removed before its end still owes', async () => {
  const job = await startPipeline(plane, 'Job', 'vanishing', { app: 'shop' });
  await eventually('the watch to have seen it', () => shop.kubectl('get job -n shop vanishing -o name'));
  await shop.kubectl('delete job -n shop vanishing --wait=false');
  const run = await verdictOn(job, /^Unknown Gone/);
  assert.is(brief(run, CONDITION.Succeeded), 'False Expired');
  assert.match(conditionOf(run, CONDITION.Succeeded)?.message ?? '', /was removed before anybody saw its end/);
});

test("Tekton's and Argo's kinds are watched once they are there, and the operator stays when they go", async () => {
  const pid = shop.stack.pid('operator');
  const [tekton, argo] = await Promise.all([pipelineRunCrd(), argoWorkflowCrd()]);
  for (const file of [tekton, argo]) await shop.kubectl(`apply --server-side -f ${file}`);
  const pipelineRun = await startPipeline(plane, 'PipelineRun', 'build-1');
  const argoWorkflow = await startPipeline(plane, 'Workflow', 'build-1');
  await endPipeline(plane, pipelineRun, 'succeeded');
  await endPipeline(plane, argoWorkflow, 'failed');
  const ofTekton = await verdictOn(pipelineRun);
  assert.is(brief(ofTekton, CONDITION.Succeeded), 'False Expired');
  assert.is(ofTekton.spec.runner.type, 'TEKTON_PIPELINE');
  const ofArgo = await verdictOn(argoWorkflow);
  assert.is(brief(ofArgo, CONDITION.Succeeded), 'False PipelineFailed');
  assert.is(ofArgo.spec.runner.type, 'ARGO_WORKFLOW');
  await shop.kubectl('delete crd pipelineruns.tekton.dev');
  const job = await startPipeline(plane, 'Job', 'meanwhile', { app: 'shop' });
  await endPipeline(plane, job, 'failed');
  await verdictOn(job);
  await shop.kubectl(`apply --server-side -f ${tekton}`);
  const again = await startPipeline(plane, 'PipelineRun', 'build-2');
  await endPipeline(plane, again, 'failed');
  assert.is(brief(await verdictOn(again), CONDITION.PipelineSucceeded), 'False Cancelled');
  assert.is(shop.stack.pid('operator'), pid);
});

test('an operator that comes back finds what ended meanwhile, and nothing twice', async () => {
  const before = (await shop.runs()).map(({ metadata }) => metadata.name).sort();
  await shop.stack.terminate('operator');
  const job = await startPipeline(plane, 'Job', 'unseen', { app: 'shop' });
  await endPipeline(plane, job, 'succeeded');
  await shop.stack.killAndRestart('operator');
  const run = await verdictOn(job);
  assert.is(brief(run, CONDITION.Succeeded), 'False Expired');
  const after = (await shop.runs()).map(({ metadata }) => metadata.name);
  assert.equal(after.filter((name) => name !== run.metadata.name).sort(), before);
});

test.run();
