// deadline: 300
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import { type Collector, startCollector } from '../support/collector.ts';
import { type CommandOutcome, mountSecret, runProviso } from '../support/command-line.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'release', {
    materials: [
      { name: 'package', type: 'ARTIFACT', output: true },
      { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON' },
    ],
    envAllowList: ['GIT_BRANCH'],
  }),
  manifest('Contract', 'signed', { signers: [{ key: { inline: key.publicPem } }] }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
  manifest('Workflow', 'keyed', { contractRef: { name: 'signed' } }),
].join('\n---\n');
const SBOM = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });

let shop: Shop;
let work: string;
let collector: Collector;
const test = suite('cli');

test.before(async () => {
  collector = await startCollector();
  // Operator and receiver have it from here; commands are given theirs.
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_BSP_SCHEDULE_DELAY: '200' });
  shop = await openShop(MANIFESTS);
  for (const workflow of ['build', 'keyed']) mounts.set(workflow, await mountSecret(shop, workflow));
});
test.after(async () => {
  await shop?.stop();
  collector.stop();
});
test.before.each(async () => {
  work = await mkdtemp(join(tmpdir(), 'proviso-cli-'));
  await writeFile(join(work, 'sbom.json'), SBOM);
  await writeFile(join(work, 'package.tgz'), 'a package');
  await writeFile(join(work, 'empty'), '');
  await writeFile(join(work, 'key.pem'), key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(work, 'key.pub'), key.publicPem);
});
test.after.each(() => rm(work, { recursive: true, force: true }));

const mounts = new Map<string, string>();
const mountOf = (workflow: string): string => mounts.get(workflow) ?? '';
const proviso = (args: string, env: Record<string, string> = {}): Promise<CommandOutcome> =>
  runProviso(work, args, { PROVISO_DIR: mountOf('build'), GIT_BRANCH: 'main', ...env });
async function fine(args: string, env?: Record<string, string>): Promise<string> {
  const { code, out, err } = await proviso(args, env);
  assert.is(code, 0, `${args}\n${out}${err}`);
  return out;
}

test('a run from init to verify and download', async () => {
  assert.match(
    await fine('init'),
    /package\s+ARTIFACT\s+required, output\s+missing[\s\S]*Next: proviso add package FILE/,
  );
  await fine('add package package.tgz');
  assert.match(await fine('add sbom sbom.json'), /2\/2[\s\S]*Next: proviso push/);
  assert.match(await fine('status'), /2\/2 of what is required/);
  assert.match(await fine('push --bundle bundle.json'), /passed, Accepted[\s\S]*serviceaccounts\/proviso-build/);
  const reasons = await fine('verify');
  assert.match(reasons, /^(ok {3}.*\n)+Verified\n$/);
  const run = JSON.parse(await fine('status -o json')) as RunMessage;
  const digest = run.materials.find(({ name }) => name === 'package')?.digest ?? '';
  await fine(`download ${digest} -f again.tgz`);
  assert.is(await readFile(join(work, 'again.tgz'), 'utf8'), 'a package');
  assert.match(await fine('runs'), new RegExp(`${run.run}\\s+build\\s+True\\s+Accepted`));
  const recorded = await shop.run(run.run);
  assert.equal(recorded.spec.environment, { GIT_BRANCH: 'main' });
  const bundle = await readFile(join(work, 'bundle.json'));
  assert.is(run.attestation?.digest, `sha256:${createHash('sha256').update(bundle).digest('hex')}`);
  const memory = await readFile(join(work, '.proviso/run.json'), 'utf8');
  assert.not.match(memory, /eyJ/);
});

test('one trace leads from the commands of a run through the receiver to the operator, and so do the logs', async () => {
  const collected = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint };
  const { run } = JSON.parse(await fine('init -o json', collected)) as RunMessage;
  for (const step of ['add package package.tgz', 'add sbom sbom.json', 'push']) await fine(step, collected);
  const { annotations } = (await shop.run(run)).metadata;
  const traceId = annotations?.['proviso.dev/traceparent']?.split('-')[1] ?? '';
  const spans = await eventually('spans of everybody', async () => {
    const found = collector.spans.filter((span) => span.traceId === traceId);
    const names = found.map(({ service, name }) => `${service} ${name}`);
    const judged = ['proviso-receiver push', 'proviso-cli proviso push', 'proviso-operator reconcile workflowruns'];
    return judged.every((name) => names.includes(name)) ? found : undefined;
  });
  const of = (service: string, name: string) => spans.filter((span) => span.service === service && span.name === name);
  const [opened] = of('proviso-cli', 'proviso init');
  assert.is(of('proviso-cli', 'proviso add').length, 2);
  for (const name of ['init', 'add', 'push'] as const) {
    for (const span of of('proviso-receiver', name)) {
      const [above] = spans.filter(({ spanId }) => spanId === span.parentSpanId);
      assert.is(above?.name, `proviso ${name}`);
      assert.equal([span.attributes['proviso.run'], span.attributes['proviso.workflow']], [run, 'build']);
    }
  }
  assert.ok(of('proviso-receiver', 'init').some(({ parentSpanId }) => parentSpanId === opened?.spanId));
  const [init] = of('proviso-receiver', 'init').filter(({ spanId }) =>
    annotations?.['proviso.dev/traceparent']?.includes(spanId),
  );
  assert.ok(
    of('proviso-operator', 'reconcile workflowruns').every(({ parentSpanId }) => parentSpanId === init?.spanId),
  );
  const [log = ''] = shop.stack.processes.flatMap(({ name, logFile }) => (name === 'receiver' ? [logFile] : []));
  const told = await eventually('the log of the verdict', async () => {
    const lines = (await readFile(log, 'utf8')).split('\n').filter((line) => line.includes(traceId));
    const parsed = lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    return parsed.some(({ msg }) => msg === 'Run judged') ? parsed : undefined;
  });
  // The first try tells which variables the contract asks for.
  assert.equal(
    told.map((line) => [line.msg, line.namespace, line.workflow, line.run]),
    ['Request refused', 'Run opened', 'Run judged'].map((msg) => [msg, 'shop', 'build', run]),
  );
  assert.not.match(collector.received(), /eyJ|Bearer/);
});

test('a push that is incomplete ends with 3 and says what to type', async () => {
  await fine('init');
  await fine('add sbom sbom.json');
  const { code, err } = await proviso('push');
  assert.is(code, 3);
  assert.match(err, /package: ARTIFACT is missing; type: proviso add package/);
  await fine('push --no-submit --bundle b.json');
  assert.is((await proviso('push --attestation b.json')).code, 3);
  assert.match(await fine('reset --trigger cancellation --reason superseded'), /failed, Cancelled: superseded/);
  assert.is((await proviso('status')).code, 2);
});

test('signing with a key: the right one, the wrong one, and none', async () => {
  const keyed = { PROVISO_DIR: mountOf('keyed') };
  await fine('init', keyed);
  const none = await proviso('push', keyed);
  assert.is(none.code, 1);
  assert.match(none.err, /signature-invalid[\s\S]*what to do: .*--key FILE/);
  await writeFile(join(work, 'other.pem'), generateTestKey().privateKey.export({ type: 'pkcs8', format: 'pem' }));
  assert.match((await proviso('push --key other.pem', keyed)).err, /signature-invalid/);
  assert.match((await proviso('push --key absent.pem', keyed)).err, /absent\.pem: there is no such file/);
  assert.match(await fine('push --key key.pem --bundle b.json', keyed), /passed, Accepted/);
  assert.match(await fine('verify', keyed), /signed by the key SHA256:/);
  assert.match(await fine('verify --bundle b.json --key key.pub'), /Verified/);
  const tampered = (await readFile(join(work, 'b.json'), 'utf8')).replace('"sig":"', '"sig":"AA');
  await writeFile(join(work, 't.json'), tampered);
  const refused = await proviso('verify --bundle t.json --key key.pub');
  assert.is(refused.code, 1);
  assert.match(refused.out, /FAIL .*signature[\s\S]*NOT verified/);
});

test('another tool signs: the statement in a file, and what came of it handed in', async () => {
  const keyed = { PROVISO_DIR: mountOf('keyed') };
  await fine('init');
  const early = await proviso('push --statement s.json');
  assert.is(early.code, 3, early.err);
  assert.not.ok((await readdir(work)).includes('s.json'), 'an incomplete statement is written nowhere');
  await fine('init --replace', keyed);
  assert.match(await fine('push --statement s.json', keyed), /nothing was handed in\nNext: .*push --attestation FILE/);
  assert.match(await fine('status', keyed), /Crafting/);
  const statement = await readFile(join(work, 's.json'));
  await writeFile(join(work, 'other.json'), signedBundle(Buffer.from('{}'), key));
  assert.match((await proviso('push --attestation other.json', keyed)).err, /statement-invalid/);
  for (const more of ['--attestation b.json', '--key key.pem', '--bundle b.json']) {
    const { code, err } = await proviso(`push --statement s.json ${more}`, keyed);
    assert.is(code, 2, err);
    assert.match(err, /don't go together/);
  }
  assert.is((await proviso('push --attestation b.json --key key.pem', keyed)).code, 2);
  await writeFile(join(work, 'b.json'), signedBundle(statement, key));
  assert.match(await fine('push --attestation b.json', keyed), /passed, Accepted/);
});

test('init finds the open run of the directory again, and opens another once that is over or is not meant', async () => {
  const opened = async (args: string, env?: Record<string, string>): Promise<string> =>
    (JSON.parse(await fine(`${args} -o json`, env)) as RunMessage).run;
  const first = await opened('init');
  assert.is(await opened('init'), first);
  assert.not.equal(await opened('init --replace'), first);
  assert.is(await opened('init --idempotency-key job-7'), await opened('init --replace --idempotency-key job-7'));
  const keyed = { PROVISO_DIR: mountOf('keyed') };
  const other = await opened('init', keyed);
  assert.match(other, /^keyed-/);
  await fine('push --key key.pem', keyed);
  assert.not.equal(await opened('init', keyed), other);
  const again = await proviso('init --idempotency-key once', keyed);
  assert.is(again.code, 0);
  await fine('push --key key.pem', keyed);
  const over = await proviso('init --idempotency-key once', keyed);
  assert.is(over.code, 1);
  assert.match(over.err, /run-finished[\s\S]*another key/);
});

test('a large file is sent as a stream and tells how far it is', async () => {
  const large = Buffer.alloc(20 << 20, 'evidence');
  await writeFile(join(work, 'large.bin'), large);
  await fine('init');
  const { code, out, err } = await proviso('add package large.bin -o json');
  assert.is(code, 0, err);
  const { material } = JSON.parse(out) as MaterialMessage;
  assert.is(material.digest, `sha256:${createHash('sha256').update(large).digest('hex')}`);
  assert.match(err, /^package: 0 %[^\r]*package: 100 % \(20\.0 MiB of 20\.0 MiB\)\n$/);
  await fine(`download ${material.digest} -f again.bin`);
  assert.ok(large.equals(await readFile(join(work, 'again.bin'))));
  assert.equal(
    (await readdir(work)).filter((name) => name.endsWith('.part')),
    [],
  );
  const absent = await proviso(`download sha256:${'0'.repeat(64)} -f absent.bin`);
  assert.is(absent.code, 1);
  assert.not.ok((await readdir(work)).includes('absent.bin'));
});

test("another workflow's token finds no run", async () => {
  await fine('init');
  const run = (JSON.parse(await fine('status -o json')) as RunMessage).run;
  const { code, err } = await proviso('push', { PROVISO_DIR: mountOf('keyed'), PROVISO_RUN: `shop/${run}` });
  assert.is(code, 1);
  assert.match(err, /run-not-found/);
});

test('mistakes are told before anything is sent, with what to type', async () => {
  assert.match((await proviso('init', { GIT_BRANCH: '' })).err, /not set here: GIT_BRANCH/);
  await fine('init');
  assert.match((await proviso('add sbom package.tgz')).err, /not a valid SBOM_CYCLONEDX_JSON at line 1/);
  assert.match((await proviso('add sbom absent.json')).err, /there is no such file/);
  assert.match((await proviso('add package empty')).err, /is empty/);
  assert.match((await proviso('add package .')).err, /is a directory[\s\S]*tar czf/);
  assert.is((await proviso('ad package x')).code, 2);
  assert.match((await proviso('ad package x')).err, /Did you mean add/);
  assert.match((await proviso('add package')).err, /type: proviso add NAME VALUE/);
  assert.match(
    (await proviso('status', { PROVISO_DIR: '/nowhere' })).err,
    /PROVISO_ENDPOINT: is not set; export PROVISO_ENDPOINT=/,
  );
  const json = await proviso('add sbom package.tgz -o json');
  assert.is((JSON.parse(json.err) as { code: string }).code, 'material-invalid');
  assert.match(await fine('init'), /missing/);
  assert.match((await proviso('init')).err, /--replace opens a new one/);
});

test('a receiver whose certificate is not trusted gets no token', async () => {
  const other = join(work, 'mount');
  await mkdir(other);
  for (const name of await readdir(mountOf('build')))
    await writeFile(join(other, name), await readFile(join(mountOf('build'), name)));
  await rm(join(other, 'ca.crt'));
  const { code, err } = await proviso('runs', { PROVISO_DIR: other });
  assert.is(code, 1);
  assert.match(err, /certificate is not of an authority that is trusted here[\s\S]*PROVISO_CA_FILE/);
});

test('contract lint judges without a cluster', async () => {
  await writeFile(
    join(work, 'c.yaml'),
    `${manifest('Contract', 'ok', {})}\n---\n${manifest('Contract', 'bad', { deadlin: '1h' })}`,
  );
  const { code, out } = await proviso('contract lint c.yaml', { PROVISO_DIR: '/nowhere' });
  assert.is(code, 1);
  assert.match(
    out,
    /ok {3}c\.yaml: Contract ok\nFAIL c\.yaml: Contract bad\n.*spec\.deadlin: unknown field.*did you mean 'deadline'/,
  );
});

test('colours only for terminals', async () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  const COLOUR = /\u001b\[/;
  assert.not.match((await proviso('status')).err, COLOUR);
  assert.match((await proviso('status', { FORCE_COLOR: '1' })).err, COLOUR);
  assert.not.match((await proviso('status', { FORCE_COLOR: '1', NO_COLOR: '1' })).err, COLOUR);
});

test.run();
