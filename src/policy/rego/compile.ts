import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PolicyFailure, SourceFinding } from '../evaluation.ts';
import { missingRules } from './boilerplate.ts';
import type { Installation } from './installation.ts';
import { opaErrors, POLICY_FILE } from './messages.ts';
import { moduleOf, schemaFindings } from './module.ts';

/** The file with the rules that the policy doesn't have itself. */
const MISSING = 'missing.rego';
/** What `arrange` writes. */
export const FILES = [POLICY_FILE, MISSING] as const;

/** What came of compiling a source. */
export type Compiled =
  | { readonly kind: 'compiled'; readonly policy: CompiledPolicy }
  /** It calls these functions of Chainloop's that there are none of here. */
  | { readonly kind: 'foreign'; readonly functions: readonly string[] }
  | { readonly kind: 'faulty'; readonly findings: readonly SourceFinding[] }
  | { readonly kind: 'failed'; readonly failure: PolicyFailure };

export interface CompiledPolicy {
  /** What OPA has to be told to take it. */
  readonly flags: readonly string[];
  readonly packagePath: readonly string[];
  /** Writes its files into a folder. */
  arrange(folder: string): Promise<void>;
}

/** Of Rego as it is, and as it was before OPA 1.0. */
const DIALECTS: readonly (readonly string[])[] = [[], ['--v0-compatible']];
/** What OPA says of the second in terms of the first. */
const OLD_STYLE = /^`(?:if|contains)` keyword is required/;

/**
 * Finds out which Rego a source is in, and whether it can be evaluated: in the Rego of today, else in that of before 1.0.
 * Where neither will do, what is said is of the one that it looks like.
 */
export async function compile(installation: Installation, source: string): Promise<Compiled> {
  let first: Compiled | undefined;
  for (const flags of DIALECTS) {
    const compiled = await compileAs(installation, source, flags);
    if (compiled.kind !== 'faulty') return compiled;
    const isOld = first?.kind === 'faulty' && first.findings.some(({ message }) => OLD_STYLE.test(message));
    if (first === undefined || isOld) first = compiled;
  }
  return first ?? { kind: 'faulty', findings: [] };
}

async function compileAs(
  { opa, capabilities, functions }: Installation,
  source: string,
  flags: readonly string[],
): Promise<Compiled> {
  const parsed = await opa.ask(['parse', '--format', 'json', ...flags, POLICY_FILE], {
    arrange: (folder) => writeFile(join(folder, POLICY_FILE), source),
  });
  if (!parsed.ok)
    return parsed.failure.reason === 'InvalidResult'
      ? faulty('the source is too large to be looked at; make several policies of it')
      : { kind: 'failed', failure: parsed.failure };
  const faults = opaErrors(parsed.answer);
  if (faults.length > 0) return { kind: 'faulty', findings: faults };
  const tree: unknown = JSON.parse(parsed.answer.output);
  const schemas = schemaFindings(tree);
  if (schemas.length > 0) return { kind: 'faulty', findings: schemas };
  const { packagePath, rules } = moduleOf(tree);
  if (packagePath.join().length > MAX_PACKAGE) return faulty('the name of the package is too long');
  const missing = missingRules(packagePath, rules);
  const arrange = async (folder: string): Promise<void> => {
    await writeFile(join(folder, POLICY_FILE), source);
    await writeFile(join(folder, MISSING), missing);
  };
  const args = ['check', '--format', 'json', '--capabilities', capabilities, ...flags, ...FILES, functions];
  const checked = await opa.ask(args, { arrange });
  if (!checked.ok) return { kind: 'failed', failure: checked.failure };
  const findings = opaErrors(checked.answer);
  if (findings.length === 0) return { kind: 'compiled', policy: { flags, packagePath, arrange } };
  const foreign = findings.map(({ message }) => FOREIGN.exec(message)?.[1]);
  return foreign.every((name) => name !== undefined)
    ? { kind: 'foreign', functions: [...new Set(foreign)].sort() }
    : { kind: 'faulty', findings };
}

/** Characters; the name goes to OPA as an argument. */
const MAX_PACKAGE = 1024;

const faulty = (message: string): Compiled => ({ kind: 'faulty', findings: [{ message }] });

const FOREIGN = /^undefined function (chainloop\..+)$/;
