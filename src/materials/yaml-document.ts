import { CORE_SCHEMA, loadAll, mapTag, YAMLException } from 'js-yaml';
import { lineAndColumn } from '../api/json-position.ts';
import { expectMember } from '../api/sparse-members.ts';

/** What came of reading YAML that somebody sent. */
export type YamlReading =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly at: string; readonly message: string };

/** The parser takes a second and 250 MB of memory for eight. */
export const MAX_YAML_BYTES = 8 << 20;
const MAX_DEPTH = 100;
const MAX_ALIASES = 1000;
/** Values with every alias counted as often as it is used, so that no reader has to walk more. */
const MAX_VALUES = 1 << 21;
const SCHEMA = CORE_SCHEMA.withTags({
  ...mapTag,
  addPair(mapping: Record<string, unknown>, key, value) {
    if (typeof key === 'string' || typeof key === 'number') expectMember(mapping, `${key}`);
    return mapTag.addPair(mapping, key, value);
  },
});

/**
 * Reads one document of YAML 1.2 (core schema); nothing but blanks and comments is null. A key twice is refused, and so are aliases that grow to more than what
 * could have been written out.
 */
export function parseYaml(bytes: Uint8Array): YamlReading {
  const no = (at: string, message: string): YamlReading => ({ ok: false, at, message });
  if (bytes.length > MAX_YAML_BYTES) {
    return no('line 1, column 1', `YAML is read up to ${MAX_YAML_BYTES} bytes; write what is larger as JSON`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return no('line 1, column 1', 'the bytes are not UTF-8');
  }
  if (mayHaveValues(text) > MAX_VALUES) return no('line 1, column 1', `there are over ${MAX_VALUES} values`);
  let value: unknown;
  try {
    const documents = loadAll(text, { schema: SCHEMA, maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES });
    if (documents.length > 1)
      return no('line 1, column 1', 'there is more than one document; write each in a file of its own');
    value = documents[0] ?? null;
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return no(lineAndColumn(text, error.mark?.position ?? 0), error.reason);
  }
  const size = expandedSize(value);
  if (size === 'deep')
    return no('line 1, column 1', `values are nested over ${MAX_DEPTH} levels deep, or in themselves`);
  if (size === 'large') return no('line 1, column 1', `aliases make over ${MAX_VALUES} values of it`);
  return { ok: true, value };
}

/** More than the values of a text can be, without reading it. */
function mayHaveValues(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // Line feed, comma, brackets: each value but the first comes after one of them, or after `- ` or `: ` on its line.
    if (code === 0x0a || code === 0x2c || code === 0x5b || code === 0x7b) count += 1;
  }
  return count;
}

/** How large a value is when every alias is followed. Ends early, since that can be without end. */
function expandedSize(root: unknown): 'fits' | 'large' | 'deep' {
  let values = 0;
  const open: { readonly members: readonly unknown[]; next: number }[] = [{ members: [root], next: 0 }];
  for (;;) {
    const top = open.at(-1);
    if (top === undefined) return 'fits';
    if (top.next >= top.members.length) {
      open.pop();
      continue;
    }
    const value = top.members[top.next];
    top.next += 1;
    values += 1;
    if (values > MAX_VALUES) return 'large';
    if (typeof value !== 'object' || value === null) continue;
    if (open.length > MAX_DEPTH) return 'deep';
    open.push({ members: Array.isArray(value) ? value : Object.values(value), next: 0 });
  }
}
