import { excerpt } from '../../api/excerpt.ts';
import { asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import type { PolicyOutcome, Violation } from '../evaluation.ts';

/** More than these of one evaluation are counted, and not kept. */
export const MAX_VIOLATIONS = 1000;
/** Of a message or a reason. */
const MAX_TEXT = 4096;

/** Where the value of `result` isn't as it must be. */
class WrongShape extends Error {}

/** What the value of the rule `result` says. `name` of the policy, for violations without a subject. */
export function outcomeOf(name: string, value: unknown): PolicyOutcome {
  try {
    return judge(name, value);
  } catch (error) {
    if (!(error instanceof WrongShape)) throw error;
    return { kind: 'failed', failure: { reason: 'InvalidResult', message: error.message } };
  }
}

function judge(name: string, value: unknown): PolicyOutcome {
  const result = asRecord(value);
  if (result === undefined) throw wrong('', 'an object with `violations`', value);
  if (flag(result, 'ignore')) return { kind: 'ignored' };
  const skipped = flag(result, 'skipped');
  const reason = result.skip_reason ?? '';
  if (typeof reason !== 'string') throw wrong('/skip_reason', 'a string', reason);
  const violations = list(result, 'violations');
  const findings = list(result, 'findings');
  if (violations === undefined && findings === undefined && !skipped) {
    throw wrong('/violations', 'an array, or `findings` in its place', undefined);
  }
  const member = findings !== undefined && findings.length > 0 ? 'findings' : 'violations';
  const entries = (member === 'findings' ? findings : violations) ?? [];
  const read = entries.map((entry, index) => violationOf(name, entry, `/${member}/${index}`));
  if (!skipped) return { kind: 'evaluated', ...kept(read) };
  return { kind: 'skipped', reasons: [reason === '' ? 'the policy gives no reason' : excerpt(reason, MAX_TEXT)] };
}

function flag(result: UnknownRecord, member: string): boolean {
  const value = result[member] ?? false;
  if (typeof value !== 'boolean') throw wrong(`/${member}`, 'true or false', value);
  return value;
}

function list(result: UnknownRecord, member: string): readonly unknown[] | undefined {
  const value = result[member];
  if (value !== undefined && !Array.isArray(value)) throw wrong(`/${member}`, 'an array or a set', value);
  return value;
}

function violationOf(name: string, entry: unknown, at: string): Violation {
  if (typeof entry === 'string') return { subject: name, message: excerpt(entry, MAX_TEXT) };
  const finding = asRecord(entry);
  if (finding === undefined) throw wrong(at, 'a string or an object with a `message`', entry);
  const message = asText(finding.message);
  if (message === undefined) throw wrong(`${at}/message`, 'a string that says something', finding.message);
  return {
    subject: excerpt(asText(finding.subject) ?? name, MAX_TEXT),
    message: excerpt(message, MAX_TEXT),
    finding,
    ...(flagOf(finding, at) ? { suppressed: true } : {}),
  };
}

function flagOf({ suppress = false }: UnknownRecord, at: string): boolean {
  if (typeof suppress !== 'boolean') throw wrong(`${at}/suppress`, 'true or false', suppress);
  return suppress;
}

/** Those that count before those that are suppressed, and how many more of the first there are. */
function kept(violations: readonly Violation[]): {
  readonly violations: readonly Violation[];
  readonly omitted?: number;
} {
  if (violations.length <= MAX_VIOLATIONS) return { violations };
  const counting = violations.filter(({ suppressed = false }) => !suppressed);
  const suppressed = violations.filter(({ suppressed = false }) => suppressed);
  const omitted = counting.length - MAX_VIOLATIONS;
  const told = [...counting, ...suppressed].slice(0, MAX_VIOLATIONS);
  return omitted > 0 ? { violations: told, omitted } : { violations: told };
}

function wrong(at: string, expected: string, value: unknown): WrongShape {
  const is = value === undefined ? 'missing' : excerpt(JSON.stringify(value), 60);
  return new WrongShape(`result${at}: must be ${expected}, and is ${is}`);
}
