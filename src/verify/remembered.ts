/** Remembers what was made of so many keys, and forgets what was asked for least lately. What makes it may throw. */
export function createMemory<T>(capacity: number): (key: string, make: () => T) => T {
  const known = new Map<string, T>();
  return (key, make) => {
    const found = known.get(key);
    const value = found ?? make();
    if (found !== undefined) known.delete(key);
    known.set(key, value);
    const [oldest] = known.keys();
    if (known.size > capacity && oldest !== undefined) known.delete(oldest);
    return value;
  };
}
