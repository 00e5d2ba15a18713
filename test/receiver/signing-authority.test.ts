import { generateKeyPairSync } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KIND, type ResourceKind } from '../../src/api/kinds.ts';
import { Problem } from '../../src/api/problem.ts';
import type { WorkflowRun } from '../../src/api/types.gen.ts';
import { signWithCertificate } from '../../src/cli/signer/sign.ts';
import type { EffectiveContract } from '../../src/contract/effective.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { createCertificateAuthority, DAY_MS, type KeyPairPem, openAuthority } from '../../src/pki/authority.ts';
import { publishedAuthority, trustedRootJson } from '../../src/pki/published.ts';
import { createSigningRequest } from '../../src/pki/request.ts';
import { issueServingCertificate } from '../../src/pki/serving.ts';
import { issueSigningCertificate } from '../../src/pki/signing.ts';
import { createSigningAuthority, type SigningAuthority } from '../../src/receiver/signing-authority.ts';
import { trustOf } from '../../src/receiver/trust.ts';
import { verifyAttestation } from '../../src/verify/attestation.ts';
import { readTrustedRoot } from '../../src/verify/trusted-root.ts';
import { base64, createAuthorities } from '../support/authorities.ts';
import { STATEMENT } from '../verify/fixtures.ts';

const test = suite('signing authority');
const now = new Date();
const fit = await createCertificateAuthority({ commonName: 'Given', now, days: 10 });
const ours = await createAuthorities(now);
const before = await createAuthorities(new Date(now.getTime() - 60 * DAY_MS), ours.root);

/** A cluster with this pair in the Secret, its root, and this published. */
function cluster({ certificate, privateKey }: KeyPairPem, root?: string, published?: string): SigningAuthority {
  const data = { 'tls.crt': base64(certificate), 'tls.key': base64(privateKey) };
  const secret = { data: root === undefined ? data : { ...data, 'ca.crt': base64(root) } };
  const map = published === undefined ? undefined : { data: { 'trusted_root.json': published } };
  const find = (kind: ResourceKind) => Promise.resolve(kind === KIND.Secret ? secret : map);
  return createSigningAuthority({ find } as unknown as KubeClient, 'proviso-system');
}

/** What the receiver makes of it. */
async function taken(authority: SigningAuthority): Promise<string> {
  try {
    await authority.get();
    return 'taken';
  } catch (error) {
    return error instanceof Problem ? `${error.code}: ${error.message}` : `threw ${error}`;
  }
}

test('an authority that may not issue what is accepted is told at once', async () => {
  assert.is(await taken(cluster(fit)), 'taken');
  assert.is(await taken(cluster(ours.intermediate, ours.root.certificate)), 'taken');
  const leaf = await issueServingCertificate(fit, { hosts: ['a'], now, days: 1 });
  assert.match(
    await taken(cluster(leaf, fit.certificate)),
    /^cluster-unavailable: .*proviso-signing-ca.*no authority \(CA:FALSE\)/,
  );
});

test("attack: an intermediate of somebody else's root, or of none", async () => {
  const stranger = await createAuthorities(now);
  for (const root of [stranger.root.certificate, undefined, ours.intermediate.certificate]) {
    assert.match(await taken(cluster(ours.intermediate, root)), /^cluster-unavailable: .*has signed it isn't there/);
  }
});

test('a key of another kind is told, and not what it is', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const wrong of [pem, 'nonsense']) {
    const found = await taken(cluster({ ...fit, privateKey: wrong }));
    assert.match(found, /^cluster-unavailable: .*tls\.key is not the P-256 key/);
    assert.not.match(found, /BEGIN|nonsense/);
  }
});

test('what is published is trusted, with the authority in use whether or not it is published yet', async () => {
  const root = ours.root.certificate;
  const all = trustedRootJson([before, ours].map(({ chain }) => publishedAuthority(chain, 'https://receiver')));
  const { trustedRoot, certificate } = await cluster(ours.intermediate, root, all).get();
  assert.is(certificate, ours.chain[0].toString());
  assert.is(trustedRoot.json, all);
  assert.equal(trustedRoot.thresholds, { logEntries: 0, timestamps: 0, ctEntries: 0 });
  const reading = readTrustedRoot(all);
  assert.ok(reading.ok && reading.digest === trustedRoot.digest);
  const old = trustedRootJson([publishedAuthority(before.chain, '')]);
  for (const [published, count] of [
    [old, 2],
    [undefined, 1],
  ] as const) {
    const found = readTrustedRoot((await cluster(ours.intermediate, root, published).get()).trustedRoot.json);
    assert.ok(found.ok && found.root.certificateAuthorities.length === count);
  }
});

test('a damaged publication is told and not taken for an empty one', async () => {
  for (const published of ['', '{}', 'nonsense']) {
    const found = await taken(cluster(ours.intermediate, ours.root.certificate, published));
    assert.match(found, /^cluster-unavailable: .*ConfigMap proviso-system\/proviso-trust/);
  }
});

test('a run is held to the authorities that were valid when its attestation was received', async () => {
  const earlier = await createAuthorities(new Date(now.getTime() - 60 * DAY_MS));
  const all = trustedRootJson([earlier, ours].map(({ chain }) => publishedAuthority(chain, '')));
  const signing = cluster(ours.intermediate, ours.root.certificate, all);
  const identity = { username: 'system:serviceaccount:shop:build', serviceAccount: 'build' };
  const run = { spec: { identity } } as unknown as WorkflowRun;
  const contract = { signers: [] as unknown } as EffectiveContract;
  const trust = await trustOf(
    { signing, trustRoots: { get: () => Promise.reject(new Error('not asked')) } },
    run,
    contract,
  );
  const subject = 'https://kubernetes.io/namespaces/shop/serviceaccounts/build';
  assert.equal(trust.signers, [{ kind: 'identity', root: 'proviso-cluster', subject: { exact: subject }, claims: [] }]);
  const assertSignedBy = async (authority: typeof ours, days: number): Promise<void> => {
    const at = new Date(now.getTime() + days * DAY_MS);
    const { key, csr } = await createSigningRequest();
    const issuer = await openAuthority(authority.intermediate);
    const leaf = await issueSigningCertificate(issuer, csr, {
      identity: subject,
      issuerUrl: 'https://x',
      now: at,
      minutes: 10,
    });
    const verdict = verifyAttestation(signWithCertificate(key, leaf, STATEMENT), trust, at);
    assert.ok(verdict.verified, JSON.stringify(verdict));
  };
  await assertSignedBy(earlier, -10);
  await assertSignedBy(earlier, 10);
  await assertSignedBy(ours, 10);
  await assertSignedBy(ours, 40);
});

test.run();
