import type { Finding } from '../api/problem.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { parseJsonDocument } from './json-document.ts';
import {
  accepted,
  type Inspection,
  type MaterialInput,
  type MaterialKind,
  refused,
  unreadable,
  WHOLE_DOCUMENT,
} from './kind.ts';
import { TOOL_FACTS, toolFacts } from './sbom-facts.ts';
import { schemaCheck } from './schema.ts';

const check = schemaCheck({
  type: 'object',
  required: ['SourceMetadata', 'DetectorName', 'Verified'],
  properties: {
    SourceMetadata: { type: ['object', 'null'] },
    SourceName: { type: 'string' },
    DetectorName: { type: 'string', minLength: 1 },
    DecoderName: { type: 'string' },
    Verified: { type: 'boolean' },
    Raw: { type: 'string' },
    Redacted: { type: 'string' },
  },
});
const NEWLINE = 0x0a;
const OPEN_BRACKET = 0x5b;

/** TRUFFLEHOG_JSON: what TruffleHog 3 found, one secret a line, or all of them in a list. */
export const trufflehog: MaterialKind = {
  type: 'TRUFFLEHOG_JSON',
  ...WHOLE_DOCUMENT,
  notes: {
    accepts:
      'What `trufflehog … --json` writes, one secret a line, or all of them in a list. A scan that finds nothing writes ' +
      'nothing, which proves nothing: hand in `[]`, as `jq -s .` makes of it.',
    facts: TOOL_FACTS,
  },
  inspect: (input) => (firstOf(input.bytes) === OPEN_BRACKET ? inspectList(input) : inspectLines(input.bytes)),
};

const found = (): Inspection => accepted({ annotations: toolFacts(['trufflehog']), mediaType: 'application/json' });

function inspectList(input: MaterialInput): Inspection {
  const parsed = parseJsonDocument(input);
  if (!parsed.ok) return unreadable(parsed.at, parsed.message);
  for (const [index, secret] of (parsed.value as readonly unknown[]).entries()) {
    const findings = check(secret);
    if (findings.length > 0) return refused(...placed(findings, `/${index}`));
  }
  return found();
}

/** Each line is let go before the next is read. */
function inspectLines(bytes: Uint8Array): Inspection {
  let secrets = 0;
  for (let from = 0, number = 1; from < bytes.length; number++) {
    const end = bytes.indexOf(NEWLINE, from);
    const line = bytes.subarray(from, end < 0 ? bytes.length : end);
    from += line.length + 1;
    if (firstOf(line) === undefined) continue;
    const parsed = parseStrictJson(line);
    const findings = parsed.ok
      ? check(parsed.value)
      : [{ at: parsed.at.replace(/^line 1, /, ''), message: parsed.message }];
    if (findings.length > 0) return refused(...placed(findings, `line ${number}, `));
    secrets += 1;
  }
  return secrets > 0 ? found() : refused({ at: 'line 1', message: 'there is no JSON in it' });
}

const placed = (findings: readonly Finding[], before: string): readonly Finding[] =>
  findings.map(({ at = '', message }) => ({ at: `${before}${at}`, message }));

/** The first byte that isn't white space. */
const firstOf = (bytes: Uint8Array): number | undefined =>
  bytes.find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== NEWLINE && byte !== 0x0d);
