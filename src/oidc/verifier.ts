import { compactVerify, errors } from 'jose';
import { excerpt } from '../api/excerpt.ts';
import { Problem } from '../api/problem.ts';
import { asText, type UnknownRecord } from '../api/record.ts';
import type { AllowedIssuer, AllowedIssuers } from './issuers.ts';
import { audiencesOf, type UnverifiedJwt } from './jwt.ts';
import { createKeySet, type KeySet } from './key-set.ts';
import { loadKeys } from './load-keys.ts';
import { isPlain, type OidcToken } from './token.ts';

/** Verifies tokens of the issuers that the installation allows. */
export interface OidcVerifier {
  /** Whether tokens that name this issuer are for this verifier, and for nobody else. */
  isAllowed(issuer: unknown): issuer is string;
  /** Throws a `token-…` problem, or `issuer-unavailable`. */
  verify(jwt: UnverifiedJwt): Promise<OidcToken>;
}

export interface OidcVerifierOptions {
  /** Told why the keys of an issuer couldn't be had. */
  readonly onFailure: (issuer: string, error: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Our clock and the issuer's may differ so much, in seconds. */
const SKEW = 30;
/** The longest time that a token may still be valid, in seconds. */
const MAX_LIFE = 86_400;
const MAX_SUBJECT = 1024;

export function createOidcVerifier(issuers: AllowedIssuers, options: OidcVerifierOptions): OidcVerifier {
  const { onFailure, now = Date.now } = options;
  const keySets = new Map<string, KeySet>(
    [...issuers.values()].map((allowed) => [
      allowed.issuer,
      createKeySet({
        issuer: allowed.issuer,
        load: () => loadKeys(allowed),
        onFailure: (error) => onFailure(allowed.issuer, error),
      }),
    ]),
  );
  return {
    isAllowed: (issuer): issuer is string => typeof issuer === 'string' && issuers.has(issuer),
    async verify({ token, header, claims }) {
      const allowed = issuers.get(String(claims.iss));
      const keys = keySets.get(String(claims.iss));
      if (allowed === undefined || keys === undefined) throw rejected('its issuer is not allowed');
      // All that costs nothing comes before the keys are looked for.
      assertHeader(header, allowed);
      const audiences = audiencesOf(claims);
      assertAudience(audiences, allowed);
      assertTimes(claims, now() / 1000);
      const subject = subjectOf(claims);
      await assertSigned(token, keys, allowed);
      const { issuer, provider } = allowed;
      return { issuer, subject, audiences, claims, provider };
    },
  };
}

/** Of the header only `alg` and `kid` count: `jku`, `x5u`, `jwk` and `x5c` would let a token bring its own key. */
function assertHeader({ alg, crit, typ }: UnknownRecord, { algorithms }: AllowedIssuer): void {
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    throw rejected(`it is signed with ${shown(alg)}, and ${algorithms.join(', ')} are taken`);
  }
  if (crit !== undefined) throw rejected('its header has `crit`, and no extension is known here');
  // An access token or a logout token of the same issuer is for something else.
  if (typ !== undefined && !(typeof typ === 'string' && /^(application\/)?jwt$/i.test(typ))) {
    throw rejected(`its header says that it is a ${shown(typ)}, and a JWT was expected`);
  }
}

function assertAudience(audiences: readonly string[], allowed: AllowedIssuer): void {
  if (audiences.some((each) => allowed.audiences.includes(each))) return;
  const found = audiences.map((each) => excerpt(each)).join(', ') || 'nobody';
  throw new Problem(
    'token-audience',
    `the token is for ${excerpt(found, 300)}, not for ${allowed.audiences.join(', ')}`,
    {
      hint: `request it with the audience '${allowed.audiences[0]}'`,
    },
  );
}

function assertTimes({ exp, iat, nbf }: UnknownRecord, now: number): void {
  if (!isTime(exp) || !isTime(iat)) throw rejected('it does not say when it was issued and when it ends (iat, exp)');
  if (nbf !== undefined && !isTime(nbf)) throw rejected('it does not say when it begins (nbf is no number)');
  if (exp <= now) {
    throw new Problem('token-expired', `the token expired ${Math.ceil(now - exp)} s ago`, {
      hint: 'get a new one from the CI system: its tokens last minutes',
    });
  }
  if (exp > now + MAX_LIFE) throw rejected(`it is valid for over ${MAX_LIFE / 3600} h more`);
  if (iat > now + SKEW) throw rejected('it is issued in the future; compare the clocks');
  if (nbf !== undefined && nbf > now + SKEW) throw rejected('it is not valid yet; compare the clocks');
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function subjectOf({ sub }: UnknownRecord): string {
  const subject = asText(sub);
  if (subject !== undefined && subject.length <= MAX_SUBJECT && isPlain(subject)) return subject;
  throw rejected(`its sub is not a text of 1 to ${MAX_SUBJECT} characters`);
}

/** The claims were read from the very text whose signature this is. */
async function assertSigned(token: string, keys: KeySet, { algorithms, issuer }: AllowedIssuer): Promise<void> {
  try {
    await compactVerify(token, keys, { algorithms: [...algorithms] });
  } catch (error) {
    if (error instanceof Problem) throw error;
    const isUnknown = error instanceof errors.JWKSNoMatchingKey;
    throw rejected(isUnknown ? `${issuer} has no such key` : `it is not signed by ${issuer}`, error);
  }
}

const rejected = (why: string, cause?: unknown): Problem =>
  new Problem('token-rejected', `the token is not accepted: ${why}`, {
    hint: 'get a new one from the CI system; docs/outside-ci.md says how',
    cause,
  });

const shown = (value: unknown): string => excerpt(JSON.stringify(value) ?? 'nothing');
