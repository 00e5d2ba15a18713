import { excerpt } from '../../api/excerpt.ts';
import { asArray, asRecord, asText } from '../../api/record.ts';
import type { SourceFinding } from '../evaluation.ts';
import { LEFT_OUT } from './builtins.ts';
import type { Answered } from './process.ts';

const MAX_MESSAGE = 1024;

/** The policy's own file; where OPA names another, the line is none that its author knows. */
export const POLICY_FILE = 'policy.rego';

/** What OPA complains of; nothing exactly if it ended well. */
export function opaErrors({ code, output, errors }: Answered): readonly SourceFinding[] {
  if (code === 0) return [];
  for (const text of [output, errors]) {
    const findings = asArray(asRecord(parsed(text))?.errors).map(finding);
    if (findings.length > 0) return findings;
  }
  return [{ message: excerpt((errors || output).trim() || `OPA ended with ${code}`, MAX_MESSAGE) }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function finding(error: unknown): SourceFinding {
  const record = asRecord(error);
  const message = explained(excerpt(asText(record?.message) ?? 'OPA says nothing more', MAX_MESSAGE));
  const location = asRecord(record?.location);
  const line = count(location?.row);
  if (line === undefined || location?.file !== POLICY_FILE) return { message };
  const column = count(location.col);
  return { line, ...(column === undefined ? {} : { column }), message };
}

/** OPA can't tell a slip from a function that we keep from policies. */
function explained(message: string): string {
  const why = LEFT_OUT.get(/^undefined function (\S+)$/.exec(message)?.[1] ?? '');
  return why === undefined ? message : `${message}: policies don't get it, since ${why}`;
}

const count = (value: unknown): number | undefined => (typeof value === 'number' && value >= 1 ? value : undefined);

/** `line 3, column 7: …` */
export const told = ({ line, column, message }: SourceFinding): string =>
  line === undefined ? message : `line ${line}${column === undefined ? '' : `, column ${column}`}: ${message}`;
