import { basename } from 'node:path';
import { MATERIAL_TYPES, type MaterialType } from '../../api/material-types.ts';
import { Problem } from '../../api/problem.ts';
import type { PolicySpec } from '../../api/types.gen.ts';
import { authoredKind, validateObject } from '../../api/validate.ts';
import { sha256Digest } from '../../evidence/digest.ts';
import type { PolicyOutcome, PolicyQuery } from '../../policy/evaluation.ts';
import { projectMaterial } from '../../policy/project/material.ts';
import { sayFindings } from '../../policy/source-findings.ts';
import { deskEngines } from '../desk-engines.ts';
import { EXIT } from '../exit-code.ts';
import { readInput } from '../input.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session } from '../session.ts';
import { pairsOf, timeOf } from '../values.ts';
import { yamlDocuments } from '../yaml-documents.ts';

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

interface NamedPolicy {
  readonly name: string;
  readonly spec: PolicySpec;
}

/** `proviso policy eval FILE --input DOCUMENT`: what a policy says about a document, without a cluster. */
export async function policyEval(session: Session, file: string, flags: PolicyEvalFlags): Promise<number> {
  const { name, spec } = await policyIn(session, file);
  const source = await sourceOf(session, spec, flags);
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

async function policyIn(session: Session, file: string): Promise<NamedPolicy> {
  const policies: NamedPolicy[] = [];
  for (const value of await yamlDocuments(session, file)) {
    const kind = authoredKind(value);
    if (!kind.ok || (kind.object !== 'Policy' && kind.object !== 'ClusterPolicy')) continue;
    const validation = validateObject(kind.object, value);
    if (!validation.ok) {
      throw new Problem('request-invalid', `${file} has no valid ${kind.object}`, { errors: validation.findings });
    }
    policies.push({ name: validation.object.metadata.name, spec: validation.object.spec as PolicySpec });
  }
  const [policy] = policies;
  if (policies.length === 1 && policy !== undefined) return policy;
  throw new Problem('usage', `${file} has ${policies.length} policies, and one can be evaluated at a time`);
}

async function sourceOf(session: Session, { source }: PolicySpec, flags: PolicyEvalFlags) {
  if (flags.source !== undefined)
    return { at: flags.source, text: (await readInput(session.io, flags.source)).toString('utf8') };
  if (source.inline !== undefined) return { at: 'spec.source.inline', text: source.inline };
  throw new Problem('usage', 'the source of the policy lies elsewhere, in a ConfigMap or a registry', {
    hint: 'give the file that it is made from: --source FILE',
  });
}

async function queryOf(session: Session, spec: PolicySpec, flags: PolicyEvalFlags): Promise<PolicyQuery> {
  const bytes = await readInput(session.io, flags.input);
  const type = typeOf(spec, flags);
  const projected = projectMaterial(type ?? 'ATTESTATION', bytes);
  if (!projected.ok) {
    throw new Problem('request-invalid', `${flags.input} can't be judged`, { errors: [projected.finding] });
  }
  const digest = sha256Digest(bytes);
  return {
    input: projected.value,
    inputs: inputsOf(spec, flags.set),
    ...(type === undefined ? {} : { material: { name: basename(flags.input), type, digest, annotations: {} } }),
    run: { namespace: 'default', name: 'eval', workflow: 'eval' },
    now: timeOf(flags.at).toISOString(),
  };
}

/** Undefined for a policy over attestations. */
function typeOf({ kinds }: PolicySpec, { type }: PolicyEvalFlags): MaterialType | undefined {
  if (kinds === undefined) return undefined;
  const wanted = type ?? (kinds.length === 1 ? kinds[0] : undefined);
  const found = kinds.find((kind) => kind === wanted);
  if (found !== undefined) return found;
  const known = MATERIAL_TYPES.find((each) => each === wanted);
  const why =
    wanted === undefined ? 'the policy is for several types' : `the policy is not for ${known ?? 'such a type'}`;
  throw new Problem('usage', why, { hint: `--type ${kinds.join(', or --type ')}` });
}

function inputsOf({ inputs = [] }: PolicySpec, set: readonly string[]): Readonly<Record<string, string>> {
  const given = new Map(Object.entries(pairsOf('--set', set)));
  const unknown = [...given.keys()].find((name) => !inputs.some((input) => input.name === name));
  if (unknown !== undefined) {
    const names = inputs.map(({ name }) => name).join(', ') || 'none';
    throw new Problem('usage', `the policy has no input '${unknown}'`, { hint: `it has ${names}` });
  }
  const missing = inputs.find(({ name, required }) => required === true && !given.has(name));
  if (missing !== undefined) {
    throw new Problem('usage', `the policy needs the input '${missing.name}'`, { hint: `--set ${missing.name}=…` });
  }
  return Object.fromEntries(inputs.map(({ name, default: byDefault = '' }) => [name, given.get(name) ?? byDefault]));
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
