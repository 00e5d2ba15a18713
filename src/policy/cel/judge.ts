import type { Covered } from '../coverage.ts';
import type { PolicyOutcome, PolicyQuery } from '../evaluation.ts';
import { listening } from './conditions.ts';
import { evaluate } from './evaluate.ts';
import type { Compiled } from './program.ts';
import { createTrace, type Trace } from './trace.ts';

/** What a compiled source says; one that is no good says nothing that can be relied on. */
export function judge(name: string, compiled: Compiled, query: PolicyQuery, trace?: Trace): PolicyOutcome {
  if (compiled.ok) return evaluate(name, compiled.program, query, trace);
  const [{ line, column, message } = { message: 'it can not be read' }] = compiled.findings;
  const place = line === undefined ? '' : `line ${line}, column ${column}: `;
  return { kind: 'failed', failure: { reason: 'Error', message: `the policy is no good: ${place}${message}` } };
}

/** The same of a source that was compiled so that its conditions are told of, with what it came by. */
export function judgeCovering(name: string, compiled: Compiled, query: PolicyQuery): Covered {
  const trace = createTrace();
  const outcome = listening(trace.was, () => judge(name, compiled, query, trace));
  return { outcome, points: compiled.ok ? trace.points(compiled.program) : [] };
}
