import { X509Certificate } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { type TransparencyLogEntry, TrustedRoot } from '@sigstore/protobuf-specs';
import { type SignedEntity, toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { signWithCertificate } from '../../src/cli/signer/sign.ts';
import { DAY_MS } from '../../src/pki/authority.ts';
import type { AuthorityChain } from '../../src/pki/chain.ts';
import {
  issuingCertificate,
  publishedAuthority,
  readPublished,
  trustedRootJson,
  withAuthority,
  withoutForgotten,
} from '../../src/pki/published.ts';
import { readTrustedRoot } from '../../src/verify/trusted-root.ts';
import { createAuthorities, issueLeaf } from '../support/authorities.ts';
import { some } from '../support/some.ts';

const test = suite('published authorities');
const now = new Date();
const URI = 'https://receiver.example';
const ours = await createAuthorities(now);
const later = await createAuthorities(now, ours.root);
const authority = publishedAuthority(ours.chain, URI);

test('the document is a Sigstore trusted root, one entry per intermediate with its root', () => {
  const json = trustedRootJson([authority, publishedAuthority(later.chain, URI)]);
  const document = JSON.parse(json) as Record<string, unknown>;
  assert.is(document.mediaType, 'application/vnd.dev.sigstore.trustedroot+json;version=0.1');
  const reading = readTrustedRoot(json);
  assert.ok(reading.ok);
  const [first] = reading.root.certificateAuthorities;
  assert.is(reading.root.certificateAuthorities.length, 2);
  assert.equal([first?.uri, first?.subject], [URI, { organization: 'Proviso', commonName: 'Intermediate' }]);
  const chain = first?.certChain?.certificates.map(({ rawBytes }) => new X509Certificate(rawBytes).toString());
  assert.equal(chain, ours.chain.map(String));
  assert.equal(first?.validFor?.end, ours.chain[0].validToDate);
  assert.equal(first?.validFor?.start, ours.chain[0].validFromDate);
  assert.is(trustedRootJson(some(readPublished(json))), json);
  assert.is(issuingCertificate(some(first)).toString(), ours.chain[0].toString());
});

test('what is there already is not added, and nonsense is no document', () => {
  const list = withAuthority([], authority);
  assert.is(withAuthority(list, publishedAuthority(ours.chain, 'https://elsewhere')), list);
  assert.is(withAuthority(list, publishedAuthority(later.chain, URI)).length, 2);
  for (const json of [undefined, '', '{}', 'x', '{"mediaType":"application/json"}']) {
    assert.is(readPublished(json), undefined);
  }
});

test('ended ones stay for ten years, and where all are too many the oldest of them go', async () => {
  const at = (days: number): Date => new Date(now.getTime() + days * DAY_MS);
  assert.equal(withoutForgotten([authority], at(90 + 3649)), [authority]);
  assert.equal(withoutForgotten([authority], at(90 + 3651)), []);
  const end = (days: number) => ({ ...authority, validFor: { start: now, end: at(days) } });
  const sixty = Array.from({ length: 61 }, (_, index) => end(-60 * index));
  assert.is(withoutForgotten(sixty, at(1)).length, 61);
  assert.ok(trustedRootJson(sixty).length < 150_000);
  const many = Array.from({ length: 300 }, (_, index) => end(index < 2 ? 30 : -index));
  const kept = withoutForgotten(many, now);
  assert.ok(trustedRootJson(kept).length <= 200_000 && kept.length > 60);
  assert.equal(kept, many.slice(0, kept.length));
});

/**
 * What Sigstore's own library says at a time. It asks for one that is vouched for, which there is none of without a log or a
 * timestamp authority, so this one is given to it.
 */
async function library(published: readonly AuthorityChain[], at = now): Promise<string> {
  const { key, leaf } = await issueLeaf(ours.intermediate, now);
  const bundle = bundleFromJSON(JSON.parse(Buffer.from(signWithCertificate(key, leaf, Buffer.from('{}'))).toString()));
  const json = trustedRootJson(published.map((chain) => publishedAuthority(chain, URI)));
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(json)));
  const integratedTime = String(Math.floor(at.getTime() / 1000));
  const vouched = { logId: { keyId: Buffer.of() }, inclusionPromise: {}, integratedTime } as TransparencyLogEntry;
  const entity = {
    ...toSignedEntity(bundle),
    timestamps: [{ $case: 'transparency-log', tlogEntry: vouched }],
  } as SignedEntity;
  try {
    const verifier = new Verifier(material, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 1 });
    return verifier.verify(entity).identity?.subjectAlternativeName ?? 'nobody';
  } catch (error) {
    return String(error);
  }
}

test('@sigstore/verify takes what the CLI signs over the published chain, whatever else is published', async () => {
  const identity = 'https://kubernetes.io/namespaces/shop/serviceaccounts/build';
  assert.is(await library([ours.chain]), identity);
  assert.is(await library([later.chain, ours.chain]), identity);
});

test("attack: @sigstore/verify refuses another root's, another intermediate's, and the time after", async () => {
  const stranger = await createAuthorities(now);
  const broken = /Failed to verify certificate chain/;
  assert.match(await library([stranger.chain, later.chain]), broken);
  assert.match(await library([[ours.chain[0], ...stranger.chain.slice(1)]]), broken);
  assert.match(await library([[stranger.chain[0], ...ours.chain.slice(1)]]), broken);
  assert.match(await library([ours.chain], new Date(now.getTime() + 11 * 60_000)), broken);
});

test.run();
