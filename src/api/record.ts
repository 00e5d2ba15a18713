/** An object that came from outside, before anything is known of its members. */
export type UnknownRecord = Readonly<Record<string, unknown>>;

/** The value if it is a JSON object, and neither an array nor null. */
export const asRecord = (value: unknown): UnknownRecord | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as UnknownRecord) : undefined;

/** The value if it is an array, else an empty one. */
export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The value if it is a string that isn't empty. */
export const asText = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
