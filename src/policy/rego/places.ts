/** Lets so many do something at once; the others wait in the order in which they came. */
export interface Places {
  with<T>(work: () => Promise<T>): Promise<T>;
}

export function createPlaces(count: number): Places {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    async with(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        // A place goes from hand to hand, so that nobody slips in between.
        if (next === undefined) free += 1;
        else next();
      }
    },
  };
}
