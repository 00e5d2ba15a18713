import { readElements, TAG } from './der.ts';
import type { Extensions } from './extensions.ts';

const FULCIO = '1.3.6.1.4.1.57264.1';
/** Before version 2 the value was text without any encoding. */
const ISSUER_V1 = `${FULCIO}.1`;
const ISSUER_V2 = `${FULCIO}.8`;

/**
 * What a certificate of Fulcio says of the build (its OID list, arc .9 and above), by the names that contracts use. A contract
 * can ask for them; nobody but the certificate authority could write them.
 */
export const CERTIFICATE_CLAIMS = {
  buildSignerURI: `${FULCIO}.9`,
  buildSignerDigest: `${FULCIO}.10`,
  runnerEnvironment: `${FULCIO}.11`,
  sourceRepositoryURI: `${FULCIO}.12`,
  sourceRepositoryDigest: `${FULCIO}.13`,
  sourceRepositoryRef: `${FULCIO}.14`,
  sourceRepositoryIdentifier: `${FULCIO}.15`,
  sourceRepositoryOwnerURI: `${FULCIO}.16`,
  sourceRepositoryOwnerIdentifier: `${FULCIO}.17`,
  buildConfigURI: `${FULCIO}.18`,
  buildConfigDigest: `${FULCIO}.19`,
  buildTrigger: `${FULCIO}.20`,
  runInvocationURI: `${FULCIO}.21`,
  sourceRepositoryVisibility: `${FULCIO}.22`,
} as const;

export type ClaimName = keyof typeof CERTIFICATE_CLAIMS;

export interface CertificateFacts {
  /** The OIDC issuer. */
  readonly issuer?: string;
  readonly claims: Readonly<Partial<Record<ClaimName, string>>>;
}

/** The issuer and the claims in a certificate. Throws when one of them isn't what it should be. */
export function certificateFacts(extensions: Extensions): CertificateFacts {
  const issuer = issuerOf(extensions);
  const claims = Object.entries(CERTIFICATE_CLAIMS).flatMap(([name, oid]) => {
    const extension = extensions.get(oid);
    return extension === undefined ? [] : [[name, utf8String(extension.value)] as const];
  });
  return { ...(issuer === undefined ? {} : { issuer }), claims: Object.fromEntries(claims) };
}

function issuerOf(extensions: Extensions): string | undefined {
  const [old, current] = [extensions.get(ISSUER_V1), extensions.get(ISSUER_V2)];
  const issuer = current === undefined ? undefined : utf8String(current.value);
  const earlier = old === undefined ? undefined : text(old.value);
  if (issuer !== undefined && earlier !== undefined && issuer !== earlier)
    throw new Error('a certificate with two different issuers of its identity');
  return issuer ?? earlier;
}

function utf8String(value: Buffer): string {
  const [element, ...rest] = readElements(value);
  if (element?.tag !== TAG.utf8 || rest.length > 0) throw new Error('a claim that is no UTF8String');
  return text(element.content);
}

function text(bytes: Buffer): string {
  const value = bytes.toString('utf8');
  if (!Buffer.from(value, 'utf8').equals(bytes) || /\p{Cc}/u.test(value))
    throw new Error('a claim that is not plain text');
  return value;
}
