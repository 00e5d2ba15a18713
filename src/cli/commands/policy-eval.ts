import { basename } from 'node:path';
import { Problem } from '../../api/problem.ts';
import type { PolicySpec } from '../../api/types.gen.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import type { PolicyOutcome, PolicyQuery } from '../../policy/evaluation.ts';
import { projectMaterial } from '../../policy/project/material.ts';
import { sayFindings } from '../../policy/source-findings.ts';
import { deskEngines } from '../desk-engines.ts';
import { EXIT } from '../exit-code.ts';
import { readInput } from '../input.ts';
import { type Choice, chooseType, fillInputs } from '../policy/choices.ts';
import { readPolicy, readPolicySource } from '../policy/file.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session } from '../session.ts';
import { pairsOf, timeOf } from '../values.ts';

export interface PolicyEvalFlags {
  readonly input: string;
  /** Of the policy's kinds, if it has several. */
  readonly type?: string;
  /** Another file with the source, for one that isn't inline. */
  readonly source?: string;
  /** `NAME=VALUE`, as often as given. */
  readonly set: readonly string[];
  /** The time that it is judged by; default now. */
  readonly at?: string;
}

/** `proviso policy eval FILE --input DOCUMENT`: what a policy says about a document, without a cluster. */
export async function policyEval(session: Session, file: string, flags: PolicyEvalFlags): Promise<number> {
  const { name, spec } = await readPolicy(session.io, file);
  const source = await readPolicySource(session.io, spec, flags.source, '--source FILE');
  const query = await queryOf(session, spec, flags);
  const engines = deskEngines();
  const engine = engines[spec.engine ?? 'CEL'];
  try {
    const findings = await engine.check(source.text);
    if (findings.length > 0) {
      throw new Problem('policy-invalid', `the source can't be evaluated: ${sayFindings(source.at, findings)}`);
    }
    const outcome = await engine.evaluate(name, source.text, query);
    printResult(session, { policy: name, ...outcome }, () => textOf(session, name, outcome));
    return codeOf(outcome);
  } finally {
    await engine.close();
  }
}

async function queryOf(session: Session, spec: PolicySpec, flags: PolicyEvalFlags): Promise<PolicyQuery> {
  const bytes = await readInput(session.io, flags.input);
  const type = chosen(chooseType(spec, flags.type), ({ known }) => `--type ${known.join(', or --type ')}`);
  const inputs = chosen(fillInputs(spec, pairsOf('--set', flags.set)), ({ is, known }) =>
    is === 'missing' ? `--set ${known.join()}=…` : `it has ${known.join(', ') || 'none'}`,
  );
  const projected = projectMaterial(type ?? 'ATTESTATION', bytes);
  if (!projected.ok) {
    throw new Problem('request-invalid', `${flags.input} can't be judged`, { errors: [projected.finding] });
  }
  const digest = sha256Digest(bytes);
  return {
    input: projected.value,
    inputs,
    ...(type === undefined ? {} : { material: { name: basename(flags.input), type, digest, annotations: {} } }),
    run: { namespace: 'default', name: 'eval', workflow: 'eval' },
    now: timeOf(flags.at).toISOString(),
  };
}

/** What was chosen. Throws `usage`; `hint` says what to give instead. */
function chosen<T>(choice: Choice<T>, hint: (refused: Extract<Choice<T>, { readonly ok: false }>) => string): T {
  if (choice.ok) return choice.value;
  throw new Problem('usage', choice.why, { hint: hint(choice) });
}

function textOf(session: Session, name: string, outcome: PolicyOutcome): string {
  switch (outcome.kind) {
    case 'skipped':
      return `${name}: skipped: ${outcome.reasons.map(plain).join('; ')}`;
    case 'ignored':
      return `${name}: it wants no trace of this`;
    case 'failed':
      return `${name}: failed (${outcome.failure.reason}): ${plain(outcome.failure.message)}`;
    case 'evaluated': {
      const { violations, omitted = 0 } = outcome;
      if (violations.length === 0) return `${name}: no violations`;
      const rows = violations.map(({ subject, message, suppressed }) => [
        ...[plain(subject), plain(message)],
        suppressed === true ? 'suppressed' : '',
      ]);
      const table = formatTable(session.io, ['Subject', 'Message', ''], rows);
      return omitted === 0 ? table : `${table}\nand ${omitted} more`;
    }
  }
}

/** As the gate of a contract would take it. */
function codeOf(outcome: PolicyOutcome): number {
  if (outcome.kind === 'failed') return EXIT.error;
  const objects = outcome.kind === 'evaluated' && outcome.violations.some(({ suppressed }) => suppressed !== true);
  return objects ? EXIT.blocked : EXIT.ok;
}
