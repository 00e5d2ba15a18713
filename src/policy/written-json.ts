/** JSON in UTF-8, in memory that threads share: written once, however many policies are asked about it. */
export class WrittenJson {
  readonly bytes: Uint8Array<SharedArrayBuffer>;

  constructor(bytes: Uint8Array<SharedArrayBuffer>) {
    this.bytes = bytes;
  }
}

const known = new WeakMap<object, WrittenJson>();

/** A value written out, the same for the same object; what is written already stays as it is. */
export function writtenJson(value: unknown): WrittenJson {
  if (value instanceof WrittenJson) return value;
  if (typeof value !== 'object' || value === null) return write(value);
  const written = known.get(value) ?? write(value);
  known.set(value, written);
  return written;
}

const write = (value: unknown): WrittenJson => new WrittenJson(shared(Buffer.from(JSON.stringify(value ?? null))));

/** A copy that threads share. */
export function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}
