import { X509Certificate } from 'node:crypto';
import { extensionFault, pathLengthOf } from './extensions.ts';

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

/** Why an authority's certificate (PEM) can't issue what counts, in words; undefined when it can. */
export function authorityFault(pem: string): string | undefined {
  try {
    return issuerOf(new X509Certificate(pem)).fault;
  } catch {
    return 'one that can not be read';
  }
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

/**
 * The ways from a leaf to the authorities of a root, or in words why there is none. Intermediates that came with the
 * signature may lie between; each is trusted only as far as an authority has issued it.
 */
export function findPaths(
  leaf: X509Certificate,
  intermediates: readonly X509Certificate[],
  authorities: readonly Authority[],
): readonly Path[] | string {
  const paths = walk(leaf, [], intermediates, authorities);
  if (paths.length > 0) return paths;
  const [issuer] = authorities.flatMap(({ issuers }) => issuers).filter((each) => hasIssued(each.certificate, leaf));
  return issuer === undefined
    ? `one issued by '${nameOf(leaf)}'`
    : `one of an authority that may not issue it: ${issuer.fault ?? 'its path length leaves no room'}`;
}

/** `between` are intermediates of the container, the leaf's own issuer first. */
function walk(
  leaf: X509Certificate,
  between: readonly Issuer[],
  intermediates: readonly X509Certificate[],
  authorities: readonly Authority[],
): readonly Path[] {
  const top = between.at(-1)?.certificate ?? leaf;
  const direct = authorities.flatMap((authority) => waysUp(authority, leaf, between, top));
  if (direct.length > 0 || between.length === MAX_INTERMEDIATES) return direct;
  return intermediates
    .filter((each) => !between.some(({ certificate }) => certificate === each) && hasIssued(each, top))
    .map(issuerOf)
    .filter(({ fault }) => fault === undefined)
    .flatMap((each) => walk(leaf, [...between, each], intermediates, authorities));
}

/** The ways through one authority: any of its certificates may be the issuer, and all above it belong to the way. */
const waysUp = (authority: Authority, leaf: X509Certificate, between: readonly Issuer[], top: X509Certificate) =>
  authority.issuers.flatMap((issuer, index): readonly Path[] => {
    if (!hasIssued(issuer.certificate, top)) return [];
    const above = [...between, ...authority.issuers.slice(index)];
    return above.every(isAllowed) ? [pathOf(authority, leaf, above)] : [];
  });

/** RFC 5280: a path length counts the authorities between that one and the leaf. */
const isAllowed = ({ fault, pathLength }: Issuer, below: number): boolean =>
  fault === undefined && (pathLength ?? below) >= below;

function pathOf({ validFrom, validUntil }: Authority, leaf: X509Certificate, above: readonly Issuer[]): Path {
  const whole = [leaf, ...above.map(({ certificate }) => certificate)];
  const from = Math.max(Number(validFrom), ...whole.map(({ validFromDate }) => Number(validFromDate)));
  const until = Math.min(Number(validUntil), ...whole.map(({ validToDate }) => Number(validToDate)));
  return {
    issuer: whole[1] ?? leaf,
    isValidAt: (time) => from <= Number(time) && Number(time) <= until,
    validity: `${leaf.validFromDate.toISOString()} to ${leaf.validToDate.toISOString()}`,
  };
}

/** Node has no text at all for an empty name, whatever its types say. */
const nameOf = ({ issuer }: X509Certificate): string =>
  ((issuer as string | undefined) ?? 'nobody').replaceAll(/\s+/g, ' ').slice(0, 300);

function hasIssued(issuer: X509Certificate, subject: X509Certificate): boolean {
  try {
    return issuer.subject === subject.issuer && subject.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
