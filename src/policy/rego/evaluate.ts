import { asArray, asRecord } from '../../api/record.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { CoveragePoint, Covered } from '../coverage.ts';
import type { PolicyOutcome, PolicyQuery } from '../evaluation.ts';
import { resultOf } from './boilerplate.ts';
import { CHAINLOOP_PACKAGE } from './builtins.ts';
import { type CompiledPolicy, FILES } from './compile.ts';
import { regoInput } from './input.ts';
import type { Installation } from './installation.ts';
import { opaErrors, POLICY_FILE, told } from './messages.ts';
import { outcomeOf } from './result.ts';

/** Of what a policy prints, this much is logged. */
const MAX_PRINTED = 4096;

/** Asks OPA what a policy says, in a process of its own; `covers`, and what of it was evaluated. */
export async function evaluateCompiled(
  { opa, limits, capabilities, functions }: Installation,
  { flags, packagePath, arrange }: CompiledPolicy,
  name: string,
  query: PolicyQuery,
  log: Logger,
  covers = false,
): Promise<Covered> {
  const input = regoInput(query);
  if (input === undefined) {
    return uncovered(failedFor('a policy in Rego judges an object or an array, and this is something else'));
  }
  const files = [...FILES, functions].flatMap((file) => ['--data', file]);
  const question = [
    resultOf(packagePath),
    // An evaluation comes out the same whenever it is repeated.
    `with time.now_ns as ${BigInt(Date.parse(query.now)) * 1_000_000n}`,
    `with chainloop.vulnerability as ${CHAINLOOP_PACKAGE}.vulnerability`,
  ].join(' ');
  // Should nobody be there any more to kill it, it ends by itself.
  const bounds = [
    '--timeout',
    `${limits.timeoutMs + 1000}ms`,
    '--strict-builtin-errors',
    '--capabilities',
    capabilities,
  ];
  const wanted = covers ? ['--coverage'] : [];
  const args = ['eval', '--stdin-input', '--format', 'json', ...wanted, ...bounds, ...flags, ...files, question];
  const asked = await opa.ask(args, { arrange, input: () => input });
  if (!asked.ok) return uncovered({ kind: 'failed', failure: asked.failure });
  const faults = opaErrors(asked.answer);
  if (faults.length > 0) return uncovered(failedFor(faults.map(told).join('; ')));
  if (asked.answer.errors !== '')
    log.debug({ policy: name, printed: asked.answer.errors.slice(0, MAX_PRINTED) }, 'a policy printed');
  const answer: unknown = JSON.parse(asked.answer.output);
  return { outcome: outcomeOf(name, resultIn(answer)), points: pointsIn(answer) };
}

const uncovered = (outcome: PolicyOutcome): Covered => ({ outcome, points: [] });

/** Of the only expression of the question; undefined where the rule has no value. */
const resultIn = (answer: unknown): unknown =>
  asRecord(asArray(asRecord(asArray(asRecord(answer)?.result)[0])?.expressions)[0])?.value;

/** It isn't known what the policy says, for this reason. */
export const failedFor = (message: string): PolicyOutcome => ({
  kind: 'failed',
  failure: { reason: 'Error', message },
});

/** What OPA says of the lines of the policy's own file; nothing if it wasn't asked. */
function pointsIn(answer: unknown): readonly CoveragePoint[] {
  const files = asRecord(asRecord(asRecord(answer)?.coverage)?.files);
  const report = asRecord(files?.[POLICY_FILE]);
  const pointsOf = (ranges: unknown, covered: boolean): readonly CoveragePoint[] =>
    asArray(ranges).flatMap((range) => {
      const { row, col } = asRecord(asRecord(range)?.start) ?? {};
      const end = asRecord(asRecord(range)?.end)?.row;
      const at = `line ${row}${col === undefined ? '' : `, column ${col}`}`;
      // Before it told columns, OPA put lines that follow one another into one range.
      const more = col === undefined ? Math.max(0, Number(end) - Number(row)) : 0;
      const others = Array.from({ length: more }, (_, index) => `line ${Number(row) + index + 1}`);
      return [at, ...others].map((each) => ({ at: each, what: 'is evaluated', covered }));
    });
  return [...pointsOf(report?.covered, true), ...pointsOf(report?.not_covered, false)];
}
