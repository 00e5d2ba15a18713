import type { XmlParticle } from './xml-model.ts';

/** Where the children of an element may come, as an automaton: each place is one element of the model. */
export interface XmlAutomaton {
  readonly places: readonly XmlParticle[];
  /** The places that may come first. */
  readonly first: readonly number[];
  /** The places that may come after each place. */
  readonly follow: readonly (readonly number[])[];
  readonly last: ReadonlySet<number>;
  readonly mayBeEmpty: boolean;
}

interface Part {
  readonly mayBeEmpty: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/**
 * The automaton of a content model after Glushkov. A schema isn't valid unless the next place is always plain from the
 * name of the next element, so that reading with it needs no looking back.
 */
export function automatonOf(model: XmlParticle | undefined): XmlAutomaton {
  const places: XmlParticle[] = [];
  const follow: number[][] = [];
  const link = (from: readonly number[], to: readonly number[]): void => {
    for (const place of from) follow[place]?.push(...to);
  };
  const read = (particle: XmlParticle): Part => {
    const part = readOnce(particle);
    if (particle.many === true) link(part.last, part.first);
    return particle.min === 0 ? { ...part, mayBeEmpty: true } : part;
  };
  const readOnce = (particle: XmlParticle): Part => {
    if (particle.choice !== undefined) return particle.choice.map(read).reduce(either, NEVER);
    if (particle.sequence === undefined) {
      places.push(particle);
      follow.push([]);
      const place = [places.length - 1];
      return { mayBeEmpty: false, first: place, last: place };
    }
    return particle.sequence.map(read).reduce((before, after) => {
      link(before.last, after.first);
      return {
        mayBeEmpty: before.mayBeEmpty && after.mayBeEmpty,
        first: before.mayBeEmpty ? [...before.first, ...after.first] : before.first,
        last: after.mayBeEmpty ? [...before.last, ...after.last] : after.last,
      };
    }, NOTHING);
  };
  const { first, last, mayBeEmpty } = model === undefined ? NOTHING : read(model);
  return { places, first, follow, last: new Set(last), mayBeEmpty };
}

const NOTHING: Part = { mayBeEmpty: true, first: [], last: [] };
const NEVER: Part = { mayBeEmpty: false, first: [], last: [] };

const either = (one: Part, other: Part): Part => ({
  mayBeEmpty: one.mayBeEmpty || other.mayBeEmpty,
  first: [...one.first, ...other.first],
  last: [...one.last, ...other.last],
});
