/** Calls `work` for every item, `width` at once, and returns how many were done per second. */
export async function ratePerSecond<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<unknown>,
): Promise<number> {
  const waiting = items.values();
  const started = performance.now();
  const drain = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: width }, drain));
  return items.length / ((performance.now() - started) / 1000);
}
