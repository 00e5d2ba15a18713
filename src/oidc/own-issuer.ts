import { decodeJwt } from 'jose';
import type { CredentialSource } from '../kube/credentials.ts';
import type { AllowedIssuers } from './issuers.ts';

/**
 * Throws when the API server's own issuer is among those that are allowed, as far as our own token tells: service accounts
 * would then be let in by their claims, without a review that knows which of them were revoked.
 */
export async function assertNotOurs(issuers: AllowedIssuers, credentials: CredentialSource): Promise<void> {
  if (issuers.size === 0) return;
  const { authorization = '' } = (await credentials()).headers;
  const own = issuerOf(authorization.replace(/^Bearer /, ''));
  if (own === undefined || !issuers.has(own)) return;
  throw new Error(`the list of OIDC issuers has ${own}, which is the API server's own; its tokens are reviewed anyway`);
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}
