import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { download } from '../../../src/cli/commands/download.ts';
import { createSession } from '../../../src/cli/session.ts';
import { serveTls, type TlsServer } from '../../support/tls-server.ts';

/** Answers that the receiver doesn't give, and what stands between may. */
const test = suite('download from a server that errs');
const BYTES = randomBytes(100_000);
const HEX = createHash('sha256').update(BYTES).digest('hex');
/** No process of this machine has it. */
const NOBODY = 2 ** 31 - 1;

let server: TlsServer;
let answer: (range: string | undefined, response: ServerResponse) => void;
let ranges: (string | undefined)[];
let work: string;
let said: string[];
test.before(async () => {
  const listener: RequestListener = (request, response) => {
    ranges.push(request.headers.range);
    answer(request.headers.range, response);
  };
  server = await serveTls(listener);
});
test.after(() => server.close());
test.before.each(async () => {
  [ranges, said] = [[], []];
  work = await mkdtemp(join(tmpdir(), 'proviso-download-'));
  await writeFile(join(work, 'ca.crt'), server.ca);
});
test.after.each(() => rm(work, { recursive: true, force: true }));

async function run(): Promise<unknown> {
  const env = { PROVISO_ENDPOINT: server.url, PROVISO_TOKEN: 't', PROVISO_CA_FILE: join(work, 'ca.crt') };
  const say = (text: string): void => void said.push(text);
  const io = { env, cwd: work, interactive: false, colours: createColors(false), out: say, err: say };
  const session = createSession(io, { output: 'table' });
  try {
    return await download(session, `sha256:${HEX}`, { file: 'app' }).catch((error: unknown) => error);
  } finally {
    session.close();
  }
}
async function refusal(code: string): Promise<Problem> {
  const error = await run();
  if (error instanceof Problem && error.code === code) return error;
  throw new Error(`expected ${code}, got ${error}`);
}
const leave = (bytes: Uint8Array) => writeFile(join(work, `app.${HEX}.${NOBODY}.part`), bytes);
const files = async () => (await readdir(work)).filter((name) => name !== 'ca.crt');
const whole = (bytes: Buffer) => (_range: string | undefined, response: ServerResponse) =>
  void response.writeHead(200, { 'content-length': bytes.length }).end(bytes);

test('one that sends all of it although a part was asked for', async () => {
  await leave(BYTES.subarray(0, 60_000));
  answer = whole(BYTES);
  assert.is(await run(), 0);
  assert.equal(ranges, ['bytes=60000-']);
  assert.ok(BYTES.equals(await readFile(join(work, 'app'))));
  assert.equal(await files(), ['app']);
});

test('one that sends another part than was asked for', async () => {
  await leave(BYTES.subarray(0, 60_000));
  answer = (_range, response) => {
    const headers = { 'content-length': 50_000, 'content-range': `bytes 50000-99999/${BYTES.length}` };
    response.writeHead(206, headers).end(BYTES.subarray(50_000));
  };
  const { message } = await refusal('internal');
  assert.match(message, /bytes from 60000 on were asked for, and those from 50000 on came/);
  assert.not.ok((await files()).includes('app'));
});

test('one that sends wrong bytes, at once and after a part that was right', async () => {
  const wrong = Buffer.from(BYTES).fill('x', 99_000);
  answer = (range, response) => {
    const start = Number(/\d+/.exec(range ?? '')?.[0] ?? 0);
    const headers = { 'content-length': wrong.length - start };
    const part = { 'content-range': `bytes ${start}-${wrong.length - 1}/${wrong.length}` };
    response.writeHead(start === 0 ? 200 : 206, start === 0 ? headers : { ...headers, ...part });
    response.end(wrong.subarray(start));
  };
  assert.match((await refusal('digest-mismatch')).message, /nothing was kept/);
  assert.equal(await files(), []);
  await leave(BYTES.subarray(0, 60_000));
  await refusal('digest-mismatch');
  assert.equal(ranges, [undefined, 'bytes=60000-', undefined]);
  assert.equal(await files(), []);
});

test('one that breaks off again and again: what came is kept, and the next try goes on', async () => {
  answer = (range, response) => {
    const start = range === undefined ? 0 : 40_000;
    const part = { 'content-range': `bytes ${start}-${BYTES.length - 1}/${BYTES.length}` };
    response.writeHead(start === 0 ? 200 : 206, {
      'content-length': BYTES.length - start,
      ...(start === 0 ? {} : part),
    });
    response.write(BYTES.subarray(start, 40_000), () => setTimeout(() => response.destroy(), 50));
    if (start > 0) response.flushHeaders();
  };
  const { hint } = await refusal('receiver-unreachable');
  assert.match(hint ?? '', /^40000 of 100000 bytes are kept: the same command goes on from there$/);
  assert.is(said.filter((line) => /the connection broke after 39\.1 KiB; going on in/.test(line)).length, 4);
  assert.equal(await files(), [`app.${HEX}.${process.pid}.part`]);
  ranges = [];
  answer = (_range, response) => {
    const headers = { 'content-length': 60_000, 'content-range': `bytes 40000-99999/${BYTES.length}` };
    response.writeHead(206, headers).end(BYTES.subarray(40_000));
  };
  assert.is(await run(), 0);
  assert.equal(ranges, ['bytes=40000-']);
  assert.ok(BYTES.equals(await readFile(join(work, 'app'))));
});

test('one that does not say how much it sends', async () => {
  answer = (_range, response) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' });
    response.end(BYTES);
  };
  assert.match((await refusal('internal')).message, /answered 200, and not which bytes it sends/);
  assert.equal(await files(), []);
});

test.run();
