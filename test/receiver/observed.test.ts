import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { openArchive } from '../../src/archive/open.ts';
import { filesystemStore } from '../../src/evidence/filesystem.ts';
import { blobPath } from '../../src/evidence/layout.ts';
import { putBytes } from '../../src/evidence/put.ts';
import { createStore } from '../../src/kube/store.ts';
import type { PolicyEngine, PolicyOutcome } from '../../src/policy/evaluation.ts';
import type { AskedImage, Asker, Checks } from '../../src/receiver/checks/checks.ts';
import { type EnvelopeTask, judgeEnvelope } from '../../src/receiver/checks/envelope.ts';
import type { Judgement, JudgementTask } from '../../src/receiver/checks/judgement.ts';
import { judge } from '../../src/receiver/checks/judgement.ts';
import { createMemoryBudget } from '../../src/receiver/memory.ts';
import { observeQueries } from '../../src/receiver/observed/archive.ts';
import { observedChecks } from '../../src/receiver/observed/checks.ts';
import { observedEngines } from '../../src/receiver/observed/engines.ts';
import { observeLoad } from '../../src/receiver/observed/load.ts';
import { observedStore } from '../../src/receiver/observed/stores.ts';
import { dropSeries, workflowOf } from '../../src/receiver/observed/workflows.ts';
import { createReceiverMetrics } from '../../src/telemetry/receiver-metrics.ts';
import { outcomeOf } from '../support/outcome.ts';
import { readScrape, type Scrape } from '../support/scrape.ts';
import { some } from '../support/some.ts';

const test = suite('what the receiver counts');
let metrics: ReturnType<typeof createReceiverMetrics>;
let root: string;
test.before.each(async () => {
  metrics = createReceiverMetrics();
  root = await mkdtemp(join(tmpdir(), 'proviso-observed-'));
});
test.after.each(() => rm(root, { recursive: true, force: true }));
const scraped = async (): Promise<Scrape> => readScrape(await metrics.render());

test('a store: bytes in and out, times, and what fails by its code', async () => {
  const inner = filesystemStore(root);
  const store = observedStore('here', inner, metrics.storage);
  const { digest } = await putBytes(store, Buffer.alloc(300_000, 'x'));
  assert.is((await buffer(some(await store.get(digest)))).length, 300_000);
  await writeFile(join(root, blobPath(digest)), 'rotten');
  const rotten = some(await store.get(digest));
  const failure = await buffer(rotten).catch((error: { code: string }) => error.code);
  assert.is(failure, 'digest-mismatch');
  await rm(root, { recursive: true });
  await writeFile(root, 'no directory');
  await store.stage().then(
    () => assert.unreachable(),
    () => {},
  );
  const { sum } = await scraped();
  assert.is(sum('proviso_evidence_store_bytes_total', { store: 'here', direction: 'written' }), 300_000);
  assert.ok((sum('proviso_evidence_store_bytes_total', { store: 'here', direction: 'read' }) ?? 0) >= 300_000);
  assert.is(sum('proviso_evidence_store_errors_total', { operation: 'get', code: 'digest-mismatch' }), 1);
  const of = { store: 'here', operation: 'stage' };
  assert.is(sum('proviso_evidence_store_operation_duration_seconds_count', of), 2);
  assert.is(sum('proviso_evidence_store_errors_total', { ...of, code: 'store-unavailable' }), 1);
});

test('the database of the archive: what it is asked, and what it fails', async () => {
  const { database } = await openArchive('sqlite::memory:', undefined, observeQueries(metrics.storage));
  await database.selectFrom('runs').selectAll().execute();
  await sql`select * from nowhere`.execute(database).then(
    () => assert.unreachable(),
    () => {},
  );
  await database.destroy();
  const { sum } = await scraped();
  assert.ok((sum('proviso_archive_query_duration_seconds_count', { statement: 'select' }) ?? 0) > 0);
  assert.is(sum('proviso_archive_errors_total', { statement: 'select' }), 0);
  assert.is(sum('proviso_archive_errors_total', { statement: 'other' }), 1);
});

test('verification by form and outcome, of what can not be read too', async () => {
  const trust = { signers: [] } as unknown as JudgementTask['trust'];
  const record = {} as JudgementTask['record'];
  const now = new Date();
  const asker: Asker = { identity: 'me' };
  const asked = { attestation: async (task: JudgementTask): Promise<Judgement> => judge(task) };
  const image = async () => ({ verified: false, refusals: [] }) as const;
  const posted = { envelope: async (task: EnvelopeTask) => judgeEnvelope(task) };
  const checks = observedChecks({ ...asked, ...posted, image } as unknown as Checks, metrics.intake);
  const payload = Buffer.from('{}').toString('base64');
  const envelope = { payloadType: 'application/vnd.in-toto+json', payload, signatures: [{ sig: 'AAAA' }] };
  for (const text of ['no container', JSON.stringify(envelope)]) {
    await checks.attestation({ bytes: Buffer.from(text), trust, record, now }, asker);
  }
  await checks.envelope({ bytes: Buffer.from(JSON.stringify(envelope)), trust, now }, asker);
  await checks.image({} as AskedImage, asker);
  const { sum } = await scraped();
  const found = (form: string, outcome: string) => sum('proviso_signature_verifications_total', { form, outcome });
  assert.is(found('unreadable', 'json-malformed') ?? found('unreadable', 'attestation-malformed'), 1);
  assert.is(found('dsse', 'signer-not-allowed'), 2);
  assert.is(found('image', 'image-not-signed'), 1);
});

test('policies by what they say; violations by severity, those that do not count left out', async () => {
  const said: PolicyOutcome[] = [
    { kind: 'evaluated', violations: [] },
    { kind: 'skipped', reasons: [] },
    { kind: 'failed', failure: { reason: 'Timeout', message: '' } },
    {
      kind: 'evaluated',
      omitted: 7,
      violations: [
        { subject: 'a', message: 'm', finding: { severity: 'CRITICAL' } },
        { subject: 'b', message: 'm', finding: { severity: 'of my own' } },
        { subject: 'c', message: 'm', suppressed: true, finding: { severity: 'low' } },
      ],
    },
  ];
  const engine = { evaluate: async () => said.shift() ?? assert.unreachable() } as unknown as PolicyEngine;
  const { Rego } = observedEngines({ CEL: engine, Rego: engine }, metrics.intake);
  const run = { namespace: 'shop', name: 'build-1', workflow: 'build' };
  for (let left = said.length; left > 0; left--) {
    await Rego.evaluate('no-gpl', '', { input: {}, inputs: {}, run, now: '' });
  }
  const { sum, text } = await scraped();
  for (const outcome of ['passed', 'skipped', 'failed', 'violated']) {
    assert.is(sum('proviso_policy_evaluations_total', { engine: 'Rego', outcome }), 1, outcome);
  }
  const violations = (severity: string) =>
    sum('proviso_policy_violations_total', { namespace: 'shop', workflow: 'build', policy: 'no-gpl', severity });
  assert.equal([violations('critical'), violations('unknown'), violations('low')], [1, 8, undefined]);
  assert.not.match(text, /of my own|build-1/);
});

test('the load of memory and of the threads, as it is at the scrape', async () => {
  const [memory, memoryOutside] = [createMemoryBudget(100, 50), createMemoryBudget(100, 50)];
  const checks = { load: () => ({ places: 0.5, line: 0.25 }) } as Checks;
  observeLoad({ checks, metrics }, { memory, memoryOutside });
  const response = { once: () => response } as unknown as Parameters<typeof memory>[1];
  assert.is(
    outcomeOf(() => memory('me', response, 40)),
    'fine',
  );
  const { sum } = await scraped();
  const of = (resource: string) => sum('proviso_receiver_saturation_ratio', { resource });
  assert.equal(['memory', 'memory_outside', 'checks', 'checks_waiting'].map(of), [0.4, 0, 0.5, 0.25]);
});

test('series of a workflow stay as long as it has a run', async () => {
  const run = (name: string, workflow = 'build'): WorkflowRun =>
    ({
      metadata: { name, namespace: 'shop' },
      spec: { workflowRef: { name: workflow }, runner: { type: 'GENERIC' } },
    }) as unknown as WorkflowRun;
  const runs = createStore<WorkflowRun>({ workflow: workflowOf });
  for (const each of [run('a'), run('b'), run('c', 'deploy')]) {
    runs.put(each);
    metrics.runs.opened(each);
  }
  const violation = { namespace: 'shop', workflow: 'build', policy: 'p', severity: 'high' };
  metrics.intake.violations.inc(violation);
  const opened = async (workflow: string) => (await scraped()).sum('proviso_runs_opened_total', { workflow });
  for (const [name, left] of [['a', 2] as const, ['b', undefined] as const]) {
    runs.remove(run(name));
    dropSeries(metrics, runs, run(name));
    assert.is(await opened('build'), left);
  }
  assert.is((await scraped()).sum('proviso_policy_violations_total'), undefined);
  assert.is(await opened('deploy'), 1);
});

test.run();
