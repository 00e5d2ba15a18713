// deadline: 120
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findOpa } from '../../../src/policy/rego/program.ts';
import { eventually } from '../../support/eventually.ts';
import { tool } from '../../tools/tool.ts';
import { NO_GPL, queryOf, regoEngine, sbomOf } from './engine.ts';

const test = suite('rego availability');
let folder: string;

const OWN_TMPDIR = process.env.TMPDIR;

// What an engine lays down is here too, so that it goes with what a test has killed.
test.before.each(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proviso-availability-'));
  process.env.TMPDIR = folder;
});
test.after.each(async () => {
  if (OWN_TMPDIR === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = OWN_TMPDIR;
  await rm(folder, { recursive: true });
});

async function script(name: string, ...lines: readonly string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, ['#!/bin/sh', ...lines, ''].join('\n'));
  await chmod(path, 0o755);
  return path;
}

/** The real OPA, before which these lines are run at each evaluation. */
const opaAfter = async (...lines: readonly string[]): Promise<string> =>
  script('opa', 'if [ "$1" = eval ]; then :', ...lines, 'fi', `exec ${await tool('opa')} "$@"`);

const QUERY = queryOf(sbomOf(1));

test('it is looked for where one says, and told where that was', async () => {
  const path = await script('opa');
  assert.equal(await findOpa(path, {}), { ok: true, path });
  assert.equal(await findOpa(undefined, { PROVISO_OPA: path, PATH: '/nowhere' }), { ok: true, path });
  assert.equal(await findOpa(undefined, { PATH: `/nowhere:${folder}` }), { ok: true, path });
  const messages = await Promise.all(
    [
      findOpa('/nowhere/opa', { PATH: folder }),
      findOpa(undefined, { PROVISO_OPA: '/nowhere/opa', PATH: folder }),
      findOpa(undefined, { PATH: '/nowhere:relative:/nor/here' }),
      findOpa(undefined, {}),
    ].map(async (found) => {
      const { ok, ...said } = await found;
      return ok
        ? 'found'
        : Object.values(said)
            .join()
            .replace(/^.*?: /, '');
    }),
  );
  assert.equal(messages, [
    "the option names '/nowhere/opa', which can't be run",
    "PROVISO_OPA names '/nowhere/opa', which can't be run",
    'PROVISO_OPA is not set, and none of PATH has it (/nowhere, /nor/here)',
    'PROVISO_OPA is not set, and PATH is empty',
  ]);
});

test('without OPA nothing is known of a source and nothing judged, until there is one', async () => {
  const program = join(folder, 'opa');
  const engine = await regoEngine({ program });
  const message = `Policies in Rego are evaluated by OPA, and there is none: the option names '${program}', which can't be run`;
  const failure = { reason: 'EngineUnavailable', message } as const;
  assert.equal(await engine.check(NO_GPL), [failure]);
  assert.equal(await engine.evaluate('a policy', NO_GPL, QUERY), { kind: 'failed', failure });
  assert.is(await engine.version(), undefined);
  await opaAfter();
  assert.equal(await engine.check(NO_GPL), []);
  assert.is((await engine.evaluate('a policy', NO_GPL, QUERY)).kind, 'evaluated');
  await engine.close();
});

for (const [what, lines, why] of [
  ['is no OPA', ['echo hello'], 'it does not tell its version'],
  ['fails', ['echo no luck >&2; exit 1'], 'OPA died twice; it ended with 1: no luck'],
  ['is too old', ['echo "Version: 0.70.0"'], 'it is of Version: 0.70.0, and 1.0.0 is the oldest that will do'],
] as const) {
  test(`a program that ${what} is not used`, async () => {
    const engine = await regoEngine({ program: await script('opa', ...lines) });
    const [finding] = await engine.check(NO_GPL);
    assert.is(finding?.reason, 'EngineUnavailable');
    assert.match(finding?.message ?? '', why);
    await engine.close();
  });
}

test('its environment has nothing of ours', async () => {
  const seen = join(folder, 'environment');
  process.env.PROVISO_TEST_SECRET = 'a secret';
  const engine = await regoEngine({ program: await opaAfter(`/usr/bin/env > ${seen}`) });
  assert.is((await engine.evaluate('a policy', NO_GPL, QUERY)).kind, 'evaluated');
  await engine.close();
  delete process.env.PROVISO_TEST_SECRET;
  const names = (await readFile(seen, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split('=')[0]);
  // The last ones are the shell's.
  const own = names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name ?? ''));
  assert.equal(own.sort(), ['GOMAXPROCS', 'GOMEMLIMIT', 'HOME', 'TMPDIR']);
});

test('an evaluation that OPA died of is tried once more', async () => {
  const marker = join(folder, 'died');
  const engine = await regoEngine({
    program: await opaAfter(`[ -e ${marker} ] || { touch ${marker}; kill -SEGV $$; }`),
  });
  assert.is((await engine.evaluate('a policy', NO_GPL, QUERY)).kind, 'evaluated');
  await engine.close();
});

for (const [signal, reason] of [
  ['ABRT', 'Error'],
  ['KILL', 'OutOfMemory'],
] as const) {
  test(`and if it dies again, of ${signal}, the evaluation has failed, and no other`, async () => {
    const engine = await regoEngine({
      program: await opaAfter(`echo once >> ${folder}/times`, `grep -q lethal policy.rego && kill -${signal} $$`),
    });
    const lethal = `# lethal\n${NO_GPL}`;
    const [failed, ...others] = await Promise.all(
      [lethal, NO_GPL, NO_GPL].map((source) => engine.evaluate('a policy', source, QUERY)),
    );
    assert.is(failed?.kind === 'failed' && failed.failure.reason, reason);
    for (const { kind } of others) assert.is(kind, 'evaluated');
    assert.is((await readFile(join(folder, 'times'), 'utf8')).trim().split('\n').length, 4);
    await engine.close();
  });
}

test('what is under way when the engine is closed ends, and nothing is begun after', async () => {
  const engine = await regoEngine({ program: await opaAfter('exec sleep 60'), places: 1 });
  await engine.check(NO_GPL);
  const under = [1, 2].map(() => engine.evaluate('a policy', NO_GPL, QUERY));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await engine.close();
  const failure = { reason: 'EngineUnavailable', message: 'the engine was closed' } as const;
  assert.equal(await Promise.all(under), [
    { kind: 'failed', failure },
    { kind: 'failed', failure },
  ]);
  assert.equal(await engine.check(NO_GPL), [failure]);
});

test('OPA ends by itself when who asked was killed', async () => {
  const pid = join(folder, 'pid');
  const program = await opaAfter(`echo $$ > ${pid}`);
  const asking = spawn(process.execPath, [new URL('./asks-endlessly.ts', import.meta.url).pathname, program]);
  const started = await eventually('an evaluation', () => readFile(pid, 'utf8'), 20);
  asking.kill('SIGKILL');
  const isThere = (): boolean => existsSync(`/proc/${started.trim()}`);
  assert.ok(isThere());
  await eventually('its end', async () => !isThere(), 20);
});

test('a disk that takes nothing is told as that', async () => {
  const engine = await regoEngine();
  await engine.check(NO_GPL);
  const [own] = (await readdir(tmpdir())).filter((name) => name.startsWith('proviso-rego-'));
  await rm(join(tmpdir(), own ?? ''), { recursive: true });
  const outcome = await engine.evaluate('a policy', NO_GPL, QUERY);
  assert.is(outcome.kind === 'failed' && outcome.failure.reason, 'EngineUnavailable');
  assert.match(outcome.kind === 'failed' ? outcome.failure.message : '', /OPA can't be started: ENOENT/);
  await engine.close();
});

test('a policy that prints is heard by the log, and by nobody else', async () => {
  const lines: unknown[] = [];
  const { pino } = await import('pino');
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const engine = await regoEngine({ log });
  const source = 'package a\nimport rego.v1\nviolations contains "x" if print("heard", input.a)\n';
  assert.is((await engine.evaluate('a policy', source, queryOf({ a: 1 }))).kind, 'evaluated');
  await engine.close();
  assert.match(JSON.stringify(lines), /"printed":"heard 1\\n"/);
});

test.run();
