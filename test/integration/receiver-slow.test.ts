// deadline: 180
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunMessage } from '../../src/api/messages.ts';
import { MAX_IN_FLIGHT } from '../../src/receiver/limits.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';

const MANIFESTS = [
  manifest('Contract', 'open', {}),
  manifest('Workflow', 'greedy', { contractRef: { name: 'open' } }),
  manifest('Workflow', 'modest', { contractRef: { name: 'open' } }),
].join('\n---\n');

let shop: Shop;
let ca: string;
const test = suite('receiver and slow uploads');
test.before(async () => {
  shop = await openShop(MANIFESTS);
  ca = await shop.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}');
});
test.after(() => shop?.stop());

async function open(workflow: string, token: string): Promise<string> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow } });
  assert.is(answer.status, 201, answer.body.toString());
  return `/v1/namespaces/shop/runs/${answer.json<RunMessage>().run}`;
}

interface Upload {
  readonly sent: ClientRequest;
  /** The code of the refusal, or why there was no answer. */
  readonly code: Promise<string>;
}
function upload(path: string, token: string): Upload {
  const headers = { authorization: `Bearer ${token}`, 'content-length': '1000000' };
  const sent = request(new URL(path, shop.stack.endpoint), { method: 'PUT', ca, headers, agent: false });
  const code = new Promise<string>((resolve) => {
    sent.on('error', (error) => resolve(error.message));
    sent.on('response', async (answer: IncomingMessage) => {
      let text = '';
      for await (const chunk of answer as AsyncIterable<Buffer>) text += chunk;
      resolve((JSON.parse(text) as { code?: string }).code ?? 'accepted');
    });
  });
  sent.write('x');
  return { sent, code };
}

test('attack: one identity trickles as many uploads as there are places', async () => {
  const [greedy, modest] = [await shop.tokenOf('greedy'), await shop.tokenOf('modest')];
  const [path, other] = [await open('greedy', greedy), await open('modest', modest)];
  const share = MAX_IN_FLIGHT / 4;
  const uploads = Array.from({ length: MAX_IN_FLIGHT }, (_, index) => upload(`${path}/materials/m${index}`, greedy));
  let turnedAway = 0;
  for (const { code } of uploads) void code.then((found) => (turnedAway += found === 'rate-limited' ? 1 : 0));
  await eventually('all but its share to be turned away', async () => turnedAway === MAX_IN_FLIGHT - share);
  // Who is let in is still asked about by the API server, and only then begins to write.
  await eventually('its share to be written', async () => (await shop.stored()).staging.length === share);
  const drip = setInterval(() => {
    for (const { sent } of uploads) if (!sent.destroyed) sent.write('x');
  }, 1000);
  try {
    const problem = await shop.http.call(`${path}/materials/one-more`, { method: 'PUT', token: greedy, body: 'x' });
    assert.equal([problem.status, problem.headers['retry-after']], [429, '2']);
    const added = await shop.http.call(`${other}/materials/m`, { method: 'PUT', token: modest, body: 'x' });
    assert.is(added.status, 200, 'others are let in meanwhile');
    const codes = await Promise.all(uploads.map(({ code }) => code));
    const slow = codes.filter((code) => code !== 'rate-limited');
    assert.is(slow.length, share);
    assert.ok(slow.includes('body-too-slow'), slow.join(', '));
  } finally {
    clearInterval(drip);
    for (const { sent } of uploads) sent.destroy();
  }
  assert.equal((await shop.stored()).staging, []);
  const again = await shop.http.call(`${path}/materials/m`, { method: 'PUT', token: greedy, body: 'x' });
  assert.is(again.status, 200, 'what it held is free again');
});

test.run();
