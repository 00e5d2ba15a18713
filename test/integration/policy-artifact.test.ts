// deadline: 300
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256Digest } from '../../src/evidence/digest.ts';
import type { Credential } from '../../src/oci/credential.ts';
import { openRepository, type Repository } from '../../src/oci/repository.ts';
import { Operated, stalled } from '../support/operated.ts';
import { messageOf, PolicyBench, SAYS, SCRIPTED } from '../support/policy-bench.ts';
import { freePort } from '../support/ports.ts';
import { type Distribution, startDistribution } from '../tools/distribution.ts';

const NAME = 'example/policies';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
/** With the password below. */
const HTPASSWD = 'proviso:$2a$04$oneuh7muWNfHWqzkL2L7Ie2Ab2m8WcTgWEJFkG6ry.WXtZKrkepae\n';
const PASSWORD = 'of the tests';
const NO_LOGIN = /asks for a name and a password, and there is none$/;
const NOWHERE = `sha256:${'0'.repeat(64)}`;

let operated: Operated;
let bench: PolicyBench;
let registry: Distribution;
let repository: Repository;
const test = suite('policy from a registry');

test.before(async () => {
  operated = await Operated.start({ engines: SCRIPTED });
  bench = new PolicyBench(operated);
  registry = await startDistribution();
  repository = openRepository({ host: registry.host, name: NAME });
});
test.after(async () => {
  repository?.close();
  await registry?.stop();
  await operated?.stop();
});
test.after.each(async () => {
  await operated.assertInvariants();
  await operated.kubectl('delete clusterpolicies,policies.proviso.dev --all -n shop');
});

/** Pushes an artifact with these layers; the digest of its manifest. */
async function push(layers: readonly (string | Buffer)[], to: Repository = repository): Promise<string> {
  const blob = async (content: string | Buffer, mediaType: string) => {
    const body = Buffer.from(content);
    const descriptor = { mediaType, digest: sha256Digest(body), size: body.length };
    await to.pushBlob({ ...descriptor, body });
    return descriptor;
  };
  const config = await blob('{}', 'application/vnd.oci.empty.v1+json');
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: 'text/plain',
    config,
    layers: await Promise.all(layers.map((each) => blob(each, 'text/plain'))),
  };
  return to.pushManifest({ mediaType: MANIFEST, bytes: Buffer.from(JSON.stringify(manifest)) });
}

const refer = (digest: string, host = registry.host) => ({
  source: { oci: { reference: `${host}/${NAME}@${digest}` } },
});

test('the one layer of an artifact is the source', async () => {
  await bench.applyCluster('pushed', refer(await push(['a rule from afar'])));
  const policy = await bench.untilCluster('pushed', 'Ready');
  assert.is(policy.status?.sourceDigest, sha256Digest('a rule from afar'));
  assert.is(messageOf(policy), 'spec.source.oci can be evaluated');
  await bench.applyCluster('pushed', refer(await push([`${SAYS.findings}[{"line":2,"column":1,"message":"no"}]`])));
  assert.is(messageOf(await bench.untilCluster('pushed', 'SourceInvalid')), 'spec.source.oci: line 2, column 1: no');
});

test('what is not there, and what is no source', async () => {
  await bench.applyCluster('nowhere', refer(NOWHERE));
  const nowhere = await bench.untilCluster('nowhere', 'SourceNotFound');
  assert.match(
    messageOf(nowhere),
    /^spec\.source\.oci: the registry has no 127\.0\.0\.1:\d+\/example\/policies@sha256:0+/,
  );
  assert.is(stalled(nowhere)?.status, 'True');
  for (const [name, digest, says] of [
    ['empty', await push([]), /has 0 layers; push it with the source as the only one$/],
    ['two', await push(['a', 'b']), /has 2 layers/],
    ['large', await push([Buffer.alloc((1 << 20) + 1, 'x')]), /has 1048577 bytes, and 1048576 are the most/],
    ['binary', await push([Buffer.from([0xff, 0xfe, 0x00])]), /is no UTF-8 text$/],
  ] as const) {
    await bench.applyCluster(name, refer(digest));
    const policy = await bench.untilCluster(name, 'SourceInvalid');
    assert.match(messageOf(policy), says);
    assert.is(stalled(policy)?.status, 'True');
    assert.is(policy.status?.sourceDigest, undefined);
  }
  await bench.applyCluster('most', refer(await push([Buffer.alloc(1 << 20, 'x')])));
  await bench.untilCluster('most', 'Ready');
});

test('attack: a registry that gives other bytes than those of the digest', async () => {
  const good = 'a rule that somebody exchanges';
  const digest = await push([good]);
  const layer = registry.pathOf(sha256Digest(good));
  await writeFile(layer, good.replace('a rule', 'b rule'));
  await bench.applyCluster('exchanged', refer(digest));
  const layerSaid = await bench.untilCluster('exchanged', 'FetchFailed');
  assert.match(messageOf(layerSaid), /can't be fetched: .*sha256:/);
  assert.is(layerSaid.status?.sourceDigest, undefined);
  await writeFile(layer, good);
  // Asked again by itself.
  await bench.untilCluster('exchanged', 'Ready', 60);

  const other = await push(['another rule']);
  await writeFile(registry.pathOf(other), await readFile(registry.pathOf(digest)));
  await bench.applyCluster('manifest', refer(other));
  const manifest = await bench.untilCluster('manifest', 'FetchFailed');
  assert.is(manifest.status?.sourceDigest, undefined);
});

test("a registry that does not answer is asked again, and is nobody's mistake", async () => {
  await bench.applyCluster('away', refer(NOWHERE, `127.0.0.1:${await freePort()}`));
  const away = await bench.untilCluster('away', 'FetchFailed');
  assert.is(stalled(away), undefined);
  assert.match(messageOf(away), /ECONNREFUSED/);
  const silent = createServer(() => {});
  const port = await freePort();
  await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
  try {
    await bench.applyCluster('silent', refer(NOWHERE, `127.0.0.1:${port}`));
    const policy = await bench.untilCluster('silent', 'FetchFailed', 40);
    assert.is(stalled(policy), undefined);
    assert.match(messageOf(policy), /can't be fetched: no answer within 20 s$/);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

test('an artifact that is not public is read with the login of the Secret', async () => {
  const guarded = await startDistribution({ htpasswd: HTPASSWD });
  const login: Credential = { kind: 'password', username: 'proviso', password: PASSWORD };
  const own = openRepository({ host: guarded.host, name: NAME, credentials: () => Promise.resolve(login) });
  const secret = async (auths: object) => {
    const data = { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') };
    const metadata = { name: 'proviso-policy-registry', namespace: 'proviso-system' };
    const type = 'kubernetes.io/dockerconfigjson';
    await operated.kubectl('apply -f -', JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata, type, data }));
  };
  const looked = async (says: RegExp): Promise<void> => {
    await operated.kubectl(`annotate clusterpolicy guarded --overwrite looked=${Math.random()}`);
    await operated.untilMessage('clusterpolicy', 'guarded', says);
  };
  try {
    await bench.applyCluster('guarded', refer(await push(['a rule for few'], own), guarded.host));
    assert.match(messageOf(await bench.untilCluster('guarded', 'FetchFailed')), NO_LOGIN);
    await secret({ [guarded.host]: { auth: 'bm9jb2xvbi1zM2NyZXQ=' } });
    await looked(/the Secret proviso-policy-registry in the namespace proviso-system has no good \.dockerconfigjson$/);
    await secret({ [guarded.host]: { username: 'proviso', password: PASSWORD } });
    await looked(/^spec\.source\.oci can be evaluated$/);
    const { status } = await bench.untilCluster('guarded', 'Ready');
    assert.is(status?.sourceDigest, sha256Digest('a rule for few'));
    // That of another registry is nothing to this one.
    await secret({ 'registry.example': { username: 'proviso', password: PASSWORD } });
    await looked(NO_LOGIN);
  } finally {
    own.close();
    await guarded.stop();
  }
});

test('attack: a tenant can not have the operator talk to its own machine', async () => {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.writeHead(404).end();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  try {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      await bench.apply('inwards', refer(NOWHERE, host));
      const policy = await bench.until('inwards', 'InvalidSpec');
      assert.match(messageOf(policy), /can't be '.*', the machine that the operator runs on$/);
    }
    await bench.apply('inwards', refer(NOWHERE, '127.0.0.1:99999'));
    await operated.untilMessage('policies.proviso.dev', 'inwards', /'127\.0\.0\.1:99999' is no host of a registry$/);
    assert.equal(asked, []);
  } finally {
    server.close();
  }
});

test.run();
