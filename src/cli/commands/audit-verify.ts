import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '../../api/problem.ts';
import { type AuditSummary, createAuditCheck } from '../../verify/audit-chain.ts';
import { EXIT } from '../exit-code.ts';
import { printResult, type Session } from '../session.ts';

export interface AuditVerifyFlags {
  readonly head?: string;
}

/** More help nobody. */
const TOLD = 20;
const HASH = /^sha256:[0-9a-f]{64}$/;

/** `proviso audit verify FILE…`: whether lines of an audit log were removed, changed or moved since they were written. */
export async function auditVerify(
  session: Session,
  files: readonly string[],
  { head }: AuditVerifyFlags,
): Promise<number> {
  if (head !== undefined && !HASH.test(head)) {
    throw new Problem('usage', `'${head}' is no hash of a line`, {
      hint: 'give one as this command prints it: sha256:…',
    });
  }
  const check = createAuditCheck(head);
  for (const file of files) await readLines(resolve(session.io.cwd, file), file, check.line);
  const summary = check.end();
  printResult(session, summary, () => format(session, summary));
  return summary.findings.length === 0 ? EXIT.ok : EXIT.error;
}

async function readLines(path: string, file: string, onLine: (line: string) => void): Promise<void> {
  const input = createReadStream(path);
  try {
    // Only the one end of line that is written: with any other two lines would become one of the same text.
    for await (const line of createInterface({ input, crlfDelay: 0 })) onLine(line);
  } catch (cause) {
    throw new Problem('usage', `'${file}' can't be read`, { cause });
  }
}

function format({ io }: Session, { findings, lines, chains, head, continues }: AuditSummary): string {
  const { green, red } = io.colours;
  const told = findings.slice(0, TOLD).map(({ line, message }) => `${red('BROKEN')} line ${line}: ${message}`);
  const more = findings.length > TOLD ? [`and ${findings.length - TOLD} more`] : [];
  if (told.length > 0) return [...told, ...more].join('\n');
  return [
    `${green('ok')} ${lines} lines of ${chains} processes, none of them removed, changed or moved`,
    ...(continues ? ['it continues a log that is not here'] : []),
    `what was cut off at the end is only seen by who keeps the last hash elsewhere, for --head: ${head ?? ''}`,
  ].join('\n');
}
