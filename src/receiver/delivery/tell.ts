import { excerpt } from '../../api/excerpt.ts';
import type { RunEvent } from '../../api/run-events.ts';
import type { EndpointRules } from '../../outbound/endpoints.ts';
import type { Resolve } from '../../outbound/guarded-lookup.ts';
import { type Endpoint, withoutSecrets } from '../../outbound/secret-endpoint.ts';
import { type Answer, type Outgoing, send } from '../../outbound/send.ts';
import type { FailedTry } from './retry.ts';

/** How an event is put into a request, of CloudEvents' HTTP binding. */
export type EventMode = 'Structured' | 'Binary';

export interface TellOptions {
  readonly rules: EndpointRules;
  readonly resolve: Resolve;
  readonly signal: AbortSignal;
}

/** From the lookup to the last byte of the answer. */
const TIMEOUT_MS = 10_000;
const MAX_ANSWER = 4096;
const MAX_SAID = 300;
const MAX_ERROR = 1000;
/** What says that it is about the event, and not about the moment. */
const FINAL: ReadonlySet<number> = new Set([400, 410, 413, 415, 422]);

/** Tells an event to an endpoint; undefined: it was taken. Never throws. */
export function tellEvent(
  endpoint: Endpoint,
  mode: EventMode,
  event: RunEvent,
  options: TellOptions,
): Promise<FailedTry | undefined> {
  const content = mode === 'Binary' ? binary(event) : structured(event);
  return requestTo(endpoint, { method: 'POST', ...content }, options, TIMEOUT_MS);
}

/** Sends a request to an endpoint, with what its Secret has; undefined: it was taken. Never throws. */
export async function requestTo(
  endpoint: Endpoint,
  { method, headers, body }: Omit<Outgoing, 'url' | 'ca'>,
  { rules, resolve, signal }: TellOptions,
  timeoutMs: number,
): Promise<FailedTry | undefined> {
  const { url, ca } = endpoint;
  const verdict = rules(url);
  if (!verdict.ok) return failedTry(verdict.message);
  const outgoing = { ...{ method, url, body }, headers: { ...endpoint.headers, ...headers } };
  const options = { ...{ refusal: verdict.refusal, resolve, signal, timeoutMs }, maxBytes: MAX_ANSWER };
  try {
    return judged(await send({ ...outgoing, ...(ca === undefined ? {} : { ca }) }, options), endpoint);
  } catch (error) {
    return failedTry(withoutSecrets((error as Error).message, endpoint));
  }
}

/** A try that failed, in so many words that a status can hold them. */
export const failedTry = (message: string, isFinal = false): FailedTry => ({
  error: excerpt(message, MAX_ERROR),
  isFinal,
});

function judged({ status, headers, text }: Answer, endpoint: Endpoint): FailedTry | undefined {
  if (status >= 200 && status < 300) return undefined;
  const said = excerpt(withoutSecrets(text, endpoint), MAX_SAID);
  const redirect = status >= 300 && status < 400 ? "; redirects aren't followed" : '';
  const error = `${endpoint.url.host} answered ${status}${redirect}${said === '' ? '' : `: ${said}`}`;
  return { error, isFinal: FINAL.has(status), retryAfterMs: retryAfterMs(headers['retry-after']) };
}

/** What `Retry-After` says, be it a number or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(said: string | undefined): number | undefined {
  if (said === undefined) return undefined;
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

interface Content {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const structured = (event: RunEvent): Content => ({
  headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
  body: JSON.stringify(event),
});

function binary({ data, datacontenttype, ...attributes }: RunEvent): Content {
  const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, percentEncoded(value)]);
  return {
    headers: { 'content-type': datacontenttype, ...Object.fromEntries(headers) },
    body: JSON.stringify(data),
  };
}

/** As the HTTP binding has values in headers: what isn't printable ASCII, a space, a quote or a percent sign. */
const percentEncoded = (value: string): string =>
  value.replaceAll(/[^\x21\x23\x24\x26-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
