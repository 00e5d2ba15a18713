// deadline: 120
import { X509Certificate } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readTrustedRoot } from '../../src/verify/trusted-root.ts';
import type { Child } from '../controlplane/child.ts';
import { cosign } from './cosign.ts';
import { type Identity, type Sigstore, startSigstore } from './sigstore.ts';
import { startServer } from './site.ts';

const test = suite('private Sigstore');
let sigstore: Sigstore;
test.before(async () => {
  sigstore = await startSigstore();
});
test.after(() => sigstore.stop());

/** What Fulcio certifies for the identity. */
async function certificateOf(identity: Identity): Promise<X509Certificate> {
  const signer = { kind: 'token', token: await sigstore.token(identity) } as const;
  const { bundle } = await cosign('v3').attestBlob({ blob: 'a', predicate: {}, signer, sigstore });
  const { verificationMaterial } = JSON.parse(bundle) as {
    verificationMaterial: { certificate: { rawBytes: string } };
  };
  return new X509Certificate(Buffer.from(verificationMaterial.certificate.rawBytes, 'base64'));
}

test('the trusted root is one that verification reads, with two logs, a CT log, Fulcio and a timestamp authority', () => {
  const reading = readTrustedRoot(sigstore.trustedRoot);
  if (!reading.ok) throw new Error(reading.message);
  const { tlogs, ctlogs, certificateAuthorities, timestampAuthorities } = reading.root;
  const lengths = [tlogs, ctlogs, certificateAuthorities, timestampAuthorities].map(({ length }) => length);
  assert.equal(lengths, [2, 1, 1, 1]);
});

test("Sigstore's own library verifies what cosign signed with it: certificate, SCT, timestamp and either log", async () => {
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(sigstore.trustedRoot)));
  const verifier = new Verifier(material, { tlogThreshold: 1, ctlogThreshold: 1, timestampThreshold: 1 });
  for (const log of ['rekor-v1', 'rekor-v2'] as const) {
    const signer = { kind: 'token', token: await sigstore.token({ kind: 'github' }) } as const;
    const signing = { signer, sigstore, log, timestamp: true };
    const { bundle } = await cosign('v3').attestBlob({ blob: 'a', predicate: {}, ...signing });
    const { identity } = verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle))));
    assert.is(identity?.extensions?.issuer, sigstore.issuers.github);
  }
});

const SUBJECTS: readonly (readonly [Identity, string])[] = [
  [{ kind: 'email', email: 'dev@proviso.test' }, 'email:dev@proviso.test'],
  [
    { kind: 'github', claims: { repository: 'acme/cart', ref: 'refs/tags/v1' } },
    'URI:https://github.com/acme/cart/.github/workflows/release.yaml@refs/tags/v1',
  ],
  [
    { kind: 'kubernetes', namespace: 'shop', serviceAccount: 'build' },
    'URI:https://kubernetes.io/namespaces/shop/serviceaccounts/build',
  ],
  [{ kind: 'spiffe', id: 'spiffe://proviso.test/ns/shop' }, 'URI:spiffe://proviso.test/ns/shop'],
];

for (const [identity, subject] of SUBJECTS) {
  test(`Fulcio certifies an identity of kind ${identity.kind} for ten minutes, with its issuer`, async () => {
    const certificate = await certificateOf(identity);
    assert.is(certificate.subjectAltName, subject);
    assert.equal(certificate.keyUsage, ['1.3.6.1.5.5.7.3.3']);
    assert.is(certificate.validToDate.getTime() - certificate.validFromDate.getTime(), 600_000);
    assert.ok(certificate.raw.includes(sigstore.issuers[identity.kind]));
  });
}

test("a server that doesn't start tells why in its own words", async () => {
  const children = new Map<string, Child>();
  const server = await startServer({ dir: '', children }, 'fulcio', ['serve', '--ca', 'imagined']);
  const error = await server.untilReady('http://127.0.0.1:9').catch((failure: Error) => failure.message);
  assert.match(String(error), /fulcio ended with 1; its last lines:[\s\S]*--ca=imagined is not a valid selection/);
  assert.equal([...children.keys()], ['fulcio']);
});

test('a token that Fulcio does not accept gives nothing, and the error has the words of cosign and of the servers', async () => {
  const foreign = await startSigstore();
  try {
    const signer = { kind: 'token', token: await foreign.token({ kind: 'email', email: 'a@proviso.test' }) } as const;
    const error = await cosign('v3')
      .attestBlob({ blob: 'a', predicate: {}, signer, sigstore })
      .catch((failure: Error) => failure.message);
    assert.match(String(error), /cosign v3 attest-blob ended with 1:[\s\S]*The servers:[\s\S]*--- fulcio\n/);
  } finally {
    await foreign.stop();
  }
  assert.is(await fetch(foreign.urls.fulcio).catch(() => 'stopped'), 'stopped');
});

test.run();
