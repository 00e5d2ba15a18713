import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { auditHash } from '../../src/api/audit-line.ts';
import { type AuditLog, openAuditLog } from '../../src/telemetry/audit.ts';
import { createAuditCheck } from '../../src/verify/audit-chain.ts';
import { some } from '../support/some.ts';

const test = suite('audit log');
let dir: string;
let path: string;
test.before.each(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-audit-'));
  path = join(dir, 'audit.log');
});
test.after.each(() => rm(dir, { recursive: true }));

const fail = (error: unknown): never => {
  throw error;
};
const open = (): AuditLog => openAuditLog(path, 'receiver', fail);
const write = (log: AuditLog, count: number): void => {
  for (let index = 0; index < count; index += 1) {
    log.note({
      action: 'MaterialAdded',
      verdict: 'Allowed',
      who: 'alice',
      what: { run: `shop/a`, digest: `${index}` },
    });
  }
};
const linesOf = async (): Promise<readonly string[]> => (await readFile(path, 'utf8')).split('\n').slice(0, -1);
const check = (lines: readonly string[], expected?: string) => {
  const looking = createAuditCheck(expected);
  for (const line of lines) looking.line(line);
  return looking.end();
};
const broken = (lines: readonly string[], expected?: string) => check(lines, expected).findings.map(({ line }) => line);

/** Two processes, one after the other. */
async function written(): Promise<readonly string[]> {
  for (const count of [4, 3]) {
    const log = open();
    write(log, count);
    log.close();
  }
  return linesOf();
}

test('what was written holds, over several processes, and says who did what', async () => {
  const lines = await written();
  const summary = check(lines);
  assert.equal(summary, { findings: [], lines: 9, chains: 2, head: auditHash(some(lines.at(-1))), continues: false });
  const { who, what, action, verdict, seq } = JSON.parse(some(lines[1]));
  assert.equal(
    { who, what, action, verdict, seq },
    {
      ...{ who: 'alice', what: { run: 'shop/a', digest: '0' } },
      ...{ action: 'MaterialAdded', verdict: 'Allowed', seq: 1 },
    },
  );
  assert.is(JSON.parse(some(lines[5])).after, auditHash(some(lines[4])));
});

test('attack: a line removed, at every place but the last', async () => {
  const lines = await written();
  for (let index = 0; index < lines.length - 1; index += 1) {
    const left = lines.toSpliced(index, 1);
    assert.ok(broken(left).length > 0, `line ${index + 1}`);
    assert.is(broken(left)[0], index + 1, 'the place is told');
  }
});

test('attack: a line changed is seen at the next one', async () => {
  const lines = await written();
  for (let index = 1; index < lines.length - 1; index += 1) {
    const changed = lines.with(index, some(lines[index]).replace('alice', 'mallory').replace('"pid":', '"pid":1'));
    assert.is(broken(changed)[0], index + 2, `line ${index + 1}`);
  }
});

test('attack: lines swapped, repeated, or moved into another chain', async () => {
  const lines = await written();
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.nat(lines.length - 1), (from, to) => {
      if (from === to) return true;
      const swapped = lines.with(from, some(lines[to])).with(to, some(lines[from]));
      return broken(swapped).length > 0;
    }),
  );
  assert.equal(broken(lines.toSpliced(3, 0, some(lines[2]))), [4]);
});

test('attack: a whole process removed from the middle or the beginning', async () => {
  const [first, second] = [await written(), await written()];
  const all = second;
  const middle = [...all.slice(0, 5), ...all.slice(9)];
  assert.equal(broken(middle), [6]);
  assert.is(check(all.slice(5)).continues, true, 'that something was before is told');
  assert.is(first.length, 9);
});

test('attack: lines cut off at the end are missed only by who knows what was there', async () => {
  const lines = await written();
  const { head } = check(lines);
  const cut = lines.slice(0, -2);
  assert.equal(broken(cut), [], 'nothing in the file itself tells of it');
  assert.equal(broken(cut, head), [7]);
  assert.equal(broken(lines, auditHash(some(lines[3]))), [], 'an earlier head is there still');
});

test('what a killed process has left half is told by the next, and by nobody else', async () => {
  const lines = await written();
  await appendFile(path, '{"aud');
  open().close();
  assert.equal(broken(await linesOf()), [], 'not even what it is can be seen');
  const half = some(lines.at(-1)).slice(0, 60);
  await appendFile(path, half);
  assert.equal(broken(await linesOf().then((all) => [...all, half])), [12]);
  const log = open();
  write(log, 1);
  log.close();
  assert.equal(broken(await linesOf()), []);
  await writeFile(path, (await readFile(path, 'utf8')).replace(half, half.slice(0, 50)));
  assert.ok(broken(await linesOf()).length > 0, 'what was half is held too');
});

test('other lines between them are no matter, nor are chains that take turns', async () => {
  const [a, b] = [open(), open()];
  write(a, 2);
  b.close();
  write(a, 1);
  a.close();
  const stream = (await linesOf()).map((line) => line.replace(/"after":"[^"]*",?/, ''));
  const own = (await linesOf()).filter((line) => JSON.parse(line).chain === JSON.parse(some(stream[0])).chain);
  assert.equal(broken(own.flatMap((line) => ['{"level":"info"}', line, ''])), []);
  assert.equal(broken(['{"level":"info"}']), [0]);
});

test('a line that could not be written is missed', async () => {
  const errors: unknown[] = [];
  const log = openAuditLog(path, 'receiver', (error) => errors.push(error));
  write(log, 1);
  log.close();
  write(log, 1);
  assert.is(errors.length, 1);
});

test('attack: a name with an end of line makes no line of its own', async () => {
  const log = open();
  const forged = '\n{"audit":"proviso/v1","chain":"x","seq":0}\n';
  log.note({ action: 'RunOpened', verdict: 'Refused', who: forged, what: { workflow: 'x'.repeat(100_000) } });
  log.close();
  const lines = await linesOf();
  assert.equal([lines.length, broken(lines)], [2, []]);
  assert.ok(some(lines[1]).length < 4096);
});

test.run();
