/** One element of DER: the tag byte, and the bytes that it holds. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
}

/** Tags as they stand in certificates. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The elements that stand one after another in `bytes`. Throws on what isn't DER: readers of BER would differ on it. */
export function readElements(bytes: Buffer): readonly DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes.readUInt8(at);
    if ((tag & 0x1f) === 0x1f) throw new Error('a tag of several bytes');
    const first = bytes.readUInt8(at + 1);
    const extra = first < 0x80 ? 0 : first - 0x80;
    if (first === 0x80 || extra > 4) throw new Error('a length that is not definite');
    const length = extra === 0 ? first : bytes.readUIntBE(at + 2, extra);
    if (extra > 0 && length < (extra === 1 ? 0x80 : 2 ** (8 * (extra - 1))))
      throw new Error('a length with leading zeros');
    const start = at + 2 + extra;
    if (start + length > bytes.length) throw new Error('an element that is cut off');
    elements.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

/** The elements inside the first one, which has to have the tag. */
export function readInside(bytes: Buffer, tag: number): readonly DerElement[] {
  const [element, ...rest] = readElements(bytes);
  if (element?.tag !== tag || rest.length > 0) throw new Error(`no single element with the tag ${tag}`);
  return readElements(element.content);
}

/** An element around the contents, one after another. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer<ArrayBuffer> {
  const size = contents.reduce((sum, { length }) => sum + length, 0);
  const hex = size.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const head = size < 0x80 ? [tag, size] : [tag, 0x80 + bytes.length, ...bytes];
  return Buffer.concat([Buffer.from(head), ...contents]);
}

/** An object identifier with its dots. Throws on one with padding or without an end, which would look like another. */
export function oidText(content: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  if ((content.at(-1) ?? 0x80) >= 0x80) throw new Error('an object identifier that is cut off');
  for (const [at, byte] of content.entries()) {
    const isFirst = at === 0 || (content[at - 1] ?? 0) < 0x80;
    if (isFirst && byte === 0x80) throw new Error('an object identifier with padding');
    arc = arc * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (arcs.length === 0) {
      const top = Math.min(2, Math.floor(arc / 40));
      arcs.push(top);
      arc -= top * 40;
    }
    arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}
