import { basename, extname, resolve } from 'node:path';
import { dump, FAILSAFE_SCHEMA, nullCoreTag } from 'js-yaml';
import { type Finding, Problem } from '../../api/problem.ts';
import {
  documentKind,
  type Imported,
  type ImportedObject,
  importDocument,
  isGroup,
  isPolicy,
  nameIn,
} from '../../contract/chainloop/document.ts';
import type { AnyGroup, AnyPolicy } from '../../contract/chainloop/options.ts';
import { EXIT } from '../exit-code.ts';
import { printResult, type Session } from '../session.ts';
import { yamlDocuments } from '../yaml-documents.ts';
import { type Became, createBecame, scriptReader } from './import-files.ts';

export interface ImportFlags {
  readonly name?: string;
  readonly cluster?: boolean;
  readonly allowLoss?: boolean;
}

type Accepted = Extract<Imported, { ok: true }>;

/** A document and where it stands. */
interface Given {
  readonly file: string;
  readonly index: number;
  readonly value: unknown;
}

/** Scalars stay as they are written: a reader that makes numbers of them makes 1.1 of 1.10, and true of yes. */
const AS_WRITTEN = FAILSAFE_SCHEMA.withTags(nullCoreTag);

/**
 * `proviso import FILE…`: Chainloop contracts, policies and groups as objects for kubectl apply, on stdout; what changed its form and
 * what has no counterpart on stderr. Something lost ends it with 1 and without a result, unless that is allowed: a contract
 * that asks for less than its author thinks is worse than none.
 */
export async function importFiles(session: Session, files: readonly string[], flags: ImportFlags): Promise<number> {
  const documents: Given[] = [];
  for (const file of files) {
    const values = await yamlDocuments(session.io, file, AS_WRITTEN);
    documents.push(...values.map((value, index) => ({ file, index, value })));
  }
  const imported = importAll(session, documents, flags);
  const objects = imported.flatMap((each) => each.objects);
  refuseSameNames(objects);
  for (const { objects: became, changed, lost } of imported) {
    const name = became.at(-1)?.metadata.name ?? '';
    for (const finding of changed) report(session, name, 'changed', finding);
    for (const finding of lost) report(session, name, 'LOST', finding);
  }
  const losses = imported.flatMap(({ lost }) => lost);
  if (losses.length > 0 && flags.allowLoss !== true) {
    throw new Problem('request-invalid', `${losses.length} of what ${files.join(', ')} says can't be carried over`, {
      hint: 'read the list above; with --allow-loss the rest is written',
    });
  }
  const [first] = objects;
  const result = objects.length === 1 ? first : { apiVersion: 'v1', kind: 'List', items: objects };
  printResult(session, result, () =>
    objects
      .map((object) => dump(object, { lineWidth: 120 }))
      .join('---\n')
      .trimEnd(),
  );
  return EXIT.ok;
}

interface Known {
  readonly policies: Became<AnyPolicy>;
  readonly groups: Became<AnyGroup>;
}

/** What something may refer to comes first, since that has to know what it became. */
function importAll(session: Session, documents: readonly Given[], flags: ImportFlags): readonly Accepted[] {
  const { cwd } = session.io;
  const known = { policies: createBecame<AnyPolicy>(cwd), groups: createBecame<AnyGroup>(cwd) };
  const ordered = [
    documents.filter(({ value }) => documentKind(value) === 'Policy'),
    documents.filter(({ value }) => documentKind(value) === 'PolicyGroup'),
  ];
  const others = documents.filter((each) => !ordered.flat().includes(each));
  const names = (ordered[1] ?? []).map(({ value }) => nameIn(value));
  return [...ordered.flat(), ...others].map((given) => {
    const result = importOne(session, given, flags, known);
    const file = resolve(cwd, given.file);
    const name = nameIn(given.value) ?? result.objects.at(-1)?.metadata.name ?? '';
    if (documentKind(given.value) === 'Policy') {
      known.policies.add(file, name, result.objects.filter(isPolicy));
      // A group that is written counts more than one that is made of a policy.
      return names.includes(name) ? { ...result, objects: result.objects.filter(isPolicy) } : result;
    }
    if (documentKind(given.value) === 'PolicyGroup') known.groups.add(file, name, result.objects.filter(isGroup));
    return result;
  });
}

function importOne(session: Session, { file, index, value }: Given, flags: ImportFlags, known: Known): Accepted {
  const { namespace } = session.flags;
  const path = resolve(session.io.cwd, file);
  const imported = importDocument(value, {
    name: flags.name ?? nameOf(file),
    ...(namespace === undefined ? {} : { namespace }),
    ...(flags.cluster === true ? { cluster: true } : {}),
    readScript: scriptReader(path),
    policiesOf: (ref) => known.policies.of(path, ref),
    groupOf: (ref) => known.groups.of(path, ref)?.[0],
  });
  if (imported.ok) return imported;
  throw new Problem('request-invalid', `document ${index + 1} of ${file} can't be imported`, {
    errors: imported.findings,
  });
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

function refuseSameNames(objects: readonly ImportedObject[]): void {
  const named = objects.map(({ kind, metadata }) => `${kind} '${metadata.name}'`);
  const twice = named.find((name, index) => named.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new Problem('request-invalid', `there would be two of ${twice}`, {
    hint: 'documents without a name of their own need a file each',
  });
}

function report({ io }: Session, name: string, what: 'changed' | 'LOST', { at, message }: Finding): void {
  const { yellow, red, bold } = io.colours;
  const mark = what === 'LOST' ? red(what) : yellow(what);
  io.err(`${mark} ${name}: ${at === undefined ? '' : `${bold(at)}: `}${message}`);
}
