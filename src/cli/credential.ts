import { setTimeout as sleep } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { Problem } from '../api/problem.ts';
import { asRecord, asText } from '../api/record.ts';
import { fetchJson } from '../oidc/fetch-json.ts';

/** As whom the receiver is called. */
export type Credential =
  | { readonly kind: 'given'; readonly token: string }
  /** GitHub Actions makes tokens on request, for one job and audience; they last minutes. */
  | { readonly kind: 'githubActions'; readonly url: URL; readonly requestToken: string; readonly audience: string };

/** A token that is valid for now. */
export type TokenSource = () => Promise<string>;

const ATTEMPTS = 3;
const PAUSE_MS = 1_000;
/** A token is left alone when it has less than this left, so that it doesn't end on the way. */
const MARGIN_MS = 60_000;

export function tokenSource(credential: Credential, ca?: string): TokenSource {
  if (credential.kind === 'given') return async () => credential.token;
  let known: { readonly token: string; readonly until: number } | undefined;
  return async () => {
    if (known !== undefined && Date.now() < known.until) return known.token;
    const token = await requestToken(credential, ca);
    known = { token, until: expiryOf(token) - MARGIN_MS };
    return token;
  };
}

async function requestToken(
  { url, requestToken, audience }: Extract<Credential, { kind: 'githubActions' }>,
  ca: string | undefined,
): Promise<string> {
  const address = new URL(url);
  address.searchParams.set('audience', audience);
  const headers = { authorization: `Bearer ${requestToken}` };
  for (let count = 1; ; count++) {
    try {
      const token = asText(asRecord(await fetchJson(address, { headers, ...(ca === undefined ? {} : { ca }) }))?.value);
      if (token !== undefined) return token;
      throw new Error('the answer holds no token');
    } catch (cause) {
      if (count < ATTEMPTS) {
        await sleep(PAUSE_MS * count);
        continue;
      }
      throw new Problem('id-token-unavailable', `GitHub Actions gives no token: ${(cause as Error).message}`, {
        hint: 'the job needs permissions: {id-token: write}; pull requests from forks never get a token',
        cause,
      });
    }
  }
}

function expiryOf(token: string): number {
  try {
    return (decodeJwt(token).exp ?? 0) * 1000;
  } catch {
    return 0;
  }
}
