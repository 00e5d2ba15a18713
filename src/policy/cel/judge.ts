import type { PolicyOutcome, PolicyQuery } from '../evaluation.ts';
import { evaluate } from './evaluate.ts';
import type { Compiled } from './program.ts';

/** What a compiled source says; one that is no good says nothing that can be relied on. */
export function judge(name: string, compiled: Compiled, query: PolicyQuery): PolicyOutcome {
  if (compiled.ok) return evaluate(name, compiled.program, query);
  const [{ line, column, message } = { message: 'it can not be read' }] = compiled.findings;
  const place = line === undefined ? '' : `line ${line}, column ${column}: `;
  return { kind: 'failed', failure: { reason: 'Error', message: `the policy is no good: ${place}${message}` } };
}
