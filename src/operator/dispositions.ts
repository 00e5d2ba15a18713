import { KubeError } from '../kube/error.ts';
import { NotLeaderError } from '../kube/limits.ts';
import type { Disposition } from '../queue/disposition.ts';

/** What the API server says of a write that it can never take as it is. */
const UNACCEPTABLE: ReadonlySet<number> = new Set([400, 413, 422]);

/** What an error of a reconcile leads to. */
export function judgeFailure(error: unknown): Disposition {
  // Whoever leads now does the work.
  if (error instanceof NotLeaderError) return { kind: 'wait' };
  if (!(error instanceof KubeError)) return { kind: 'retry' };
  // The deletion of what it is about is on its way through the watch.
  if (error.causes.includes('NamespaceTerminating') || error.code === 404) return { kind: 'wait' };
  if (error.code === 409) return { kind: 'conflict' };
  if (UNACCEPTABLE.has(error.code)) return { kind: 'permanent' };
  return error.retryAfter === undefined ? { kind: 'retry' } : { kind: 'retry', atLeastMs: error.retryAfter * 1000 };
}
