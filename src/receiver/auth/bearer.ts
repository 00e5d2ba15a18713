import { AUDIENCE } from '../../api/labels.ts';
import { Problem } from '../../api/problem.ts';
import { asText } from '../../api/record.ts';
import { audiencesOf, readJwt, type UnverifiedJwt } from '../../oidc/jwt.ts';

/** The JWT in the header, of which nothing is believed yet. Throws `token-missing` or `token-malformed`. */
export function readBearer(header: string | undefined): UnverifiedJwt {
  const token = /^Bearer +([^\s]+)$/i.exec(header ?? '')?.[1];
  if (token !== undefined) return readJwt(token);
  throw new Problem('token-missing', 'the request has no Authorization header with a bearer token', {
    hint: `mount the Secret that the operator provisioned, or a projected token with the audience '${AUDIENCE}'`,
  });
}

/** A bearer token for the API server to review, that isn't refused at sight. */
export interface ClusterToken {
  readonly token: string;
  /** Seconds since the epoch, as the token claims. */
  readonly expires: number;
  /** Who issued it, as it claims. */
  readonly issuer: string;
}

/** Refuses cheaply what the API server wouldn't accept: another audience, expired. */
export function clusterToken({ token, claims }: UnverifiedJwt, nowSeconds: number): ClusterToken {
  const audiences = audiencesOf(claims);
  if (!audiences.includes(AUDIENCE)) {
    throw new Problem('token-audience', `the token is for ${audiences.join(', ') || 'nobody'}, not for '${AUDIENCE}'`, {
      hint: `request it with the audience '${AUDIENCE}'`,
    });
  }
  const expires = typeof claims.exp === 'number' ? claims.exp : 0;
  if (!(expires > nowSeconds)) {
    throw new Problem('token-expired', `the token expired ${Math.ceil(nowSeconds - expires)} s ago`, {
      hint: 'read the token from its file again: mounted tokens are renewed',
    });
  }
  return { token, expires, issuer: asText(claims.iss) ?? '' };
}
