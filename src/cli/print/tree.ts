import type { Io } from '../io.ts';
import { type Mood, moodOf, type TreeNode } from '../tree/node.ts';
import { formatAge } from './age.ts';
import { plain } from './plain.ts';
import { formatTable } from './table.ts';

/** A tree, a line for each node: its name under its parent's, how it stands, why, since when, and what there is to say. */
export function formatTree(io: Io, root: TreeNode, now: Date): string {
  return formatTable(io, ['Name', 'State', 'Reason', 'Age', 'Message'], rowsOf(io, root, now, '', ''));
}

function rowsOf(io: Io, node: TreeNode, now: Date, before: string, below: string): readonly (readonly string[])[] {
  const { kind, name, state, reason = '', time, message = '', omitted = 0, children } = node;
  const age = time === undefined ? '' : formatAge(time, now);
  const own = [`${before}${plain(kind)}/${plain(name)}`, inMood(io, state), plain(reason), age, plain(message)];
  const last = children.length - 1;
  const rows = children.flatMap((child, index) => {
    const isLast = index === last && omitted === 0;
    return rowsOf(io, child, now, `${below}${isLast ? '└─' : '├─'}`, `${below}${isLast ? '  ' : '│ '}`);
  });
  const more = omitted === 0 ? [] : [[`${below}└─and ${omitted} more; see --limit`, '', '', '', '']];
  return [own, ...rows, ...more];
}

function inMood({ colours: { green, red, yellow } }: Io, state: string): string {
  const colour = { good: green, bad: red, open: yellow } satisfies Record<Mood, unknown>;
  return colour[moodOf(state)](plain(state));
}
