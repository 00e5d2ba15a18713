// deadline: 180
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND } from '../../src/api/kinds.ts';
import type { RunListMessage, RunMessage } from '../../src/api/messages.ts';
import type { Problem } from '../../src/api/problem.ts';
import { readGitHead } from '../../src/cli/detect/git-head.ts';
import { canonicalDigest } from '../../src/contract/digest.ts';
import { effectiveContract } from '../../src/contract/from-spec.ts';
import { connect as connectToCluster } from '../../src/kube/connect.ts';
import { createContracts } from '../../src/receiver/contracts.ts';
import { eventually } from '../support/eventually.ts';
import { createRepository } from '../support/git.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';

const MANIFESTS = [
  manifest('Contract', 'release', {
    materials: [
      { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON', optional: true },
      { name: 'package', type: 'ARTIFACT', optional: true },
      { name: 'named', type: 'STRING', optional: true, annotations: [{ name: 'constructor' }] },
      { name: 'note', type: 'STRING', optional: true },
    ],
  }),
  manifest('Workflow', 'build', { contractRef: { name: 'release' } }),
].join('\n---\n');
const SBOM = JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: [] });

let shop: Shop;
let token: string;
let ca: string;
const test = suite('receiver attacks');

test.before(async () => {
  shop = await openShop(MANIFESTS);
  token = await shop.tokenOf('build');
  ca = await shop.kubectl('get configmap -n proviso-system proviso-trust -o jsonpath={.data.ca\\.crt}');
});
test.after(() => shop?.stop());

async function open(body: object = {}): Promise<RunMessage> {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build', ...body } });
  assert.is(answer.status, 201, answer.body.toString());
  return answer.json<RunMessage>();
}
const pathOf = ({ run }: RunMessage, rest = ''): string => `/v1/namespaces/shop/runs/${run}${rest}`;
const put = (body: string | Uint8Array) => ({ method: 'PUT', token, body });

test('bytes that are called a reference to be recorded without being kept', async () => {
  const run = await open();
  for (const name of ['sbom', 'package', 'note']) {
    const path = pathOf(run, `/materials/${name}?form=reference`);
    const problem = await shop.http.refused('request-invalid', path, put(SBOM));
    assert.match(problem.detail, /CONTAINER_IMAGE/);
  }
  await shop.http.refused('request-invalid', pathOf(run, '/materials/package?form=other'), put(SBOM));
  assert.equal((await shop.run(run.run)).status?.materials ?? [], []);
});

test('an annotation that every object inherits is not thereby given', async () => {
  const run = await open();
  await shop.http.refused('material-annotation', pathOf(run, '/materials/named'), put('text'));
});

test('a name of a file that would write on the terminal of who reads it', async () => {
  const run = await open();
  const path = pathOf(run, `/materials/package?filename=${encodeURIComponent('a\u001b[2Jb')}`);
  await shop.http.refused('request-invalid', path, put('bytes'));
});

test('malformed pushes are counted like all others', async () => {
  const run = await open();
  const envelope = '{"payload":"e30=","payload":"e30=","payloadType":"x","signatures":[{"sig":"AA=="}]}';
  const sending = { method: 'POST', token, body: envelope };
  await shop.http.refused('json-duplicate-key', pathOf(run, '/attestation'), sending);
  const { status } = await shop.run(run.run);
  assert.is(status?.refusals?.count, 1);
  assert.is(status?.refusals?.last?.code, 'json-duplicate-key');
});

test('another author for a commit than the one that made it', async () => {
  const repository = createRepository();
  try {
    repository.git('commit', '--quiet', '--allow-empty', '-m', 'first');
    const { sha = '', object = '' } = (await readGitHead(repository.directory, repository.env)) ?? {};
    const run = await open({ commit: { sha, object, author: 'Eve', authorEmail: 'eve@example.com' } });
    const { commit } = (await shop.run(run.run)).spec;
    assert.equal([commit?.author, commit?.proven, commit?.signature], ['Ä. Person', true, undefined]);
    const forged = Buffer.from(Buffer.from(object, 'base64').toString().replace('Ä. Person', 'Eve')).toString('base64');
    const opening = (changed: object) => ({ method: 'POST', token, body: { workflow: 'build', commit: changed } });
    await shop.http.refused('digest-mismatch', '/v1/runs', opening({ sha, object: forged }));
    await shop.http.refused('request-invalid', '/v1/runs', opening({ sha, proven: true }));
    await shop.http.refused('request-invalid', '/v1/runs', opening({ sha, signature: { format: 'PGP' } }));
    await shop.http.refused('request-invalid', '/v1/runs', opening({ sha, object: 'A'.repeat(90_000) }));
    const statement = await shop.http.call(pathOf(run, '/statement'), { token });
    const { subject } = statement.json<{ subject: { name: string; annotations: Record<string, unknown> }[] }>();
    const { annotations } = subject.find(({ name }) => name === 'git.head') ?? {};
    assert.equal([annotations?.['author.name'], annotations?.proven], ['Ä. Person', true]);
  } finally {
    repository.remove();
  }
});

test('credentials in addresses are not recorded', async () => {
  const remotes = [
    { name: 'origin', url: 'https://robot:hunter2@git.example.com/shop.git' },
    { name: 'ssh', url: 'git@git.example.com:shop.git' },
  ];
  const run = await open({
    commit: { sha: 'c'.repeat(40), remotes },
    runner: { url: 'https://robot:hunter2@ci.example.com/7' },
  });
  const { spec } = await shop.run(run.run);
  assert.not.match(JSON.stringify(spec), /hunter2/);
  assert.is(spec.commit?.remotes?.[0]?.url, 'https://git.example.com/shop.git');
  assert.is(spec.commit?.remotes?.[1]?.url, 'git@git.example.com:shop.git');
  assert.is(spec.runner.url, 'https://ci.example.com/7');
});

/** An upload that is held half way, and its answer. */
function startUpload(path: string, size: number): { readonly sent: ClientRequest; readonly code: Promise<string> } {
  const headers = { authorization: `Bearer ${token}`, 'content-length': String(size) };
  const sent = request(new URL(path, shop.stack.endpoint), { method: 'PUT', ca, headers });
  const code = new Promise<string>((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const { code: found = 'accepted' } = JSON.parse(Buffer.concat(chunks).toString()) as { code?: string };
        resolve(found);
      });
    });
  });
  return { sent, code };
}

test('a material that arrives after the run was ended is not taken, nor kept', async () => {
  const run = await open();
  const before = (await shop.stored()).blobs;
  const { sent, code } = startUpload(pathOf(run, '/materials/package'), 20);
  sent.write('first half');
  await eventually('the upload to begin', async () => (await shop.stored()).staging.length === 1);
  const cancel = { method: 'POST', token, body: { trigger: 'cancellation' } };
  assert.is((await shop.http.call(pathOf(run, '/cancel'), cancel)).status, 200);
  await eventually('the receiver to see the end', async () => {
    const answer = await shop.http.call('/v1/namespaces/shop/runs?workflow=build&limit=500', { token });
    return answer.json<RunListMessage>().items.some((item) => item.run === run.run && item.reason === 'Cancelled');
  });
  sent.end('other half');
  assert.is(await code, 'run-finished');
  assert.equal((await shop.run(run.run)).status?.materials ?? [], []);
  assert.equal((await shop.stored()).blobs, before);
  assert.equal((await shop.stored()).staging, []);
});

test('a material whose run was removed meanwhile', async () => {
  const run = await open();
  const { sent, code } = startUpload(pathOf(run, '/materials/package'), 20);
  sent.write('first half');
  await eventually('the upload to begin', async () => (await shop.stored()).staging.length === 1);
  await shop.kubectl(`delete workflowrun -n shop ${run.run}`);
  sent.end('other half');
  assert.is(await code, 'run-not-found');
});

test('a client that sends far over the limit still reads why it is refused', async () => {
  const run = await open();
  for (let round = 0; round < 5; round++) {
    const { sent, code } = startUpload(pathOf(run, '/materials/note'), 64 << 20);
    const chunk = Buffer.alloc(1 << 20, 'x');
    const pump = (left: number): void => {
      if (left > 0 && !sent.destroyed) sent.write(chunk, () => pump(left - 1));
    };
    pump(64);
    assert.is(await code, 'material-too-large');
  }
});

test('one identity can not fill the memory with documents that are read whole', async () => {
  const run = await open();
  const size = 50 << 20;
  const uploads = ['a', 'b', 'c'].map((name) => startUpload(pathOf(run, `/materials/${name}?type=SARIF`), size));
  for (const { sent } of uploads) sent.write(Buffer.alloc(size - 1, ' '));
  const first = await Promise.race(uploads.map(async ({ code }, index) => ({ index, code: await code })));
  assert.is(first.code, 'rate-limited');
  const others = uploads.filter((_, index) => index !== first.index);
  for (const { sent } of others) sent.end(' ');
  assert.equal(await Promise.all(others.map(({ code }) => code)), ['material-invalid', 'material-invalid']);
  // What they held is free again.
  const { sent, code } = startUpload(pathOf(run, '/materials/d?type=SARIF'), size);
  sent.end(Buffer.alloc(size, ' '));
  assert.is(await code, 'material-invalid');
});

test('damaged evidence is never handed out as whole', async () => {
  const run = await open();
  const bytes = Buffer.alloc(300_000, 'evidence ');
  const added = await shop.http.call(pathOf(run, '/materials/package'), put(bytes));
  assert.is(added.status, 200, added.body.toString());
  const hex = createHash('sha256').update(bytes).digest('hex');
  const fetch = () => shop.http.call(`/v1/evidence/sha256:${hex}`, { token });
  await eventually('the evidence to be seen', async () => (await fetch()).status === 200);
  const rotten = Buffer.from(bytes);
  rotten[7] = 0;
  await writeFile(join(shop.stack.controlPlane.dir, 'evidence/blobs/sha256', hex.slice(0, 2), hex), rotten);
  const outcome = await fetch().then(
    ({ status, body }) => `${status}, ${body.length} bytes`,
    () => 'broken off',
  );
  assert.is(outcome, 'broken off');
  // Handing the same bytes in again mends it.
  assert.is((await shop.http.call(pathOf(run, '/materials/package'), put(bytes))).status, 200);
  assert.equal((await fetch()).body, bytes);
});

/** What the server says to bytes that no HTTP client would send. */
async function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(shop.stack.endpoint);
  const socket: TLSSocket = connect({ host: hostname, port: Number(port), ca });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise<void>((resolve) => {
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.on('secureConnect', () => socket.write(bytes));
  });
  return Buffer.concat(chunks).toString();
}

test('what is no HTTP is refused with a problem document too', async () => {
  const garbage = await raw('NOT HTTP AT ALL\r\n\r\n');
  assert.match(garbage, /^HTTP\/1\.1 400 /);
  assert.match(garbage, /application\/problem\+json[\s\S]*"code":"request-invalid"/);
  const long = await raw(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(64 << 10)}\r\n\r\n`);
  assert.match(long, /^HTTP\/1\.1 431 /);
  const smuggled = await raw(
    'POST /v1/runs HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  );
  assert.match(smuggled, /^HTTP\/1\.1 400 /);
});

test('a refusal for want of a token says how to authenticate', async () => {
  const answer = await shop.http.call('/v1/runs', { method: 'POST', body: {} });
  assert.is(answer.headers['www-authenticate'], 'Bearer');
});

test('a receiver that is told to end answers what it has begun, takes nothing new, and ends well', async () => {
  const run = await open();
  const { sent, code } = startUpload(pathOf(run, '/materials/package'), 20);
  sent.write('first half');
  await eventually('the upload to begin', async () => (await shop.stored()).staging.length === 1);
  const exitCode = shop.stack.terminate('receiver');
  await eventually('the receiver to take no more', () =>
    shop.http.call('/openapi.json').then(
      ({ status }) => status === 503,
      () => true,
    ),
  );
  sent.end('other half');
  assert.is(await code, 'accepted');
  assert.is(await exitCode, 0);
  assert.equal(
    (await shop.run(run.run)).status?.materials?.map(({ name }) => name),
    ['package'],
  );
});

test('a revision that was deleted and put there again with other terms is refused', async () => {
  const { client } = connectToCluster(shop.stack.controlPlane.adminKubeconfig);
  // A namespace without the contract, so that the operator doesn't mend it meanwhile.
  await shop.kubectl('create namespace forged');
  const reading = effectiveContract('release', { materials: [{ name: 'sbom', type: 'SARIF' }] }, []);
  if (!reading.ok) throw new Error(reading.message);
  const genuine = reading.contract;
  const pinned = { name: 'release', revision: 1, revisionName: 'release-1', digest: canonicalDigest(genuine) };
  const put = async (data: object | undefined) => {
    await client.remove(KIND.ControllerRevision, { namespace: 'forged', name: 'release-1' });
    const metadata = { namespace: 'forged', name: 'release-1' };
    const object = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata, revision: 1, data };
    await client.create(KIND.ControllerRevision, object);
  };
  const read = () =>
    createContracts(client)
      .get('forged', pinned)
      .then(
        () => 'taken',
        (error: Problem) => error.code,
      );
  await put(genuine);
  assert.is(await read(), 'taken');
  const [material] = genuine.materials;
  const forgeries = [
    { ...genuine, enforcement: 'Audit' },
    { ...genuine, materials: [] },
    { ...genuine, materials: [{ ...material, optional: true }] },
    { ...genuine, signers: [{ kind: 'key', publicKey: 'mine', fingerprint: 'x' }] },
    {},
  ];
  for (const forgery of forgeries) {
    await put(forgery);
    assert.is(await read(), 'contract-altered', JSON.stringify(forgery));
  }
});

test.run();
