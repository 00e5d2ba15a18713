/** Names of materials of which at least one must be there, by the name of the group. */
export type Groups = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The groups of both sides. A material can be in one group only, so where they overlap the result asks for more than both:
 * those of `strong` keep what is in both, and what is left of one of `weak` stays a group. One that nothing would be left of
 * lends its members to one of `strong`, which is narrowed to them. Groups of different sides have different names, but for
 * one that `weak` has from an earlier merge: that is a part of the one that it came from.
 */
export function joinGroups(weak: Groups, strong: Groups): Groups {
  const narrowed = new Map(byName(strong));
  const open = byName(weak).filter(([, members]) => {
    const wider = [...narrowed].find(([, others]) => members.isSubsetOf(others));
    if (wider !== undefined) narrowed.set(wider[0], members);
    return wider === undefined;
  });
  const rest: [string, ReadonlySet<string>][] = [];
  for (const [name, members] of open) {
    if ([...narrowed.values()].some((others) => others.isSubsetOf(members))) continue;
    const taken = new Set([...narrowed.values()].flatMap((others) => [...others]));
    const left = members.difference(taken);
    if (left.size > 0) rest.push([name, left]);
    else narrowNearest(narrowed, members);
  }
  return new Map([...narrowed, ...rest]);
}

/** Narrows the group that has most of the members to those. */
function narrowNearest(groups: Map<string, ReadonlySet<string>>, members: ReadonlySet<string>): void {
  const overlaps = [...groups].map(([name, others]) => [name, others.intersection(members)] as const);
  const [nearest] = overlaps.toSorted(([, a], [, b]) => b.size - a.size);
  if (nearest !== undefined) groups.set(...nearest);
}

const byName = (groups: Groups): readonly (readonly [string, ReadonlySet<string>])[] =>
  [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1));
