import type { RevisionMessage } from '../../api/contract-messages.ts';
import { Problem } from '../../api/problem.ts';
import { type Difference, differences } from '../../contract/difference.ts';
import { hasDigest } from '../../contract/digest.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import { nameOfSigner } from '../../contract/signers.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../print/plain.ts';
import { formatTable } from '../print/table.ts';
import { printResult, type Session, targetNamespace } from '../session.ts';

/** `proviso contract history NAME`: what a contract has meant, the newest first. */
export async function contractHistory(session: Session, name: string): Promise<number> {
  const items = await revisionsOf(session, name);
  printResult(session, { contract: name, items }, () => {
    const rows = items.map((item) => [String(item.revision), item.revisionName, item.createdTime, ...summary(item)]);
    return formatTable(session.io, ['Revision', 'Name', 'Created', 'Materials', 'Signers', 'State'], rows);
  });
  return EXIT.ok;
}

function summary(item: RevisionMessage): readonly string[] {
  if (!isIntact(item)) return ['', '', 'ALTERED: runs that are pinned to it are refused'];
  const { materials, signers } = item.contract;
  const names = signers.map(nameOfSigner).join(', ') || "the run's own identity";
  return [String(materials.length), plain(names), item.inForce ? 'in force' : ''];
}

/**
 * `proviso contract diff NAME [FROM] [TO]`: what changed between two revisions, by default between the one in force and the
 * one before it.
 */
export async function contractDiff(session: Session, name: string, from?: string, to?: string): Promise<number> {
  const items = await revisionsOf(session, name);
  const after = to === undefined ? (items.find(({ inForce }) => inForce) ?? items[0]) : numbered(items, name, to);
  const before = from === undefined ? previous(items, after) : numbered(items, name, from);
  if (before === undefined || after === undefined) {
    throw new Problem('usage', `the contract '${name}' has one revision, so there is nothing to compare it with`);
  }
  const found = differences(intact(before), intact(after));
  printResult(session, { contract: name, from: before.revision, to: after.revision, differences: found }, () =>
    formatDifferences(session, before, after, found),
  );
  return EXIT.ok;
}

const revisionsOf = async (session: Session, name: string): Promise<readonly RevisionMessage[]> =>
  session.receiver().revisions(targetNamespace(session), name);

function numbered(items: readonly RevisionMessage[], name: string, text: string): RevisionMessage {
  const found = items.find(({ revision }) => String(revision) === text);
  if (found !== undefined) return found;
  const there = items.map(({ revision }) => revision).join(', ');
  throw new Problem('usage', `the contract '${name}' has no revision '${text}'`, { hint: `there are ${there}` });
}

/** The next older one. */
const previous = (items: readonly RevisionMessage[], of: RevisionMessage | undefined): RevisionMessage | undefined =>
  of === undefined ? undefined : items.find(({ revision }) => revision < of.revision);

type Intact = RevisionMessage & { readonly contract: EffectiveContract };

/** The receiver's word isn't taken for it: the content has to be what its digest says. */
const isIntact = (item: RevisionMessage): item is Intact => !item.altered && hasDigest(item.contract, item.digest);

function intact(item: RevisionMessage): EffectiveContract {
  if (isIntact(item)) return item.contract;
  throw new Problem('contract-altered', `the ControllerRevision ${item.revisionName} isn't what it was made as`, {
    hint: 'delete it: the operator makes it anew from the contract; and look into who may write ControllerRevisions',
  });
}

function formatDifferences(
  { io }: Session,
  before: RevisionMessage,
  after: RevisionMessage,
  found: readonly Difference[],
): string {
  const { bold, green, red, yellow } = io.colours;
  const lines = found.map(({ at, before: was, after: is }) => {
    const where = bold(plain(at));
    if (was === undefined) return `${green('+')} ${where}: ${plain(is ?? '')}`;
    if (is === undefined) return `${red('-')} ${where}: ${plain(was)}`;
    return `${yellow('~')} ${where}: ${plain(was)} -> ${plain(is)}`;
  });
  const head = `revision ${before.revision} -> ${after.revision}`;
  return [head, ...(lines.length === 0 ? ['no difference'] : lines)].join('\n');
}
