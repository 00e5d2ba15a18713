import { parseStrictJson, type StrictJson } from '../../api/strict-json.ts';
import { fault } from './fault.ts';
import { LIMITS } from './limits.ts';

/** The value of a JSON text that stands at `at`. Throws a fault on what readers would read differently. */
export function parseDocument(bytes: Uint8Array, at: string): unknown {
  const parsed = parseBounded(bytes);
  if (parsed.ok) return parsed.value;
  const where = at === '' ? parsed.at : `${at}: ${parsed.at}`;
  return fault(where, 'JSON that every reader reads the same', parsed.message, parsed.code);
}

/** The same without a fault. */
export const parseBounded = (bytes: Uint8Array): StrictJson =>
  parseStrictJson(bytes, { maxDepth: LIMITS.depth, maxValues: LIMITS.values });
