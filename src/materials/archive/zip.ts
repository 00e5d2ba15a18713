import { crc32, inflateRawSync } from 'node:zlib';
import { ARCHIVE_LIMITS, type ArchiveEntry, archiveFault, entryCounter, entryName, inflatedLimit } from './entry.ts';

const END = 0x06054b50;
const END_BYTES = 22;
const HEADER = 0x02014b50;
const HEADER_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED = 0x2041;
const UNIX = 3;
const FILE_TYPE = 0o170000;
const DIRECTORY = 0o040000;
const REGULAR = 0o100000;

interface ZipHeader {
  readonly name: string;
  readonly nameBytes: Buffer;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/**
 * The files of a ZIP archive (APPNOTE 6.3), as its directory lists them. All of the directory is read and judged before
 * the first file is inflated; each file inflates to the size that is stated there at most, and the sum of these is limited.
 */
export function* zipEntries(content: Uint8Array): Generator<ArchiveEntry> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const { headers, directory } = readDirectory(bytes);
  const starts = checkSpans(bytes, headers, directory);
  for (const [index, header] of headers.entries()) {
    if (header.name.endsWith('/')) continue;
    yield { name: header.name, read: () => inflate(bytes, header, starts[index] ?? 0) };
  }
}

function readDirectory(bytes: Buffer): { readonly headers: readonly ZipHeader[]; readonly directory: number } {
  const end = endOfDirectory(bytes);
  const count = bytes.readUInt16LE(end + 10);
  const size = bytes.readUInt32LE(end + 12);
  const directory = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || directory === 0xffffffff) archiveFault('ZIP64 is for archives larger than what is taken');
  if (bytes.readUInt32LE(end + 4) !== 0 || bytes.readUInt16LE(end + 8) !== count) {
    archiveFault('the archive is in several parts');
  }
  if (count > ARCHIVE_LIMITS.entries) archiveFault(`there are over ${ARCHIVE_LIMITS.entries} entries`);
  if (directory + size !== end) archiveFault('the directory of the archive is not where its end says');
  const countEntry = entryCounter();
  const headers: ZipHeader[] = [];
  let total = 0;
  let at = directory;
  for (let index = 0; index < count; index += 1) {
    if (at + HEADER_BYTES > end || bytes.readUInt32LE(at) !== HEADER) archiveFault('the directory is damaged');
    const next =
      at + HEADER_BYTES + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    if (next > end) archiveFault('the directory is damaged');
    const header = readHeader(bytes, at);
    countEntry(header.name);
    total += header.size;
    if (total > ARCHIVE_LIMITS.inflatedBytes) {
      archiveFault(`the files have over ${ARCHIVE_LIMITS.inflatedBytes} bytes when they are unpacked`);
    }
    headers.push(header);
    at = next;
  }
  if (at !== end) archiveFault('the directory has more entries than it says');
  return { headers, directory };
}

/** Where the last record starts. Its comment must end where the archive does, or readers would find different ones. */
function endOfDirectory(bytes: Buffer): number {
  const first = Math.max(0, bytes.length - END_BYTES - 0xffff);
  for (let at = bytes.length - END_BYTES; at >= first; at -= 1) {
    if (bytes.readUInt32LE(at) === END && at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  return archiveFault('the archive has no directory at its end; it may have been cut off');
}

function readHeader(bytes: Buffer, at: number): ZipHeader {
  const nameBytes = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + bytes.readUInt16LE(at + 28));
  const name = entryName(nameBytes);
  const header = {
    name,
    nameBytes,
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    packed: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
  };
  if ((bytes.readUInt16LE(at + 8) & ENCRYPTED) !== 0)
    archiveFault('is encrypted; hand in an archive that is not', name);
  if (header.method !== STORED && header.method !== DEFLATED) {
    archiveFault(`is packed with method ${header.method}; only stored and deflated files are taken`, name);
  }
  const type = bytes[at + 5] === UNIX ? (bytes.readUInt32LE(at + 38) >>> 16) & FILE_TYPE : 0;
  if (type !== 0 && type !== REGULAR && type !== DIRECTORY) archiveFault('is a link or a device, not a file', name);
  if (header.size > inflatedLimit(header.packed)) {
    archiveFault(
      `grows from ${header.packed} to ${header.size} bytes; over ${ARCHIVE_LIMITS.ratio} times is a bomb`,
      name,
    );
  }
  if (header.method === STORED && header.size !== header.packed) archiveFault('is stored with two sizes', name);
  return header;
}

/**
 * Where the content of each file starts. The header in front of it must tell the same as the directory; and no two files
 * may share bytes, which is how a small archive holds a file of gigabytes ten thousand times.
 */
function checkSpans(bytes: Buffer, headers: readonly ZipHeader[], directory: number): readonly number[] {
  const starts = headers.map(({ name, nameBytes, method, offset, packed }) => {
    if (offset + LOCAL_BYTES > directory || bytes.readUInt32LE(offset) !== LOCAL) {
      return archiveFault('is not where the directory says', name);
    }
    const nameEnd = offset + LOCAL_BYTES + bytes.readUInt16LE(offset + 26);
    const isSame =
      bytes.subarray(offset + LOCAL_BYTES, nameEnd).equals(nameBytes) &&
      bytes.readUInt16LE(offset + 8) === method &&
      (bytes.readUInt16LE(offset + 6) & ENCRYPTED) === 0;
    if (!isSame) archiveFault('is another file by its own header than by the directory', name);
    const start = nameEnd + bytes.readUInt16LE(offset + 28);
    if (start + packed > directory) archiveFault('reaches into the directory', name);
    return start;
  });
  const spans = headers
    .map(({ offset, packed, name }, index) => ({ from: offset, to: (starts[index] ?? 0) + packed, name }))
    .sort((a, b) => a.from - b.from);
  for (const [index, { from, name }] of spans.entries()) {
    if (from < (spans[index - 1]?.to ?? 0)) archiveFault('shares bytes with another file', name);
  }
  return starts;
}

function inflate(bytes: Buffer, { name, method, crc, packed, size }: ZipHeader, start: number): Buffer {
  const content = bytes.subarray(start, start + packed);
  const unpacked = method === STORED ? content : inflateAtMost(content, size, name);
  if (unpacked.length !== size) archiveFault(`has ${unpacked.length} bytes and not the ${size} that are stated`, name);
  if (crc32(unpacked) !== crc) archiveFault('is damaged: its checksum differs', name);
  return unpacked;
}

function inflateAtMost(content: Buffer, size: number, name: string): Buffer {
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return archiveFault(isTooLarge ? `has more than the ${size} bytes that are stated` : 'is damaged or cut off', name);
  }
}
