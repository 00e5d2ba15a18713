import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import { connectWith } from '../../src/kube/connect.ts';
import type { KubeError } from '../../src/kube/error.ts';
import { limited } from '../../src/kube/limits.ts';
import { createKubeClient } from '../../src/kube/rest.ts';
import { createCertificateAuthority } from '../../src/pki/authority.ts';
import { configMap, type Exchange, type ScriptedServer, startScripted } from './scripted-server.ts';
import { faults } from './survived.ts';

const test = faults('transport under fault', 'answers, errors, requests and connections');
const REF = { namespace: 'n', name: 'a' };
/** The error of a call that must fail. */
const failureOf = (call: Promise<unknown>): Promise<KubeError> =>
  call.then(
    () => {
      throw new Error('it went through');
    },
    (error: KubeError) => error,
  );
const found = (exchange: Exchange) => exchange.json(200, configMap('a', '1'));

/** A server, and a connection to it whose token and authority are files. */
async function withFiles(
  script: (exchange: Exchange, index: number) => void,
  work: (
    server: ScriptedServer,
    files: { readonly token: string; readonly ca: string },
    config: KubeConfig,
  ) => Promise<void>,
): Promise<void> {
  const server = await startScripted(script);
  const dir = await mkdtemp(join(tmpdir(), 'proviso-transport-'));
  const files = { token: join(dir, 'token'), ca: join(dir, 'ca.crt') };
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'c', server: server.url, caFile: files.ca, skipTLSVerify: false },
    { name: 'u', authProvider: { name: 'tokenFile', config: { tokenFile: files.token } } },
  );
  try {
    await work(server, files, config);
  } finally {
    await server.stop();
    await rm(dir, { recursive: true });
  }
}

test('a token that was rotated is read again at the first 401, and the request is sent once more', async () => {
  await withFiles(
    (exchange) =>
      exchange.request.headers.authorization === 'Bearer second'
        ? found(exchange)
        : exchange.json(401, { reason: 'Unauthorized', message: 'expired' }),
    async (server, files, config) => {
      await writeFile(files.ca, server.authority);
      await writeFile(files.token, 'first\n');
      const { client } = connectWith(config);
      assert.is((await failureOf(client.get(KIND.ConfigMap, REF))).code, 401);
      // The same token again: nothing to try.
      assert.is(server.exchanges.length, 1);
      await writeFile(files.token, 'second\n');
      assert.is((await client.get(KIND.ConfigMap, REF)).metadata.name, 'a');
      assert.is(server.exchanges.length, 3);
      assert.is(server.sockets(), 1);
    },
  );
});

test('an authority that was replaced is read again without a restart; a wrong one is never passed over', async () => {
  await withFiles(found, async (server, files, config) => {
    const other = await createCertificateAuthority({ commonName: 'Other', now: new Date(), days: 1 });
    await writeFile(files.token, 'token');
    await writeFile(files.ca, other.certificate);
    const { client } = connectWith(config);
    assert.is((await failureOf(client.get(KIND.ConfigMap, REF))).code, 0);
    assert.is(server.exchanges.length, 0);
    await writeFile(files.ca, server.authority);
    assert.is((await client.get(KIND.ConfigMap, REF)).metadata.name, 'a');
  });
});

test('a kept connection that the server closes at the next request is replaced, but a POST is not sent twice', async () => {
  const closing = (exchange: Exchange, index: number): void => {
    if (index % 3 === 1) exchange.request.socket.destroy();
    else found(exchange);
  };
  const server = await startScripted(closing);
  const { client } = server.connection;
  await client.get(KIND.ConfigMap, REF);
  await client.get(KIND.ConfigMap, REF);
  assert.is(server.exchanges.length, 3);
  await client.get(KIND.ConfigMap, REF);
  assert.is((await failureOf(client.post('/x', {}))).code, 0);
  assert.is(server.exchanges.length, 5);
  await server.stop();
});

test('an answer that never comes, or never ends, is given up', async () => {
  const server = await startScripted((exchange, index) => {
    if (index === 0) return;
    exchange.response.writeHead(200, { 'content-type': 'application/json' });
    exchange.response.write('{"metadata":');
  });
  const { transport } = server.connection;
  for (let count = 0; count < 2; count++) {
    const error = await failureOf(transport.send({ method: 'GET', path: '/slow', timeoutMs: 100 }));
    assert.match(error.message, /GET \/slow got no answer: it took longer than 100 ms/);
  }
  await server.stop();
});

test('requests end with the signal of whoever limits them, and writes wait for the last word', async () => {
  const server = await startScripted(() => {});
  const abort = new AbortController();
  const client = createKubeClient(
    limited(server.connection.transport, {
      signal: abort.signal,
      beforeWrite: () => {
        throw new Error('not now');
      },
    }),
  );
  const reading = client.get(KIND.ConfigMap, REF);
  setTimeout(() => abort.abort(new Error('over')), 50);
  assert.match((await failureOf(reading)).message, /over/);
  assert.match((await failureOf(client.create(KIND.ConfigMap, configMap('a', '1')))).message, /over|not now/);
  assert.is(server.exchanges.filter(({ request }) => request.method !== 'GET').length, 0);
  await server.stop();
});

test('a refusal keeps its reason, its causes and when to come back', async () => {
  const server = await startScripted((exchange) =>
    exchange.json(403, {
      reason: 'Forbidden',
      message: 'being terminated',
      details: { retryAfterSeconds: 7, causes: [{ reason: 'NamespaceTerminating' }] },
    }),
  );
  const error = await failureOf(server.connection.client.get(KIND.ConfigMap, REF));
  assert.equal(
    [error.code, error.reason, error.causes, error.retryAfter],
    [403, 'Forbidden', ['NamespaceTerminating'], 7],
  );
  await server.stop();
});

test.run();
