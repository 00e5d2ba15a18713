// deadline: 120
import type { RequestListener } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Hex } from '../../src/api/canonical.ts';
import type { TrustRoot } from '../../src/api/types.gen.ts';
import { eventually } from '../support/eventually.ts';
import { Operated, stalled } from '../support/operated.ts';
import { serveFiles, serveTls, type TlsServer } from '../support/tls-server.ts';
import { HOUR_MS, SYSTEM, says, TARGET, TrustRootBench } from '../support/trust-root-bench.ts';
import { editedRoot, PUBLIC_GOOD } from '../support/trusted-root.ts';
import { TufRepository } from '../support/tuf-repository.ts';

const sha256 = (text: string): string => `sha256:${sha256Hex(text)}`;
const OTHER = editedRoot(({ tlogs }) => tlogs.pop());

let operated: Operated;
let bench: TrustRootBench;
let mirror: TlsServer;
let repository = new TufRepository();
let answer: RequestListener = serveFiles(() => repository.files);
const test = suite('trust root from TUF');

test.before(async () => {
  operated = await Operated.start();
  bench = new TrustRootBench(operated);
  mirror = await serveTls((request, response) => answer(request, response));
});
test.after(async () => {
  await mirror?.close();
  await operated?.stop();
});
test.before.each(() => {
  operated.ahead = 0;
  repository = new TufRepository();
  repository.publish(TARGET, PUBLIC_GOOD);
  answer = serveFiles(() => repository.files);
});
test.after.each(async () => {
  await operated.assertInvariants();
  await operated.kubectl('delete trustroots --all');
});

const tuf = (more: object = {}): object => ({
  sigstore: { tuf: { mirror: mirror.url, root: { inline: repository.root }, ca: mirror.ca, ...more } },
});

test('TUF: fetches, refreshes when it is due, and keeps what it has when that fails', async () => {
  await bench.apply('fetched', tuf({ refreshInterval: '2h' }));
  const first = await bench.until('fetched', 'Ready');
  assert.is(says(first), `trusted_root.json of ${mirror.url} is in force`);
  assert.is(first.status?.tufVersion, '1.1.1.1');
  assert.is(await bench.taken('fetched'), `took ${sha256(PUBLIC_GOOD)}`);
  // Not before its time.
  mirror.asked.length = 0;
  repository.publish(TARGET, OTHER);
  await bench.look('fetched');
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(mirror.asked, []);
  operated.ahead = 2 * HOUR_MS;
  await bench.look('fetched');
  await eventually('the refresh', async () => (await bench.taken('fetched')) === `took ${sha256(OTHER)}`);
  const second = await bench.until('fetched', 'Ready');
  assert.is(second.status?.tufVersion, '1.2.2.2');
  assert.is(second.status?.lastRefreshTime, second.status?.lastAttemptTime);
  answer = (_request, response) => response.writeHead(500).end();
  operated.ahead = 4 * HOUR_MS;
  await bench.look('fetched');
  await operated.untilMessage('trustroot', 'fetched', /is in force, but the last refresh failed: .*answered 500$/);
  const kept = await bench.until('fetched', 'Ready');
  assert.is(kept.status?.lastRefreshTime, second.status?.lastRefreshTime);
  assert.is(await bench.taken('fetched'), `took ${sha256(OTHER)}`);
  await eventually('the event', async () =>
    /Warning +FetchFailed +trustroot\/fetched/.test(await operated.kubectl('get events -A')),
  );
  // It doesn't wait for the whole interval then.
  answer = serveFiles(() => repository.files);
  operated.ahead = 4.5 * HOUR_MS;
  await bench.look('fetched');
  await operated.untilMessage('trustroot', 'fetched', /is in force$/);
});

test('attack: TUF: an older version of the repository, although its signatures are good', async () => {
  await bench.apply('rolled', tuf());
  await bench.until('rolled', 'Ready');
  const old = new Map(repository.files);
  repository.publish(TARGET, OTHER);
  operated.ahead = 25 * HOUR_MS;
  await bench.look('rolled');
  await eventually('the refresh', async () => (await bench.taken('rolled')) === `took ${sha256(OTHER)}`);
  repository.files = old;
  operated.ahead = 50 * HOUR_MS;
  await bench.look('rolled');
  await operated.untilMessage(
    'trustroot',
    'rolled',
    /timestamp metadata fell from version 2 to 1, which only an attack/,
  );
  assert.is(await bench.taken('rolled'), `took ${sha256(OTHER)}`);
  // Nor by having the document thrown away first, so that there is nothing to fall back on.
  await operated.kubectl(`delete configmap -n ${SYSTEM} proviso-trust-root-rolled`);
  await bench.until('rolled', 'FetchFailed');
  assert.is((await operated.read<TrustRoot>('trustroot', 'rolled')).status?.tufVersion, '1.2.2.2');
  // Another source is counted anew, and what was of the old one is no more.
  repository = new TufRepository();
  repository.publish(TARGET, PUBLIC_GOOD);
  await bench.apply('rolled', tuf());
  assert.is((await bench.until('rolled', 'Ready')).status?.tufVersion, '1.1.1.1');
});

test('attack: TUF: what is signed but is no trusted root does not replace one', async () => {
  await bench.apply('signed', tuf());
  await bench.until('signed', 'Ready');
  repository.publish(TARGET, '{"mediaType":"text/plain"}');
  operated.ahead = 25 * HOUR_MS;
  await bench.look('signed');
  await operated.untilMessage(
    'trustroot',
    'signed',
    /in force, but the last refresh failed: .* is no trusted root: \/mediaType/,
  );
  assert.is(await bench.taken('signed'), `took ${sha256(PUBLIC_GOOD)}`);
});

test('TUF: nothing to begin with, and a root that is none', async () => {
  answer = (_request, response) => response.writeHead(503).end();
  await bench.apply('first', tuf());
  const waiting = await bench.until('first', 'FetchFailed');
  assert.is(stalled(waiting), undefined);
  assert.match(says(waiting), /2\.root\.json answered 503$/);
  assert.match(await bench.taken('first'), /^trust-root-not-ready: .*FetchFailed/);
  answer = serveFiles(() => repository.files);
  operated.ahead = HOUR_MS;
  await bench.look('first');
  await bench.until('first', 'Ready');
  await bench.apply('first', tuf({ root: { inline: '{}' } }));
  assert.match(
    says(await bench.until('first', 'TrustRootInvalid')),
    /^spec\.sigstore\.tuf\.root\.inline is no TUF root: /,
  );
  await bench.apply('first', tuf({ root: { configMapRef: { name: 'tuf-root', key: 'root.json' } } }));
  assert.match(
    says(await bench.until('first', 'SourceNotFound')),
    /^spec\.sigstore\.tuf\.root\.configMapRef: there is no/,
  );
  await bench.configMap('tuf-root', { 'root.json': repository.root });
  await bench.until('first', 'Ready');
});

test.run();
