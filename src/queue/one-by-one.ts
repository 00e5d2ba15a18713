/** Does what is asked for under one key one after the other, and that of different keys at the same time. */
export type OneByOne = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function createOneByOne(): OneByOne {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const own = before.then(work);
    // Whoever comes next waits for the end, whatever that is.
    const over = own.catch(() => {});
    last.set(key, over);
    try {
      return await own;
    } finally {
      if (last.get(key) === over) last.delete(key);
    }
  };
}
