import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { watchEventLoop } from '../../src/telemetry/event-loop.ts';
import { serveHealth } from '../../src/telemetry/health.ts';
import { freePort } from '../support/ports.ts';

const test = suite('health');

const block = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

test('an event loop that is held up time after time is told of, and forgotten once it runs again', async () => {
  const check = watchEventLoop();
  await sleep(300);
  check();
  for (let count = 0; count < 2; count++) {
    block(2_500);
    await sleep(1);
  }
  assert.match(check() ?? '', /^the event loop is late by \d+ ms on average$/);
  await sleep(500);
  assert.is(check(), undefined);
});

test('what fails is named, with the reason, and all is shown when asked', async () => {
  const port = await freePort();
  let problem: string | undefined = 'stuck';
  const stop = await serveHealth({
    port,
    host: '127.0.0.1',
    live: { progress: () => problem, loop: () => undefined },
    ready: { caches: () => undefined },
  });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return `${answer.status} ${await answer.text()}`;
  };
  assert.is(await get('/livez'), '503 [-] progress: stuck\nfailed\n');
  assert.is(await get('/readyz'), '200 ok\n');
  problem = undefined;
  assert.is(await get('/livez?verbose'), '200 [+] progress ok\n[+] loop ok\nok\n');
  assert.match(await get('/metrics'), /^404 /);
  await stop();
});

test.run();
