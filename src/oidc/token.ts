import { createHash } from 'node:crypto';
import type { UnknownRecord } from '../api/record.ts';
import type { Provider } from './providers.ts';

/** A token of an allowed issuer whose signature, time and audience were verified. */
export interface OidcToken {
  readonly issuer: string;
  readonly subject: string;
  /** Whom it is for. */
  readonly audiences: readonly string[];
  readonly claims: UnknownRecord;
  /** The CI system that the installation says the issuer is. */
  readonly provider: Provider | undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether a text can be recorded and shown as it is: whole characters, and none that would write on a terminal. */
export const isPlain = (text: string): boolean => text.isWellFormed() && !CONTROL.test(text);

/**
 * The value of a claim as text: a string as it is, a boolean or an integer as its JSON. Undefined for what is absent, for
 * lists and objects, and for a number that the parser may have rounded, so that it could pass for another one.
 */
export function claimText(claims: UnknownRecord, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  if (typeof value === 'string') return isPlain(value) ? value : undefined;
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return JSON.stringify(value);
  return undefined;
}

/** The bound of user names in the CRD. */
const MAX_USERNAME = 512;
const READABLE = 400;

/** `oidc:<issuer>#<sub>`; of a longer one the beginning, behind a hash of all of it. No issuer has a `#`. */
export function oidcUsername(issuer: string, subject: string): string {
  const whole = `${issuer}#${subject}`;
  if (whole.length + 'oidc:'.length <= MAX_USERNAME) return `oidc:${whole}`;
  const hash = createHash('sha256').update(whole).digest('hex');
  return `oidc+sha256:${hash}:${whole.slice(0, READABLE).toWellFormed()}`;
}
