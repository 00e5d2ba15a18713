import type { CertificateAuthority } from '@sigstore/protobuf-specs';
import { KIND } from '../api/kinds.ts';
import { type Secret, secretText } from '../api/secret.ts';
import { SIGNING_CA_SECRET, TRUSTED_ROOT } from '../api/trust-objects.ts';
import type { KeyPairPem } from '../pki/authority.ts';
import { readPublished, trustedRootJson } from '../pki/published.ts';
import { type CertificateOptions, pairOf, writeSecret } from './key-pair.ts';
import { isOurs } from './ours.ts';
import { recoverPublished } from './trust-publication.ts';

/** The Secret that nobody but the operator can read. */
const SIGNING_ROOT = 'proviso-signing-root';
const PUBLISHED_AT = 'proviso.dev/published-at';

/** What the operator keeps of its authorities. */
export interface SigningRoot {
  /** Absent until it is made, and where an authority was given. */
  readonly root?: KeyPairPem;
  /** The intermediate that follows, signed by the root and published, but not used yet. */
  readonly next?: KeyPairPem;
  /** Since when `next` is published. */
  readonly publishedAt?: Date;
  /** Every authority that signatures may still be checked against, the oldest first. */
  readonly authorities: readonly CertificateAuthority[];
}

export interface StoredSigningRoot extends SigningRoot {
  readonly secret?: Secret;
}

/** Reads it; if it was lost, with what is published. Throws when somebody else has made the Secret. */
export async function readSigningRoot(options: CertificateOptions): Promise<StoredSigningRoot> {
  const { client, namespace } = options;
  const secret = await client.find<Secret>(KIND.Secret, { namespace, name: SIGNING_ROOT });
  if (secret === undefined) return { authorities: await recoverPublished(options) };
  if (!isOurs(secret)) {
    const instead = `an authority of your own belongs into the Secret ${SIGNING_CA_SECRET} (tls.crt, tls.key, ca.crt)`;
    throw new Error(`the Secret ${SIGNING_ROOT} was not made by Proviso; delete it: ${instead}`);
  }
  const authorities = readPublished(secretText(secret, TRUSTED_ROOT)) ?? (await recoverPublished(options));
  const root = pairOf(secret);
  const next = pairOf(secret, 'next');
  const publishedAt = new Date(secret.metadata.annotations?.[PUBLISHED_AT] ?? '');
  return {
    secret,
    authorities,
    ...(root === undefined ? {} : { root }),
    ...(next === undefined ? {} : { next }),
    ...(Number.isNaN(publishedAt.getTime()) ? {} : { publishedAt }),
  };
}

/** Writes it as a whole, so that no key is used that isn't recorded. */
export function writeSigningRoot(
  options: CertificateOptions,
  { root, next, publishedAt, authorities }: SigningRoot,
  found?: Secret,
): Promise<boolean> {
  const texts = { ...texted('tls', root), ...texted('next', next), [TRUSTED_ROOT]: trustedRootJson(authorities) };
  const annotations = publishedAt === undefined ? {} : { [PUBLISHED_AT]: publishedAt.toISOString() };
  return writeSecret(options, SIGNING_ROOT, { type: 'Opaque', texts, annotations }, found);
}

const texted = (name: string, pair: KeyPairPem | undefined): Readonly<Record<string, string>> =>
  pair === undefined ? {} : { [`${name}.crt`]: pair.certificate, [`${name}.key`]: pair.privateKey };
