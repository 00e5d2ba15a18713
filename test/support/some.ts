/** The value, which a test knows to be there. */
export function some<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('a value was expected here');
  return value;
}
