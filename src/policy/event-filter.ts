import type { RunEvent } from '../api/run-events.ts';
import type { PolicyEngine, SourceFinding } from './evaluation.ts';

const BEFORE = 'validations: [{message: not wanted, expression: ';

/** The filter of a Subscription as a policy, which objects to what isn't wanted: so the limits of policies hold for it. */
export const filterSource = (filter: string): string => `${BEFORE}${JSON.stringify(filter)}}]`;

/** Where in the filter a column of its policy is, in words; nothing where that can't be told. */
function placeInFilter(filter: string, column: number | undefined): string {
  const isPlain = JSON.stringify(filter) === `"${filter}"`;
  return isPlain && column !== undefined && column > BEFORE.length + 1
    ? `character ${column - BEFORE.length - 1}: `
    : '';
}

/** What is wrong with a filter as it stands, whatever the event; undefined: nothing, or it can't be told now. */
export async function filterFault(engine: PolicyEngine, filter: string): Promise<string | undefined> {
  const findings = await engine.check(filterSource(filter));
  const wrong = findings.find(({ reason }) => reason === undefined);
  return wrong === undefined ? undefined : sayFilterFault(filter, wrong);
}

/** The same of one finding. */
export const sayFilterFault = (filter: string, { column, message }: SourceFinding): string =>
  `${placeInFilter(filter, column)}${message}`;

export type FilterVerdict =
  | { readonly kind: 'wanted' | 'unwanted' }
  /** It isn't known, and won't be: the filter fails for such an event. */
  | { readonly kind: 'failed'; readonly message: string }
  /** It isn't known now. */
  | { readonly kind: 'unknown'; readonly message: string };

/** Whether a filter is true for an event. */
export async function filterEvent(engine: PolicyEngine, filter: string, event: RunEvent): Promise<FilterVerdict> {
  const { namespace, workflow, run } = event.data;
  const about = { namespace: String(namespace), name: String(run), workflow: String(workflow) };
  const query = { input: event, inputs: {}, run: about, now: event.time };
  const outcome = await engine.evaluate('filter', filterSource(filter), query);
  if (outcome.kind === 'failed') {
    const { reason, message } = outcome.failure;
    return { kind: reason === 'EngineUnavailable' ? 'unknown' : 'failed', message: `the filter: ${message}` };
  }
  return { kind: outcome.kind === 'evaluated' && outcome.violations.length === 0 ? 'wanted' : 'unwanted' };
}
