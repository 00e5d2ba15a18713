import { sha256Hex } from './canonical.ts';
import { asRecord, asText } from './record.ts';
import type { WorkflowRun } from './types.gen.ts';

/** What every line of an audit log says that it is. */
export const AUDIT_FORMAT = 'proviso/v1';

/** What was decided about what. */
export type AuditAction =
  | 'RunOpened'
  | 'MaterialAdded'
  | 'AttestationPushed'
  | 'WaiverUsed'
  | 'RunCancelled'
  | 'RunExpired'
  | 'RunPruned'
  | 'TokenIssued'
  | 'WaiverJudged'
  | 'CertificateSigned'
  | 'RunRemoved'
  | 'EvidenceRemoved';

/** One decision. */
export interface AuditEntry {
  readonly action: AuditAction;
  /** Failed: it isn't known what came of it; the run says. */
  readonly verdict: 'Allowed' | 'Refused' | 'Failed';
  /** The user name of who asked. Absent: Proviso itself, or nobody that is known. */
  readonly who?: string | undefined;
  /** Names and digests of what it is about. */
  readonly what: Readonly<Record<string, string>>;
  /** Of a refusal; docs/errors.md explains it. */
  readonly code?: string | undefined;
}

/** How lines call a run. */
export const auditedRun = ({ metadata, spec }: WorkflowRun): AuditEntry['what'] => ({
  namespace: metadata.namespace ?? '',
  run: metadata.name,
  uid: metadata.uid ?? '',
  workflow: spec.workflowRef.name,
});

/** Where a chain of lines begins. */
export interface AuditBeginning {
  readonly action: 'LogBegun';
  /** The program, the machine and the number of the process. */
  readonly process: { readonly component: string; readonly host: string; readonly pid: number };
  /** The hash of the line that stood last in the file; absent where there was none, or where lines go to a stream. */
  readonly after?: string;
}

/** A line as it stands in the log. */
export interface AuditLine extends Partial<AuditEntry> {
  readonly audit: typeof AUDIT_FORMAT;
  /** Of the process that has written it; a process has one chain. */
  readonly chain: string;
  /** Counts from 0. */
  readonly seq: number;
  /** RFC 3339. */
  readonly time: string;
  /** Of a beginning. */
  readonly after?: string;
  /** The hash of the line before in the chain; absent in the first. */
  readonly previous?: string;
}

/** What a line is referred to by: of its bytes, without the end of the line. */
export const auditHash = (line: string): string => `sha256:${sha256Hex(line)}`;

/** Whether a text is meant to be a line of an audit log, be it whole or not. */
export const isAudit = (text: string): boolean => text.startsWith(`{"audit":"${AUDIT_FORMAT}"`);

/** The line, if the text is a whole one. */
export function parseAuditLine(text: string): AuditLine | undefined {
  if (!isAudit(text)) return undefined;
  try {
    const record = asRecord(JSON.parse(text)) ?? {};
    const isWhole = asText(record.chain) !== undefined && Number.isSafeInteger(record.seq);
    return isWhole ? (record as unknown as AuditLine) : undefined;
  } catch {
    return undefined;
  }
}
