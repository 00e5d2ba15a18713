/**
 * Calls `probe` every 100 ms until it returns something, and fails with its last error after `seconds`. After an outage a
 * watch may rightly wait 30 s before it tries again, and a lost lease is free only after 15 s.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  seconds = 90,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const why = last instanceof Error ? `: ${last.message}` : '';
  throw new Error(`${what} did not happen within ${seconds} s${why}`, { cause: last });
}
