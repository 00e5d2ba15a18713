const PROSE = new Set(['description', 'examples', 'meta:enum', '$comment', 'title']);

/** A schema without what says nothing to a validator. A property may have such a name, so only strings and lists go. */
export function withoutProse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutProse);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, member]) =>
      !PROSE.has(name) || (name !== 'meta:enum' && typeof member === 'object' && !Array.isArray(member)),
  );
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutProse(member)]));
}
