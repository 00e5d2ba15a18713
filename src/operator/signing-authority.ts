import { X509Certificate } from 'node:crypto';
import type { CertificateAuthority } from '@sigstore/protobuf-specs';
import { KIND } from '../api/kinds.ts';
import { type Secret, secretText } from '../api/secret.ts';
import { SIGNING_CA_SECRET } from '../api/trust-objects.ts';
import {
  certificateValidity,
  createCertificateAuthority,
  issueIntermediate,
  type KeyPairPem,
} from '../pki/authority.ts';
import { type AuthorityChain, readChain } from '../pki/chain.ts';
import { isSameAuthority, publishedAuthority, withAuthority, withoutForgotten } from '../pki/published.ts';
import { type CertificateOptions, isPair, isUseless, pairOf, writeSecret } from './key-pair.ts';
import { isOurs } from './ours.ts';
import { readSigningRoot, type StoredSigningRoot, writeSigningRoot } from './signing-root.ts';
import { publishTrust } from './trust-publication.ts';

const ROOT_DAYS = 3650;
const INTERMEDIATE_DAYS = 90;
/** So long an intermediate is published before the first certificate is issued by it. */
const PUBLISHED_FIRST_MS = 3600_000;

/**
 * Makes sure of the authority that signing certificates are issued by, and publishes it. Ours is an intermediate under a root
 * whose key the receiver can't read; it is replaced in good time, and its successor is published before it is used.
 */
export async function ensureSigning(options: CertificateOptions, servingCa: string): Promise<void> {
  const { client, namespace } = options;
  const secret = await client.find<Secret>(KIND.Secret, { namespace, name: SIGNING_CA_SECRET });
  const stored = await readSigningRoot(options);
  if (secret !== undefined && !isOurs(secret)) return publishGiven(options, servingCa, secret, stored);
  await rotate(options, servingCa, secret, stored);
}

/** One that somebody has made is used as it is, and published. Throws when it can't issue what is accepted. */
async function publishGiven(
  options: CertificateOptions,
  servingCa: string,
  secret: Secret,
  stored: StoredSigningRoot,
): Promise<void> {
  const pair = pairOf(secret);
  if (pair === undefined || !isPair(pair.certificate, pair.privateKey)) {
    throw new Error(`the given Secret ${SIGNING_CA_SECRET} has no tls.crt with its tls.key`);
  }
  const reading = readChain(pair.certificate, secretText(secret, 'ca.crt'));
  if (!reading.ok) throw new Error(`the given Secret ${SIGNING_CA_SECRET}: ${reading.message}`);
  const authorities = recorded(options, stored.authorities, reading.chain);
  await writeSigningRoot(options, { ...stored, authorities }, stored.secret);
  await publishTrust(options, servingCa, authorities);
}

/** The pair in use, if it is one that was recorded when it was made: nobody brings in another by writing our Secret. */
function knownPair(secret: Secret | undefined, authorities: readonly CertificateAuthority[]): KeyPairPem | undefined {
  const pair = secret === undefined ? undefined : pairOf(secret);
  if (pair === undefined || !isPair(pair.certificate, pair.privateKey)) return undefined;
  const reading = readChain(pair.certificate, secretText(secret, 'ca.crt'));
  if (!reading.ok) return undefined;
  const own = publishedAuthority(reading.chain, '');
  return authorities.some((each) => isSameAuthority(each, own)) ? pair : undefined;
}

async function rotate(
  options: CertificateOptions,
  servingCa: string,
  secret: Secret | undefined,
  stored: StoredSigningRoot,
): Promise<void> {
  const now = options.now();
  const current = knownPair(secret, stored.authorities);
  const root = isGood(stored.root, now) ? stored.root : await makeRoot(options);
  if (isGood(current, now) && isSignedBy(current, root)) {
    const authorities = withoutForgotten(stored.authorities, now);
    await writeSigningRoot(options, { root, authorities }, stored.secret);
    return publishTrust(options, servingCa, authorities);
  }
  const waiting = isGood(stored.next, now) && isSignedBy(stored.next, root) ? stored.next : undefined;
  const next = waiting ?? (await makeIntermediate(options, root));
  const since = waiting === undefined ? undefined : stored.publishedAt;
  const authorities = recorded(options, stored.authorities, chainOf(next, root));
  const kept = { root, next, authorities };
  await writeSigningRoot(options, since === undefined ? kept : { ...kept, publishedAt: since }, stored.secret);
  await publishTrust(options, servingCa, authorities);
  const publishedAt = since ?? now;
  // Where nothing else can sign, nobody is helped by waiting.
  const canWait = current !== undefined && isValidAt(current, now);
  if (canWait && now.getTime() - publishedAt.getTime() < PUBLISHED_FIRST_MS) {
    if (since === undefined) await writeSigningRoot(options, { ...kept, publishedAt });
    return;
  }
  const texts = { 'tls.crt': next.certificate, 'tls.key': next.privateKey, 'ca.crt': root.certificate };
  await writeSecret(options, SIGNING_CA_SECRET, { type: 'kubernetes.io/tls', texts }, secret);
  const { notAfter } = certificateValidity(next.certificate);
  options.log.info({ secret: SIGNING_CA_SECRET, notAfter }, 'Signing authority in use');
  await writeSigningRoot(options, { root, authorities });
}

const recorded = (
  { endpoint, now }: CertificateOptions,
  authorities: readonly CertificateAuthority[],
  chain: AuthorityChain,
): readonly CertificateAuthority[] =>
  withoutForgotten(withAuthority(authorities, publishedAuthority(chain, endpoint)), now());

function makeRoot({ now, log }: CertificateOptions): Promise<KeyPairPem> {
  log.info({ days: ROOT_DAYS }, 'New root for signing');
  return createCertificateAuthority({
    commonName: 'Proviso signing root',
    now: now(),
    days: ROOT_DAYS,
    pathLength: 1,
  });
}

const makeIntermediate = ({ now }: CertificateOptions, root: KeyPairPem): Promise<KeyPairPem> =>
  issueIntermediate(root, { commonName: 'Proviso signing', now: now(), days: INTERMEDIATE_DAYS });

function chainOf(next: KeyPairPem, root: KeyPairPem): AuthorityChain {
  return [new X509Certificate(next.certificate), new X509Certificate(root.certificate)];
}

/** Whether it may go on being used: a pair that is valid now, with enough of its time left. */
const isGood = (pair: KeyPairPem | undefined, now: Date): pair is KeyPairPem =>
  pair !== undefined && !isUseless(pair, now) && isValidAt(pair, now);

function isValidAt({ certificate }: KeyPairPem, now: Date): boolean {
  const { notBefore, notAfter } = certificateValidity(certificate);
  return notBefore <= now && now < notAfter;
}

const isSignedBy = ({ certificate }: KeyPairPem, root: KeyPairPem): boolean =>
  new X509Certificate(certificate).verify(new X509Certificate(root.certificate).publicKey);
