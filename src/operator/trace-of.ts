import { ANNOTATION_TRACEPARENT } from '../api/labels.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import { parseTraceparent, type TraceContext } from '../telemetry/trace-context.ts';

/** What is done to a run long after its verdict is no part of the pipeline any more. */
const LATE_MS = 3600_000;

/** The trace in which a run was opened, while it is open and for an hour after its verdict. */
export function traceOf({ metadata, status }: WorkflowRun, now: Date): TraceContext | undefined {
  const finished = status?.finishTime;
  if (finished !== undefined && now.getTime() - Date.parse(finished) > LATE_MS) return undefined;
  return parseTraceparent(metadata.annotations?.[ANNOTATION_TRACEPARENT]);
}
