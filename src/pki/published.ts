import { X509Certificate } from 'node:crypto';
import { type CertificateAuthority, TrustedRoot } from '@sigstore/protobuf-specs';
import { TRUSTED_ROOT_MEDIA_TYPE } from '../verify/root-document.ts';
import { readTrustedRoot } from '../verify/trusted-root.ts';
import { DAY_MS } from './authority.ts';
import type { AuthorityChain } from './chain.ts';
import { x509 } from './crypto.ts';

/** What was signed is looked at for that long after its authority's end; with an intermediate in 60 days about 60 of them. */
const KEPT_MS = 3650 * DAY_MS;
/** A TrustRoot takes 262,144, and a ConfigMap holds the certificates once more. */
const MAX_CHARACTERS = 200_000;

/**
 * An authority as Sigstore's trusted roots have it: valid as long as every certificate of its chain. Verifiers don't take
 * intermediates from bundles, so each has an entry of its own, with its root.
 */
export function publishedAuthority(chain: AuthorityChain, uri: string): CertificateAuthority {
  const [issuing] = chain;
  const { subjectName } = new x509.X509Certificate(issuing.raw);
  const first = (field: string): string => subjectName.getField(field)[0] ?? '';
  const starts = chain.map(({ validFromDate }) => validFromDate.getTime());
  const ends = chain.map(({ validToDate }) => validToDate.getTime());
  return {
    subject: { organization: first('O'), commonName: first('CN') },
    uri,
    certChain: { certificates: chain.map(({ raw }) => ({ rawBytes: raw })) },
    validFor: { start: new Date(Math.max(...starts)), end: new Date(Math.min(...ends)) },
    operator: '',
  };
}

/** The certificate that issues leaves. */
export function issuingCertificate({ certChain }: CertificateAuthority): X509Certificate {
  const [first] = certChain?.certificates ?? [];
  return new X509Certificate(first?.rawBytes ?? Buffer.of());
}

export const isSameAuthority = (a: CertificateAuthority, b: CertificateAuthority): boolean =>
  chainText(a) === chainText(b);

const chainText = ({ certChain }: CertificateAuthority): string =>
  (certChain?.certificates ?? []).map(({ rawBytes }) => rawBytes.toString('base64')).join();

/** With one more at the end, unless it is among them. */
export const withAuthority = (
  authorities: readonly CertificateAuthority[],
  one: CertificateAuthority,
): readonly CertificateAuthority[] =>
  authorities.some((each) => isSameAuthority(each, one)) ? authorities : [...authorities, one];

/** Without those that ended too long ago, and without the oldest of the ended ones where all are too many. */
export function withoutForgotten(
  authorities: readonly CertificateAuthority[],
  now: Date,
): readonly CertificateAuthority[] {
  const end = ({ validFor }: CertificateAuthority): number => validFor?.end?.getTime() ?? 0;
  let kept = authorities.filter((each) => end(each) + KEPT_MS > now.getTime());
  while (trustedRootJson(kept).length > MAX_CHARACTERS) {
    const [oldest] = kept.filter((each) => end(each) < now.getTime()).toSorted((a, b) => end(a) - end(b));
    if (oldest === undefined) break;
    kept = kept.filter((each) => each !== oldest);
  }
  return kept;
}

/** `trusted_root.json` with these authorities, neither logs nor timestamp authorities. The same ones give the same bytes. */
export const trustedRootJson = (authorities: readonly CertificateAuthority[]): string =>
  JSON.stringify(
    TrustedRoot.toJSON({
      mediaType: TRUSTED_ROOT_MEDIA_TYPE,
      tlogs: [],
      certificateAuthorities: [...authorities],
      ctlogs: [],
      timestampAuthorities: [],
    }),
  );

/** The authorities of such a document; `undefined` when it is none. */
export function readPublished(json: string | undefined): readonly CertificateAuthority[] | undefined {
  const reading = json === undefined ? undefined : readTrustedRoot(json);
  return reading?.ok === true ? reading.root.certificateAuthorities : undefined;
}
