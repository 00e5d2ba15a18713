// deadline: 180
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import { sbom } from '../support/cyclonedx.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { dashboardQueries, MONITORING, metricNames, readRules } from '../support/monitoring.ts';
import { type Scrape, scrape } from '../support/scrape.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { hasPrometheus, promtool, startPrometheus } from '../tools/prometheus.ts';

const [key, stranger] = [generateTestKey(), generateTestKey()];
const NO_GPL = `
validations:
  - forEach: sbom.components(input)
    expression: "!item.licenses.exists(l, l == 'GPL-3.0-only')"
    message: it is under the GPL
    findingExpression: "{'severity': 'high'}"
`;
const MANIFESTS = [
  manifest('Policy', 'no-gpl', { kinds: ['SBOM_CYCLONEDX_JSON'], source: { inline: NO_GPL } }),
  manifest('Contract', 'release', {
    signers: [{ key: { inline: key.publicPem } }],
    materials: [{ name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' }],
    ...{ policies: { materials: [{ ref: { name: 'no-gpl' } }] }, enforcement: 'Audit' },
  }),
  manifest('Workflow', 'build', {
    ...{ contractRef: { name: 'release' }, team: 'web', expectations: { maxInterval: '26h' } },
  }),
  manifest('Workflow', 'passing', { contractRef: { name: 'release' } }),
  manifest('Subscription', 'nothing', { http: { url: 'https://sink.example/events' }, filter: 'false' }),
].join('\n---\n');

const BUILD = { namespace: 'shop', workflow: 'build', team: 'web', runner: 'GENERIC' };

let shop: Shop;
let dir: string;
const test = suite('metrics of the receiver and the operator');
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-metrics-'));
  shop = await openShop(MANIFESTS, { archive: `sqlite:${join(dir, 'archive.db')}` });
});
test.after(async () => {
  await shop?.stop();
  await rm(dir, { recursive: true });
});

const ofReceiver = (): Promise<Scrape> => scrape(shop.stack.healthPort('receiver'));
const ofOperator = (): Promise<Scrape> => scrape(shop.stack.healthPort('operator'));

interface Run {
  readonly name: string;
  readonly path: string;
  readonly token: string;
  put(body: string): Promise<MaterialMessage>;
  push(by: typeof key): Promise<number>;
}

async function open(workflow: string): Promise<Run> {
  const token = await shop.tokenOf(workflow);
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
  assert.is(opened.status, 201, opened.body.toString());
  const { run: name } = opened.json<RunMessage>();
  const path = `/v1/namespaces/shop/runs/${name}`;
  return {
    ...{ name, path, token },
    put: async (body) =>
      (await shop.http.call(`${path}/materials/sbom`, { method: 'PUT', token, body })).json<MaterialMessage>(),
    async push(by) {
      const statement = await shop.http.call(`${path}/statement`, { token });
      const body = signedBundle(statement.body, by);
      return (await shop.http.call(`${path}/attestation`, { method: 'POST', token, body })).status;
    },
  };
}

test('a run is counted from its opening to its verdict', async () => {
  const run = await open('build');
  let seen = await ofReceiver();
  assert.is(seen.sum('proviso_runs_opened_total', BUILD), 1);
  assert.is(seen.sum('proviso_runs_finished_total', BUILD), undefined);

  const content = sbom('GPL-3.0-only');
  const { material } = await run.put(content);
  await run.put('{"bomFormat": "CycloneDX"}');
  seen = await ofReceiver();
  const type = 'SBOM_CYCLONEDX_JSON';
  assert.is(seen.sum('proviso_materials_total', { type, outcome: 'recorded' }), 1);
  assert.is(seen.sum('proviso_materials_total', { type, outcome: 'refused' }), 1);
  assert.is(seen.sum('proviso_material_bytes_total', { type }), content.length);
  assert.is(seen.sum('proviso_refusals_total', { code: 'material-invalid' }), 1);
  const violation = { namespace: 'shop', workflow: 'build', policy: 'no-gpl', severity: 'high' };
  assert.is(seen.sum('proviso_policy_violations_total', violation), 1);
  assert.is(seen.sum('proviso_policy_evaluations_total', { engine: 'CEL', outcome: 'violated' }), 1);
  assert.is(seen.sum('proviso_policy_evaluation_duration_seconds_count', { engine: 'CEL' }), 1);

  assert.is(await run.push(stranger), 422);
  assert.is(await run.push(key), 200);
  seen = await ofReceiver();
  const form = 'sigstore-bundle';
  assert.is(seen.sum('proviso_signature_verifications_total', { form }), 2);
  assert.is(seen.sum('proviso_signature_verifications_total', { form, outcome: 'verified' }), 1);
  const result = 'AcceptedWithViolations';
  assert.is(seen.sum('proviso_runs_finished_total', { ...BUILD, result }), 1);
  assert.is(seen.sum('proviso_run_duration_seconds_count', { runner: 'GENERIC', result }), 1);

  const written = seen.sum('proviso_evidence_store_bytes_total', { store: 'default', direction: 'written' }) ?? 0;
  assert.ok(written > content.length, 'the material, its evaluations and the attestation');
  const evidence = await shop.http.call(`/v1/evidence/${material.digest}`, { token: run.token });
  assert.is(evidence.status, 200, evidence.body.toString());
  const read = { store: 'default', direction: 'read' };
  // The archiver looks through the store too, whenever its time has come.
  await eventually('the bytes that were read to be counted', async () => {
    const { sum } = await ofReceiver();
    return (sum('proviso_evidence_store_bytes_total', read) ?? 0) >= content.length;
  });
  seen = await ofReceiver();
  for (const operation of ['stage', 'commit', 'get', 'stat']) {
    const of = { store: 'default', operation };
    assert.ok((seen.sum('proviso_evidence_store_operation_duration_seconds_count', of) ?? 0) > 0, operation);
  }
});

test('requests are counted by the template of their route, and never by what their paths name', async () => {
  const run = await open('build');
  await shop.http.refused('token-missing', run.path);
  await shop.http.refused('not-found', `/nowhere/${run.name}`, { token: run.token });
  const { text, sum } = await eventually('the requests to be counted', async () => {
    const seen = await ofReceiver();
    const none = seen.sum('proviso_http_requests_total', { route: 'none', method: 'GET', status: '4xx' });
    return none === 1 ? seen : undefined;
  });
  const route = '/v1/namespaces/:namespace/runs/:run';
  assert.is(sum('proviso_http_requests_total', { route, method: 'GET', status: '4xx' }), 1);
  assert.is(sum('proviso_http_request_duration_seconds_count', { route, method: 'GET' }), 1);
  assert.is(sum('proviso_refusals_total', { code: 'token-missing' }), 1);
  assert.is(sum('proviso_refusals_total', { code: 'not-found' }), 1);
  assert.not.match(text, new RegExp(`${run.name}|sha256:`));
  for (const resource of ['requests', 'memory', 'memory_outside', 'checks', 'checks_waiting']) {
    const load = sum('proviso_receiver_saturation_ratio', { resource });
    assert.ok(load !== undefined && load >= 0 && load < 0.5, `${resource}: ${load}`);
  }
});

test('the archive is timed, and what the receiver hears of the cluster is too', async () => {
  const seen = await eventually('the finished run to be archived', async () => {
    const found = await ofReceiver();
    const inserts = found.sum('proviso_archive_query_duration_seconds_count', { statement: 'insert' });
    return inserts === undefined ? undefined : found;
  });
  assert.ok((seen.sum('proviso_archive_query_duration_seconds_count', { statement: 'select' }) ?? 0) > 0);
  assert.is(seen.sum('proviso_archive_errors_total'), 0);
  assert.ok((seen.sum('workqueue_adds_total', { name: 'archiver' }) ?? 0) > 0);
  assert.ok((seen.sum('workqueue_queue_duration_seconds_count', { name: 'archiver' }) ?? 0) > 0);
  for (const resource of ['workflowruns', 'waivers']) {
    assert.ok((seen.sum('proviso_cache_age_seconds', { resource }) ?? Number.NaN) < 75, resource);
  }
  assert.ok((seen.sum('rest_client_requests_total', { method: 'GET', code: '200' }) ?? 0) > 0);
  assert.ok((seen.sum('rest_client_request_duration_seconds_count', { verb: 'POST' }) ?? 0) > 0);
});

/** An exception that nobody has approved. */
async function askForWaiver(): Promise<void> {
  const requestedBy = await shop.kubectl('auth whoami -o jsonpath={.status.userInfo.username}');
  const expires = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+/, '');
  const spec = {
    material: 'sbom',
    selector: { matchLabels: { app: 'legacy' } },
    owner: 'web',
    reason: 'there is none yet',
    expires,
    requestedBy,
  };
  await shop.kubectl('apply -n shop -f -', manifest('Waiver', 'unapproved', spec));
}

test('an event that a filter leaves out is counted as that, and not as a violation of a policy', async () => {
  const outcome = { namespace: 'shop', outcome: 'Filtered' };
  const { sum } = await eventually('events to be left out', async () => {
    const seen = await ofReceiver();
    return (seen.sum('proviso_event_deliveries_total', outcome) ?? 0) > 0 ? seen : undefined;
  });
  assert.is(sum('proviso_policy_violations_total', { policy: 'filter' }), undefined);
  assert.is(sum('proviso_policy_violations_total'), 1);
  assert.is(sum('proviso_policy_evaluations_total'), 1);
});

test('the operator tells of workflows, of waivers, and of the tokens that it issued', async () => {
  await askForWaiver();
  const of = { namespace: 'shop', workflow: 'build' };
  const seen = await eventually('the operator to see the verdict', async () => {
    const found = await ofOperator();
    const [success, waiting] = ['proviso_workflow_last_success_timestamp_seconds', 'proviso_unarchived_runs'];
    return found.sum(success, of) !== undefined && found.sum(waiting) === 0 && found.sum('proviso_waivers') === 1
      ? found
      : undefined;
  });
  const [run] = await shop.runs().then((runs) => runs.filter(({ status }) => status?.finishTime !== undefined));
  const finished = Date.parse(run?.status?.finishTime ?? '') / 1000;
  assert.is(seen.sum('proviso_workflow_last_success_timestamp_seconds', of), finished);
  assert.is(seen.sum('proviso_workflow_max_interval_seconds', of), 26 * 3600);
  assert.is(seen.sum('proviso_workflow_info', { ...of, team: 'web' }), 1);
  assert.is(seen.sum('proviso_runs', { ...of, reason: 'AcceptedWithViolations' }), 1);
  assert.is(seen.sum('proviso_waivers', { namespace: 'shop', active: 'false' }), 1);
  assert.is(seen.sum('proviso_objects', { kind: 'EvidenceStore', ready: 'True' }), 1);
  assert.ok((seen.sum('proviso_token_rotations_total') ?? 0) >= 2);
  assert.is(seen.sum('proviso_build_info', { component: 'operator', version: '0.1.0' }), 1);
});

test('the series of a workflow end when its last run has left the cluster', async () => {
  const run = await open('passing');
  const cancelled = await shop.http.call(`${run.path}/cancel`, {
    method: 'POST',
    token: run.token,
    body: { trigger: 'cancellation' },
  });
  assert.is(cancelled.status, 200, cancelled.body.toString());
  const of = { namespace: 'shop', workflow: 'passing' };
  const { sum } = await ofReceiver();
  assert.is(sum('proviso_runs_finished_total', { ...of, result: 'Cancelled' }), 1);
  await shop.kubectl(`delete workflowrun -n shop ${run.name} --wait=false`);
  await eventually('the series to end', async () => {
    const seen = await ofReceiver();
    const names = ['proviso_runs_finished_total', 'proviso_runs_opened_total'];
    return names.every((name) => seen.sum(name, of) === undefined);
  });
  const left = await ofReceiver();
  assert.ok((left.sum('proviso_runs_opened_total', { workflow: 'build' }) ?? 0) > 0);
});

/** What stays empty as long as nothing fails, and nobody has approved a waiver. */
const QUIET = [
  ...['Failures of evidence stores per second', 'Watches interrupted per second'],
  ...['Workflows that are later than they may be', 'Waivers in force'],
];

if (hasPrometheus()) {
  test('promtool finds nothing to complain about in what they export', async () => {
    for (const { text } of [await ofReceiver(), await ofOperator()]) await promtool(['check', 'metrics'], text);
  });

  test('a Prometheus that reads both answers what rules and dashboards ask', async () => {
    const ports = { operator: shop.stack.healthPort('operator'), receiver: shop.stack.healthPort('receiver') };
    const jobs = { 'proviso-operator': ports.operator, 'proviso-receiver': ports.receiver };
    const prometheus = await startPrometheus(jobs, new URL('rules.yaml', MONITORING).pathname);
    try {
      await eventually('both to be read, and the rules to be worked out', async () => {
        const { groups } = await prometheus.get<{ groups: readonly { rules: readonly Rule[] }[] }>('rules');
        const rules = groups.flatMap((group) => group.rules);
        const failed = rules.find(({ lastError = '' }) => lastError !== '');
        if (failed !== undefined) throw new Error(`${failed.name}: ${failed.lastError}`);
        const up = await prometheus.query('up == 1');
        return up.length === 2 && rules.length > 15 && rules.every(({ health }) => health === 'ok');
      });
      const { recorded, expressions } = await readRules();
      const queries = await dashboardQueries();
      const metadata = await prometheus.get<Readonly<Record<string, readonly { type: string }[]>>>('metadata');
      // It asks for OpenMetrics, in which the family of a counter has a shorter name than its series.
      const exported = new Set(
        Object.entries(metadata).map(([name, [first]]) => (first?.type === 'counter' ? `${name}_total` : name)),
      );
      const asked = [...expressions, ...queries.map(({ expr }) => expr)].flatMap(metricNames);
      assert.equal(
        [...new Set(asked)].filter((name) => name !== 'up' && !recorded.includes(name) && !exported.has(name)),
        [],
      );
      for (const histogram of ['proviso_http_request_duration_seconds', 'proviso_run_duration_seconds']) {
        const exemplars = `query_exemplars?query=${histogram}_bucket&start=0&end=9999999999`;
        await eventually(`the trace of one of ${histogram} to be known`, async () => {
          const series =
            await prometheus.get<readonly { exemplars: readonly { labels: { trace_id: string } }[] }[]>(exemplars);
          return series.some((each) => each.exemplars.some(({ labels }) => /^[0-9a-f]{32}$/.test(labels.trace_id)));
        });
      }
      let empty = queries.filter(({ panel }) => !QUIET.includes(panel.title));
      await eventually('every panel to show something', async () => {
        // Only of what comes while Prometheus reads can it tell a rate.
        await shop.http.refused('not-found', '/nowhere');
        const left: typeof empty = [];
        for (const query of empty) {
          const asked = query.expr.replaceAll('$namespace', 'shop').replaceAll('$workflow', 'build');
          if ((await prometheus.query(asked)).length === 0) left.push(query);
        }
        empty = left;
        if (empty.length > 0)
          throw new Error(empty.map(({ dashboard, panel }) => `${dashboard}: ${panel.title}`).join());
        return true;
      });
      for (const { expr } of queries.filter(({ panel }) => QUIET.includes(panel.title))) {
        await prometheus.query(expr.replaceAll('$namespace', 'shop'));
      }
    } finally {
      await prometheus.stop();
    }
  });
}

interface Rule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

test.run();
