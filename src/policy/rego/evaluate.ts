import { asArray, asRecord } from '../../api/record.ts';
import type { Logger } from '../../telemetry/log.ts';
import type { PolicyOutcome, PolicyQuery } from '../evaluation.ts';
import { resultOf } from './boilerplate.ts';
import { CHAINLOOP_PACKAGE } from './builtins.ts';
import { type CompiledPolicy, FILES } from './compile.ts';
import { regoInput } from './input.ts';
import type { Installation } from './installation.ts';
import { opaErrors, told } from './messages.ts';
import { outcomeOf } from './result.ts';

/** Of what a policy prints, this much is logged. */
const MAX_PRINTED = 4096;

/** Asks OPA what a policy says, in a process of its own. */
export async function evaluateCompiled(
  { opa, limits, capabilities, functions }: Installation,
  { flags, packagePath, arrange }: CompiledPolicy,
  name: string,
  query: PolicyQuery,
  log: Logger,
): Promise<PolicyOutcome> {
  const input = regoInput(query);
  if (input === undefined) {
    return failedFor('a policy in Rego judges an object or an array, and this is something else');
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
  const args = ['eval', '--stdin-input', '--format', 'json', ...bounds, ...flags, ...files, question];
  const asked = await opa.ask(args, { arrange, input: () => input });
  if (!asked.ok) return { kind: 'failed', failure: asked.failure };
  const faults = opaErrors(asked.answer);
  if (faults.length > 0) return failedFor(faults.map(told).join('; '));
  if (asked.answer.errors !== '')
    log.debug({ policy: name, printed: asked.answer.errors.slice(0, MAX_PRINTED) }, 'a policy printed');
  return outcomeOf(name, resultIn(JSON.parse(asked.answer.output)));
}

/** Of the only expression of the question; undefined where the rule has no value. */
const resultIn = (answer: unknown): unknown =>
  asRecord(asArray(asRecord(asArray(asRecord(answer)?.result)[0])?.expressions)[0])?.value;

/** It isn't known what the policy says, for this reason. */
export const failedFor = (message: string): PolicyOutcome => ({
  kind: 'failed',
  failure: { reason: 'Error', message },
});
