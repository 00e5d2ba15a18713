import { isDateTime } from '../api/date-time.ts';
import { asArray, asRecord, asText } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import type { TrustedKey } from '../api/trust.ts';
import { readPublicKey } from './keys.ts';

/** The keys of one installation's control plane, and the one identity that they sign for. */
export interface ControlPlaneKeys {
  /** `verifier.id` of the statements, a URI. */
  readonly verifierId: string;
  /** The one that signs, the next one and earlier ones; each with the time in which its statements count. */
  readonly keys: readonly TrustedKey[];
}

export type KeyListReading =
  | { readonly ok: true; readonly list: ControlPlaneKeys }
  | { readonly ok: false; readonly message: string };

/** `control-plane-keys.json`, as the ConfigMap publishes it. */
export const writeKeyList = ({ verifierId, keys }: ControlPlaneKeys): string =>
  JSON.stringify({ verifierId, keys: keys.map(({ kind: _, ...key }) => key) }, undefined, 2);

/** Reads `control-plane-keys.json`. What can't be read whole is not read at all. */
export function readKeyList(text: string): KeyListReading {
  const parsed = parseStrictJson(Buffer.from(text, 'utf8'));
  if (!parsed.ok) return refuse(`it is no JSON: ${parsed.message} (${parsed.at})`);
  const verifierId = asText(asRecord(parsed.value)?.verifierId);
  if (verifierId === undefined) return refuse('it has no verifierId');
  const keys: TrustedKey[] = [];
  for (const [index, entry] of asArray(asRecord(parsed.value)?.keys).entries()) {
    const key = readEntry(entry);
    if (typeof key === 'string') return refuse(`/keys/${index}: ${key}`);
    keys.push(key);
  }
  return keys.length === 0 ? refuse('it has no keys') : { ok: true, list: { verifierId, keys } };
}

const refuse = (message: string): KeyListReading => ({ ok: false, message });

/** The key, or what is wrong with it. */
function readEntry(entry: unknown): TrustedKey | string {
  const record = asRecord(entry);
  const reading = readPublicKey(asText(record?.publicKey) ?? '');
  if (!reading.ok) return reading.message;
  const { publicKey, fingerprint } = reading;
  if (record?.fingerprint !== fingerprint) return `the fingerprint of the key is ${fingerprint}, not what is said`;
  const [validFrom, validUntil] = [record.validFrom, record.validUntil];
  if (!isDateTime(validFrom)) return 'validFrom must be a time such as 2026-01-31T12:00:00Z';
  if (validUntil !== undefined && !isDateTime(validUntil))
    return 'validUntil must be a time such as 2027-01-31T12:00:00Z';
  return { kind: 'key', publicKey, fingerprint, validFrom, ...(validUntil === undefined ? {} : { validUntil }) };
}
