import type { Finding } from '../../api/problem.ts';
import { authoredKind, validateObject } from '../../api/validate.ts';
import { celHere } from '../../policy/cel/here.ts';
import { EXIT } from '../exit-code.ts';
import { printResult, type Session } from '../session.ts';
import { yamlDocuments } from '../yaml-documents.ts';
import { type LintEngines, policyFindings } from './contract-lint-policy.ts';
import { trustFindings } from './contract-lint-trust.ts';

/** What was found in one document of a file. */
interface Linted {
  readonly document: string;
  readonly findings: readonly Finding[];
}

/** OPA may not be here. */
const AT_HAND: LintEngines = { CEL: celHere };

/**
 * `proviso contract lint FILE`: judges what kubectl apply would refuse, and keys and roots in the file, without a cluster; sources of
 * policies as far as there are engines.
 */
export async function contractLint(session: Session, file: string, engines: LintEngines = AT_HAND): Promise<number> {
  const documents = await yamlDocuments(session, file);
  const linted = await Promise.all(documents.map((value, index) => lint(value, index, engines)));
  const failed = linted.filter(({ findings }) => findings.length > 0);
  printResult(session, { file, documents: linted }, () => formatLint(session, file, linted));
  return failed.length === 0 ? EXIT.ok : EXIT.error;
}

async function lint(value: unknown, index: number, engines: LintEngines): Promise<Linted> {
  const kind = authoredKind(value);
  if (!kind.ok) return { document: `document ${index + 1}`, findings: kind.findings };
  const validation = validateObject(kind.object, value);
  const { name } = (value as { readonly metadata?: { readonly name?: unknown } }).metadata ?? {};
  const document = `${kind.object} ${typeof name === 'string' ? name : `(document ${index + 1})`}`;
  if (!validation.ok) return { document, findings: validation.findings };
  const { object } = validation;
  const inSource = await policyFindings(kind.object, object, engines);
  return { document, findings: [...trustFindings(kind.object, object), ...inSource] };
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
