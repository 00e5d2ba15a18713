import { type AuditLine, auditHash, isAudit, parseAuditLine } from '../api/audit-line.ts';

/** Where a log isn't as it was written. Lines count from 1. */
export interface AuditFinding {
  readonly line: number;
  readonly message: string;
}

/** What looking through a log came to. */
export interface AuditSummary {
  readonly findings: readonly AuditFinding[];
  /** Lines of audit logs; what else stands there isn't counted. */
  readonly lines: number;
  readonly chains: number;
  /** The hash of the last line: whoever keeps it elsewhere can tell later whether something was cut off. */
  readonly head: string | undefined;
  /** Whether the first chain says that something was before it, which isn't here. */
  readonly continues: boolean;
}

/** Looks through a log, line by line. */
export interface AuditCheck {
  line(text: string): void;
  end(): AuditSummary;
}

interface Chain {
  readonly seq: number;
  readonly hash: string;
}

/** `expected`: the hash of a line that has to be there. */
export function createAuditCheck(expected?: string): AuditCheck {
  const findings: AuditFinding[] = [];
  const chains = new Map<string, Chain>();
  let number = 0;
  let lines = 0;
  let head: string | undefined;
  /** The hash of what stands before, whatever it is: a process may have been killed before it had written what a line is known by. */
  let before: string | undefined;
  let isFound = false;
  let continues = false;
  /** What stands there, and is no whole line; a process that was killed may have left it, and the next one says so. */
  let torn: AuditFinding | undefined;

  const find = (message: string, line = number): void => void findings.push({ line, message });

  function begin({ after, chain }: AuditLine, hash: string): void {
    if (chains.has(chain)) find('a second beginning of the same chain');
    if (after === undefined) {
      if (torn !== undefined) findings.push(torn);
    } else if (before === undefined) continues = true;
    else if (after !== before) {
      find('it begins after another line than the one before it: something was removed, changed or moved there');
    }
    torn = undefined;
    chains.set(chain, { seq: 0, hash });
  }

  function follow({ chain, seq, previous }: AuditLine, hash: string): void {
    const last = chains.get(chain);
    if (torn !== undefined) {
      findings.push(torn);
      torn = undefined;
    }
    if (last === undefined) find('it continues a chain whose beginning is not here: lines before it were removed');
    else if (seq !== last.seq + 1) {
      find(`it is number ${seq} of its chain, and ${last.seq + 1} comes next: lines were removed, repeated or moved`);
    } else if (previous !== last.hash) {
      find('the line before it in its chain is not the one that it was written after: that was changed');
    }
    chains.set(chain, { seq, hash });
  }

  function audited(text: string, hash: string): void {
    isFound ||= hash === expected;
    const line = parseAuditLine(text);
    if (torn !== undefined && line === undefined) findings.push(torn);
    if (line === undefined) torn = { line: number, message: 'it is no whole line: it was cut off or changed' };
    else if (line.seq === 0) begin(line, hash);
    else follow(line, hash);
    lines += 1;
    head = hash;
  }

  return {
    line(text) {
      number += 1;
      if (text === '') return;
      const hash = auditHash(text);
      if (isAudit(text)) audited(text, hash);
      before = hash;
    },
    end() {
      if (torn !== undefined) findings.push(torn);
      if (lines === 0) findings.push({ line: 0, message: 'there is no line of an audit log in it' });
      if (expected !== undefined && !isFound) {
        findings.push({
          line: number,
          message: `there is no line with the hash ${expected}: it was cut off or changed`,
        });
      }
      return { findings, lines, chains: chains.size, head, continues };
    },
  };
}
