import type { X509Certificate } from 'node:crypto';
import { signatureFault } from './certificate-signature.ts';
import { extensionFault, pathLengthOf } from './extensions.ts';
import { kindOf } from './keys.ts';

/** A certificate that may issue others, with what was found out about it once. */
export interface Issuer {
  readonly certificate: X509Certificate;
  /** Why it may not issue certificates for signing, in words. */
  readonly fault: string | undefined;
  /** How many authorities may stand between it and a leaf. */
  readonly pathLength: number | undefined;
}

export function issuerOf(certificate: X509Certificate): Issuer {
  const fault = extensionFault(certificate.raw, 'authority');
  return { certificate, fault, pathLength: fault === undefined ? pathLengthOf(certificate.raw) : undefined };
}

/** An authority of a trusted root: its certificates up to the anchor, the one that issues leaves first. */
export interface Authority {
  readonly issuers: readonly Issuer[];
  readonly validFrom: Date;
  readonly validUntil: Date;
}

/** A way from a leaf to an anchor in which every signature holds; whether it held at some time is another question. */
export interface Path {
  /** Who issued the leaf. */
  readonly issuer: X509Certificate;
  readonly isValidAt: (time: Date) => boolean;
  /** In words, for messages. */
  readonly validity: string;
}

/** Intermediates that a container brings along: so many between a leaf and the authority. */
const MAX_INTERMEDIATES = 3;

/** Some of an authority's certificates and of the container's, each issued by the next one; the first may issue leaves. */
interface Way {
  readonly authority: Authority;
  readonly issuers: readonly [Issuer, ...Issuer[]];
}

/**
 * The ways from a leaf to the authorities of a root, or in words why there is none. Intermediates that came with the
 * signature may lie between; each is trusted only as far as an authority has issued it. The search goes down from the
 * authorities: certificates that a stranger has made for each other are never checked against each other.
 */
export function findPaths(
  leaf: X509Certificate,
  intermediates: readonly X509Certificate[],
  authorities: readonly Authority[],
): readonly Path[] | string {
  const isIssuedBy = checkedOnce();
  const given = distinct(intermediates).filter(isSoundKey).map(issuerOf);
  const paths: Path[] = [];
  let ways = authorities.flatMap(waysOf);
  for (let count = 0; count <= MAX_INTERMEDIATES; count++) {
    paths.push(
      ...ways.filter(({ issuers: [issuer] }) => isIssuedBy(leaf, issuer.certificate)).map((way) => pathOf(way, leaf)),
    );
    ways = ways.flatMap((way) =>
      given
        .filter((each) => !way.issuers.includes(each))
        .map((each): Way => ({ ...way, issuers: [each, ...way.issuers] }))
        .filter(
          ({ issuers }) => issuers.every(isAllowed) && isIssuedBy(issuers[0].certificate, way.issuers[0].certificate),
        ),
    );
  }
  if (paths.length > 0) return paths;
  const issuers = authorities.flatMap((authority) => authority.issuers);
  const issuer = issuers.find(({ certificate }) => isIssuedBy(leaf, certificate));
  return issuer === undefined
    ? `one issued by '${nameOf(leaf)}'`
    : `one of an authority that may not issue it: ${issuer.fault ?? 'its path length leaves no room'}`;
}

/** Any certificate of an authority may be the issuer, and all above it belong to the way. */
const waysOf = (authority: Authority): readonly Way[] =>
  authority.issuers.flatMap((issuer, index) => {
    const issuers = [issuer, ...authority.issuers.slice(index + 1)] as const;
    return issuers.every(isAllowed) ? [{ authority, issuers }] : [];
  });

/** Containers may hold one several times. */
const distinct = (certificates: readonly X509Certificate[]): readonly X509Certificate[] => [
  ...new Map(certificates.map((each) => [each.fingerprint256, each])).values(),
];

/** An authority from a container is under the rules for signers: a huge key would make each check slow. */
function isSoundKey(certificate: X509Certificate): boolean {
  try {
    return kindOf(certificate.publicKey) !== undefined;
  } catch {
    return false;
  }
}

/** RFC 5280: a path length counts the authorities between that one and the leaf. */
const isAllowed = ({ fault, pathLength }: Issuer, below: number): boolean =>
  fault === undefined && (pathLength ?? below) >= below;

function pathOf({ authority: { validFrom, validUntil }, issuers }: Way, leaf: X509Certificate): Path {
  const whole = [leaf, ...issuers.map(({ certificate }) => certificate)];
  const from = Math.max(Number(validFrom), ...whole.map(({ validFromDate }) => Number(validFromDate)));
  const until = Math.min(Number(validUntil), ...whole.map(({ validToDate }) => Number(validToDate)));
  return {
    issuer: issuers[0].certificate,
    isValidAt: (time) => from <= Number(time) && Number(time) <= until,
    validity:
      from <= until
        ? `from ${new Date(from).toISOString()} to ${new Date(until).toISOString()}, with its authorities`
        : 'at no time, as its authorities were not while it was',
  };
}

/** Node has no text at all for an empty name, whatever its types say. */
const nameOf = ({ issuer }: X509Certificate): string =>
  ((issuer as string | undefined) ?? 'nobody').replaceAll(/\s+/g, ' ').slice(0, 300);

/** Whether one has issued the other, each pair checked once. */
function checkedOnce(): (subject: X509Certificate, issuer: X509Certificate) => boolean {
  const known = new Map<X509Certificate, Map<X509Certificate, boolean>>();
  return (subject, issuer) => {
    const ofSubject = known.get(subject) ?? new Map<X509Certificate, boolean>();
    known.set(subject, ofSubject);
    const isIssued = ofSubject.get(issuer) ?? hasIssued(issuer, subject);
    ofSubject.set(issuer, isIssued);
    return isIssued;
  };
}

const hasIssued = (issuer: X509Certificate, subject: X509Certificate): boolean =>
  signatureFault(subject) === undefined && isSignedByIssuer(subject, issuer);

/** Whether the other is who it names as its issuer, and has signed it. Never throws. */
export function isSignedByIssuer(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
