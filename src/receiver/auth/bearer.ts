import { decodeJwt, type JWTPayload } from 'jose';
import { AUDIENCE } from '../../api/labels.ts';
import { Problem } from '../../api/problem.ts';

const MAX_TOKEN_CHARACTERS = 16_384;

/** A bearer token that isn't refused at sight. Nothing in it is believed before the API server has reviewed it. */
export interface BearerToken {
  readonly token: string;
  /** Seconds since the epoch, as the token claims. */
  readonly expires: number;
  /** Who issued it, as it claims. */
  readonly issuer: string;
}

/** Takes the token from the header and refuses cheaply what can't pass: no JWT, another audience, expired. */
export function readBearer(header: string | undefined, nowSeconds: number): BearerToken {
  const token = /^Bearer +([^\s]+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) {
    throw new Problem('token-missing', 'the request has no Authorization header with a bearer token', {
      hint: `mount the Secret that the operator provisioned, or a projected token with the audience '${AUDIENCE}'`,
    });
  }
  const claims = readClaims(token);
  const audiences = [claims.aud ?? []].flat();
  if (!audiences.includes(AUDIENCE)) {
    throw new Problem('token-audience', `the token is for ${audiences.join(', ') || 'nobody'}, not for '${AUDIENCE}'`, {
      hint: `request it with the audience '${AUDIENCE}'`,
    });
  }
  const expires = claims.exp ?? 0;
  if (expires <= nowSeconds) {
    const when = new Date(expires * 1000).toISOString();
    throw new Problem('token-expired', `the token expired at ${when}`, {
      hint: 'read the token from its file again: mounted tokens are renewed',
    });
  }
  return { token, expires, issuer: claims.iss ?? '' };
}

function readClaims(token: string): JWTPayload {
  try {
    if (token.length > MAX_TOKEN_CHARACTERS) throw new Error('it is too long');
    return decodeJwt(token);
  } catch (cause) {
    throw new Problem('token-malformed', 'the bearer token is not a JWT', { cause });
  }
}
