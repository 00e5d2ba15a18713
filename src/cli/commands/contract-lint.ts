import type { Finding } from '../../api/problem.ts';
import { authoredKind, validateObject } from '../../api/validate.ts';
import type { GroupOf } from '../../contract/policy-groups.ts';
import { closeEngines, type PolicyEngines } from '../../policy/engines.ts';
import { deskEngines } from '../desk-engines.ts';
import { EXIT } from '../exit-code.ts';
import { groupsOfFile } from '../file-groups.ts';
import { printResult, type Session } from '../session.ts';
import { yamlDocuments } from '../yaml-documents.ts';
import { filterFindings } from './contract-lint-filter.ts';
import { groupFindings } from './contract-lint-groups.ts';
import { policyFindings } from './contract-lint-policy.ts';
import { trustFindings } from './contract-lint-trust.ts';

/** What was found in one document of a file. */
interface Linted {
  readonly document: string;
  readonly findings: readonly Finding[];
}

/**
 * `proviso contract lint FILE`: judges what kubectl apply would refuse, and keys, roots and groups in the file, without a cluster; sources of
 * policies as far as their engine is here.
 */
export async function contractLint(session: Session, file: string): Promise<number> {
  const documents = await yamlDocuments(session.io, file);
  const engines = deskEngines();
  const groupOf = groupsOfFile(documents);
  const linting = documents.map((value, index) => lint(value, index, engines, groupOf));
  const linted = await Promise.all(linting).finally(() => closeEngines(engines));
  const failed = linted.filter(({ findings }) => findings.length > 0);
  printResult(session, { file, documents: linted }, () => formatLint(session, file, linted));
  return failed.length === 0 ? EXIT.ok : EXIT.error;
}

async function lint(value: unknown, index: number, engines: PolicyEngines, groupOf: GroupOf): Promise<Linted> {
  const kind = authoredKind(value);
  if (!kind.ok) return { document: `document ${index + 1}`, findings: kind.findings };
  const validation = validateObject(kind.object, value);
  const { name } = (value as { readonly metadata?: { readonly name?: unknown } }).metadata ?? {};
  const document = `${kind.object} ${typeof name === 'string' ? name : `(document ${index + 1})`}`;
  if (!validation.ok) return { document, findings: validation.findings };
  const { object } = validation;
  const inSource = [
    ...(await policyFindings(kind.object, object, engines)),
    ...(await filterFindings(kind.object, object, engines)),
  ];
  return {
    document,
    findings: [...trustFindings(kind.object, object), ...groupFindings(kind.object, object, groupOf), ...inSource],
  };
}

function formatLint({ io }: Session, file: string, linted: readonly Linted[]): string {
  const { green, red, bold } = io.colours;
  return linted
    .flatMap(({ document, findings }) => [
      `${findings.length === 0 ? green('ok  ') : red('FAIL')} ${file}: ${bold(document)}`,
      ...findings.map(({ at, message }) => `       ${at === undefined ? '' : `${bold(at)}: `}${message}`),
    ])
    .join('\n');
}
