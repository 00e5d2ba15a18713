import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { type Finding, Problem } from '../../api/problem.ts';
import { authoredKind, validateObject } from '../../api/validate.ts';
import { EXIT } from '../exit-code.ts';
import { printResult, type Session } from '../session.ts';

/** What was found in one document of a file. */
interface Linted {
  readonly document: string;
  readonly findings: readonly Finding[];
}

/** Aliases are shared when read, and would only explode when walked. */
const MAX_ALIASES = 100;

/** `proviso contract lint FILE`: judges what kubectl apply would refuse, without a cluster. */
export async function contractLint(session: Session, file: string): Promise<number> {
  const linted = documentsOf(await readText(session, file), file).map(lint);
  const failed = linted.filter(({ findings }) => findings.length > 0);
  printResult(session, { file, documents: linted }, () => formatLint(session, file, linted));
  return failed.length === 0 ? EXIT.ok : EXIT.error;
}

async function readText(session: Session, file: string): Promise<string> {
  try {
    return await readFile(resolve(session.io.cwd, file), 'utf8');
  } catch (cause) {
    throw new Problem('usage', `'${file}' can't be read`, { cause, hint: 'FILE is YAML as for kubectl apply -f' });
  }
}

function documentsOf(text: string, file: string): readonly unknown[] {
  let documents: readonly unknown[];
  try {
    documents = loadAll(text, { maxAliases: MAX_ALIASES });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new Problem('request-invalid', `${file} is not valid YAML: ${message.split('\n')[0]}`, { cause });
  }
  const found = documents.filter((document) => document !== undefined && document !== null);
  if (found.length > 0) return found;
  throw new Problem('request-invalid', `${file} holds no document`);
}

function lint(value: unknown, index: number): Linted {
  const kind = authoredKind(value);
  if (!kind.ok) return { document: `document ${index + 1}`, findings: kind.findings };
  const validation = validateObject(kind.object, value);
  const { name } = (value as { readonly metadata?: { readonly name?: unknown } }).metadata ?? {};
  const document = `${kind.object} ${typeof name === 'string' ? name : `(document ${index + 1})`}`;
  return { document, findings: validation.ok ? [] : validation.findings };
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
