/** What the value of an annotation of a run may have. */
export const MAX_LIST = 4096;

/** Values, each once, as an annotation has them: with commas between, as many as fit, and none of them in part. */
export function listed(values: readonly string[]): string {
  const list = [...new Set(values)].join();
  return list.length <= MAX_LIST ? list : list.slice(0, Math.max(0, list.lastIndexOf(',', MAX_LIST)));
}
