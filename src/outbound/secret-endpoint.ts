import { X509Certificate } from 'node:crypto';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { type Secret, secretText } from '../api/secret.ts';
import type { SubscriptionSpec } from '../api/types.gen.ts';

/** Secrets that are meant to be sent to the address in them; the type of a Secret can't be changed. */
export const ENDPOINT_SECRET_TYPE = 'proviso.dev/endpoint';

/** Where events are posted. */
export interface Endpoint {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** PEM. */
  readonly ca?: string;
  /** What must not be repeated to anybody. */
  readonly secrets: readonly string[];
}

export type EndpointReading =
  | { readonly ok: true; readonly endpoint: Endpoint }
  /** `missing`: it isn't there; else it can't be one. */
  | { readonly ok: false; readonly missing: boolean; readonly message: string };

const HEADER = 'header.';
/** What the request itself says. */
const OURS = /^(?:host|content-.*|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer|ce-.*)$/;
/** A shorter one would be found in every text. */
const MIN_SECRET = 4;

/** What a Subscription says of its endpoint, whatever is told there. */
export const endpointRef = ({ http, dependencyTrack }: SubscriptionSpec): EndpointRef => http ?? dependencyTrack ?? {};

/** Where an endpoint is said to be: one of both. */
export interface EndpointRef {
  readonly url?: string;
  readonly secretRef?: { readonly name: string };
}

/** The endpoint that a Subscription names; `secret` is the one that it refers to. Tells nothing of what is in there. */
export function readEndpoint({ url, secretRef }: EndpointRef, secret: Secret | undefined): EndpointReading {
  if (secretRef === undefined) return addressed(url ?? '', {}, undefined, [], 'spec.http.url');
  const at = `the Secret ${secretRef.name}`;
  if (secret === undefined) return missing(`there is no ${at.slice(4)}; create it with --type=${ENDPOINT_SECRET_TYPE}`);
  if (secret.type !== ENDPOINT_SECRET_TYPE) {
    return invalid(`${at} is of another type than ${ENDPOINT_SECRET_TYPE}, and so not meant to be sent anywhere`);
  }
  const address = secretText(secret, 'url')?.trim();
  if (address === undefined) return missing(`${at} has no key 'url' with the address`);
  const headers: Record<string, string> = {};
  for (const key of Object.keys(secret.data ?? {}).filter((each) => each.startsWith(HEADER))) {
    const name = key.slice(HEADER.length).toLowerCase();
    const value = secretText(secret, key)?.trim() ?? '';
    if (!isHeader(name, value)) return invalid(`${at}: '${key}' is no header that can be given`);
    headers[name] = value;
  }
  const ca = secretText(secret, 'ca.crt');
  if (ca !== undefined && !isCertificate(ca)) return invalid(`${at}: 'ca.crt' is no certificate in PEM`);
  return addressed(address, headers, ca, [address, ...Object.values(headers)], `${at}: 'url'`);
}

function addressed(
  text: string,
  headers: Endpoint['headers'],
  ca: string | undefined,
  secrets: readonly string[],
  at: string,
): EndpointReading {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return invalid(`${at} is no address such as https://sink.example.com/events`);
  }
  if (url.username !== '' || url.password !== '') {
    return invalid(`${at} has a user or a password; give them as 'header.Authorization' of a Secret`);
  }
  url.hash = '';
  const parts = secrets.flatMap((each) => [each, ...each.split(/\s+/)]).filter((each) => each.length >= MIN_SECRET);
  // What a path may hold, such as a token, stands in what endpoints say too.
  const path = secrets.length === 0 ? [] : [`${url.pathname}${url.search}`].filter((each) => each.length >= MIN_SECRET);
  const known = [...parts, ...path].toSorted((a, b) => b.length - a.length);
  return { ok: true, endpoint: { url, headers, secrets: known, ...(ca === undefined ? {} : { ca }) } };
}

/** A text of an endpoint without what it was sent, and without what terminals act upon. */
export const withoutSecrets = (text: string, { secrets }: Endpoint): string =>
  secrets
    .reduce((left, secret) => left.replaceAll(secret, '[redacted]'), text)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim();

function isHeader(name: string, value: string): boolean {
  if (OURS.test(name)) return false;
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== undefined;
  } catch {
    return false;
  }
}

const missing = (message: string): EndpointReading => ({ ok: false, missing: true, message });
const invalid = (message: string): EndpointReading => ({ ok: false, missing: false, message });
