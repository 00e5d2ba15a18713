import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { auditVerify } from '../../src/cli/commands/audit-verify.ts';
import { processIo } from '../../src/cli/io.ts';
import type { Session } from '../../src/cli/session.ts';
import { openAuditLog } from '../../src/telemetry/audit.ts';

const test = suite('audit verify');
let cwd: string;
test.before.each(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'proviso-audit-verify-'));
  const log = openAuditLog(join(cwd, 'audit.log'), 'receiver', () => assert.unreachable());
  for (const run of ['a', 'b', 'c']) log.note({ action: 'RunOpened', verdict: 'Allowed', who: 'alice', what: { run } });
  log.close();
});
test.after.each(() => rm(cwd, { recursive: true }));

async function verify(files: readonly string[], flags = {}): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const out = (text: string) => {
    said += text;
  };
  const session = { io: { ...processIo(), cwd, out }, flags: { output: 'table' } } as unknown as Session;
  return { code: await auditVerify(session, files, flags), said };
}

test('says that it holds, and what to keep', async () => {
  const { code, said } = await verify(['audit.log']);
  assert.is(code, 0, said);
  assert.match(said, /ok.* 4 lines of 1 processes/);
  const [head] = /sha256:[0-9a-f]{64}$/.exec(said) ?? [];
  assert.is((await verify(['audit.log'], { head })).code, 0);
});

test('says at which line it breaks', async () => {
  const text = await readFile(join(cwd, 'audit.log'), 'utf8');
  await writeFile(join(cwd, 'audit.log'), text.replace('"run":"b"', '"run":"x"'));
  const { code, said } = await verify(['audit.log']);
  assert.is(code, 1);
  assert.match(said, /BROKEN.* line 4: the line before it in its chain is not the one that it was written after/);
});

test('a log in several files is one; without the first it says so', async () => {
  const lines = (await readFile(join(cwd, 'audit.log'), 'utf8')).split('\n');
  await writeFile(join(cwd, '1'), `${lines.slice(0, 2).join('\n')}\n`);
  await writeFile(join(cwd, '2'), lines.slice(2).join('\n'));
  assert.is((await verify(['1', '2'])).code, 0);
  assert.match((await verify(['2'])).said, /line 1: it continues a chain whose beginning is not here/);
});

test('a file that is not there, and a head that is none, are mistakes of use', async () => {
  for (const [files, flags] of [
    [['nothing.log'], {}],
    [['audit.log'], { head: 'x' }],
  ] as const) {
    const code = await verify(files, flags).catch((error: { readonly code?: string }) => error.code);
    assert.is(code, 'usage');
  }
});

test.run();
