// deadline: 180
import { createHash, randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MaterialMessage, RunMessage } from '../../src/api/messages.ts';
import { digestsOf } from '../../src/api/run-evidence.ts';
import type { Digest } from '../../src/evidence/store.ts';
import { eventually } from '../support/eventually.ts';
import { manifest } from '../support/manifest.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';
import { type Distribution, startDistribution } from '../tools/distribution.ts';

const key = generateTestKey();
const MANIFESTS = [
  manifest('Contract', 'signed', {
    materials: [{ name: 'disk', type: 'ARTIFACT' }],
    signers: [{ key: { inline: key.publicPem } }],
  }),
  manifest('Workflow', 'build', { contractRef: { name: 'signed' }, evidenceStoreRef: { name: 'registry' } }),
].join('\n---\n');
/** The password is `of the tests`. */
const HTPASSWD = 'proviso:$2a$04$oneuh7muWNfHWqzkL2L7Ie2Ab2m8WcTgWEJFkG6ry.WXtZKrkepae\n';

let registry: Distribution;
let shop: Shop;
const test = suite('a receiver with its evidence in a registry');
test.before(async () => {
  registry = await startDistribution({ removes: false, htpasswd: HTPASSWD });
  shop = await openShop(MANIFESTS);
});
test.after(async () => {
  await shop?.stop();
  await registry?.stop();
});

test('a run whose material, attestation and statements are in a registry that removes nothing', async () => {
  const secret = ['create', 'secret', 'docker-registry', '-n', 'proviso-system', 'proviso-evidence-registry'];
  const login = [`--docker-server=${registry.host}`, '--docker-username=proviso', '--docker-password=of the tests'];
  const made = await shop.stack.controlPlane.kubectl([...secret, ...login]);
  assert.is(made.code, 0, made.stderr);
  const oci = { repository: `${registry.host}/proviso/evidence`, credentialsSecretRef: { name: secret.at(-1) } };
  await shop.kubectl('apply -f -', manifest('EvidenceStore', 'registry', { oci }));
  await shop.kubectl('wait --for=condition=Ready --timeout=30s evidencestore/registry');
  const line = await shop.kubectl('get evidencestore registry -o wide --no-headers');
  assert.match(line, /^registry +True +OCI .* written and read; the store does not remove what it has/);
  const probes = await registry.tags('proviso/evidence');

  const token = await shop.tokenOf('build');
  const opened = await shop.http.call('/v1/runs', { method: 'POST', token, body: { workflow: 'build' } });
  const run = opened.json<RunMessage>();
  const base = `/v1/namespaces/shop/runs/${run.run}`;
  const disk = randomBytes(20 << 20);
  const added = await shop.http.call(`${base}/materials/disk`, { method: 'PUT', token, body: disk });
  assert.is(added.status, 200, added.body.toString());
  assert.is(added.json<MaterialMessage>().material.storeName, 'registry');
  const statement = await shop.http.call(`${base}/statement`, { token });
  const body = signedBundle(statement.body, key);
  const pushed = await shop.http.call(`${base}/attestation`, { method: 'POST', token, body });
  assert.is(pushed.status, 200, pushed.body.toString());

  const kept = digestsOf(await shop.run(run.run)) as readonly Digest[];
  const tags = kept.map((digest) => `evidence-${digest.slice('sha256:'.length)}`);
  assert.equal(await registry.tags('proviso/evidence'), [...probes, ...tags].sort());
  await registry.collectGarbage();
  const digest = `sha256:${createHash('sha256').update(disk).digest('hex')}`;
  const back = await eventually('the material in the index of the watch', async () => {
    const answer = await shop.http.call(`/v1/evidence/${digest}`, { token });
    return answer.status === 200 ? answer : undefined;
  });
  assert.ok(disk.equals(back.body));
  const part = await shop.http.call(`/v1/evidence/${digest}`, { token, headers: { range: 'bytes=10000000-10000999' } });
  assert.is(part.status, 206);
  assert.ok(disk.subarray(10_000_000, 10_001_000).equals(part.body));
});

test.run();
