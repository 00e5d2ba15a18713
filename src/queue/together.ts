/**
 * Does the work for each item, so many at once; each of them takes the next one. When one fails, the others finish what they are at and
 * find no more, and its error is thrown.
 */
export async function together<T>(
  items: AsyncIterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const source = items[Symbol.asyncIterator]();
  const shared: AsyncIterable<T> = { [Symbol.asyncIterator]: () => source };
  const take = async (): Promise<void> => {
    for await (const item of shared) await work(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, take));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
