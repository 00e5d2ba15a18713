import type { JSONWebKeySet } from 'jose';
import { asArray, asRecord, asText } from '../api/record.ts';
import { fetchJson } from './fetch-json.ts';
import type { AllowedIssuer } from './issuers.ts';

/** Issuers have a handful; each one costs something to look through. */
const MAX_KEYS = 100;

/** The issuer's keys, from where the installation says or its discovery document does. Throws why they can't be had. */
export async function loadKeys(allowed: AllowedIssuer): Promise<JSONWebKeySet> {
  const url = allowed.jwksUri === undefined ? await discover(allowed) : new URL(allowed.jwksUri);
  const document = asRecord(await fetchJson(url, { ca: allowed.ca }));
  const keys = asArray(document?.keys);
  if (keys.length === 0) throw new Error(`${url.href}: has no keys`);
  if (keys.length > MAX_KEYS) throw new Error(`${url.href}: has ${keys.length} keys, and ${MAX_KEYS} are the limit`);
  return document as unknown as JSONWebKeySet;
}

/** OpenID Connect Discovery 1.0, section 4. The keys must lie with the issuer: another place has to be configured. */
async function discover({ issuer, ca }: AllowedIssuer): Promise<URL> {
  const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const document = asRecord(await fetchJson(url, { ca }));
  if (document?.issuer !== issuer) throw new Error(`${url.href}: is the document of another issuer`);
  const jwks = URL.parse(asText(document.jwks_uri) ?? '');
  if (jwks?.protocol !== 'https:' || jwks.origin !== url.origin) {
    throw new Error(`${url.href}: jwks_uri is not at ${url.origin}; if that is right, configure jwksUri`);
  }
  return jwks;
}
