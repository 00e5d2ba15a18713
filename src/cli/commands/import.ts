import { basename, extname } from 'node:path';
import { dump, FAILSAFE_SCHEMA, nullCoreTag } from 'js-yaml';
import { type Finding, Problem } from '../../api/problem.ts';
import type { Contract } from '../../api/types.gen.ts';
import { type Imported, importContract } from '../../contract/chainloop/contract.ts';
import { EXIT } from '../exit-code.ts';
import { printResult, type Session } from '../session.ts';
import { yamlDocuments } from '../yaml-documents.ts';

export interface ImportFlags {
  readonly name?: string;
  readonly allowLoss?: boolean;
}

/** Scalars stay as they are written: a reader that makes numbers of them makes 1.1 of 1.10, and true of yes. */
const AS_WRITTEN = FAILSAFE_SCHEMA.withTags(nullCoreTag);

/**
 * `proviso import FILE`: Chainloop contracts as Contracts for kubectl apply, on stdout; what changed its form and what has no
 * counterpart on stderr. Something lost ends it with 1 and without a result, unless that is allowed: a contract that asks
 * for less than its author thinks is worse than none.
 */
export async function importFile(session: Session, file: string, flags: ImportFlags): Promise<number> {
  const { namespace } = session.flags;
  const options = { name: flags.name ?? nameOf(file), ...(namespace === undefined ? {} : { namespace }) };
  const documents = await yamlDocuments(session.io, file, AS_WRITTEN);
  const imported = documents.map((document, index) => accepted(importContract(document, options), file, index));
  refuseSameNames(imported.map(({ contract }) => contract.metadata.name));
  for (const { contract, changed, lost } of imported) {
    for (const finding of changed) report(session, contract, 'changed', finding);
    for (const finding of lost) report(session, contract, 'LOST', finding);
  }
  const losses = imported.flatMap(({ lost }) => lost);
  if (losses.length > 0 && flags.allowLoss !== true) {
    throw new Problem('request-invalid', `${losses.length} of what ${file} says can't be carried over`, {
      hint: 'read the list above; with --allow-loss the rest is written',
    });
  }
  const contracts = imported.map(({ contract }) => contract);
  const [first] = contracts;
  const result = contracts.length === 1 ? first : { apiVersion: 'v1', kind: 'List', items: contracts };
  printResult(session, result, () =>
    contracts
      .map((contract) => dump(contract, { lineWidth: 120 }))
      .join('---\n')
      .trimEnd(),
  );
  return EXIT.ok;
}

/** The file's own name, as far as a name can be made of it. */
const nameOf = (file: string): string =>
  basename(file, extname(file))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_NAME)
    .replace(/^-|-$/g, '');
/** Of a Contract. */
const MAX_NAME = 63;

function accepted(imported: Imported, file: string, index: number): Extract<Imported, { ok: true }> {
  if (imported.ok) return imported;
  throw new Problem('request-invalid', `document ${index + 1} of ${file} can't be imported`, {
    errors: imported.findings,
  });
}

function refuseSameNames(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new Problem('request-invalid', `two contracts would have the name '${twice}'`, {
    hint: 'contracts without a name of their own need a file each',
  });
}

function report({ io }: Session, { metadata }: Contract, what: 'changed' | 'LOST', { at, message }: Finding): void {
  const { yellow, red, bold } = io.colours;
  const mark = what === 'LOST' ? red(what) : yellow(what);
  io.err(`${mark} ${metadata.name}: ${at === undefined ? '' : `${bold(at)}: `}${message}`);
}
