const STANDARD = /^[A-Za-z0-9+/]*={0,2}$/;
const URL_SAFE = /^[A-Za-z0-9_-]*={0,2}$/;

/**
 * Decodes either alphabet of RFC 4648, padded or not. Mixed alphabets, whitespace and loose bits at the end are refused,
 * so that a byte string has few spellings.
 */
export function decodeBase64(text: unknown): Buffer | undefined {
  if (typeof text !== 'string') return undefined;
  // What is written again as it was has neither of the faults, and is found out five times as fast.
  const usual = Buffer.from(text, 'base64');
  if (usual.toString('base64') === text) return usual;
  const alphabet = STANDARD.test(text) ? 'base64' : URL_SAFE.test(text) ? 'base64url' : undefined;
  if (alphabet === undefined) return undefined;
  const bytes = Buffer.from(text, alphabet);
  // Only the last group can have loose bits, so it alone is written again and compared.
  const length = text.length - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);
  const start = length - (length % 4);
  const last = bytes.subarray((start / 4) * 3).toString('base64url');
  return last === text.slice(start, length).replaceAll('+', '-').replaceAll('/', '_') ? bytes : undefined;
}
