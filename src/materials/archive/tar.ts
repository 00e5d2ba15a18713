import { gunzipSync } from 'node:zlib';
import { ARCHIVE_LIMITS, type ArchiveEntry, archiveFault, entryCounter, entryName, inflatedLimit } from './entry.ts';

const BLOCK = 512;
/** What a header may be of: kind of entry by its flag. */
const FILES = new Set(['0', '\0']);
const DIRECTORY = '5';
const PAX = 'x';
const GLOBAL_PAX = 'g';
const GNU_NAME = 'L';

interface TarHeader {
  readonly flag: string;
  readonly name: Buffer;
  readonly size: number;
}

/** The files of a tar archive (POSIX.1-2001, GNU names) in gzip. It is inflated whole, up to the limit. */
export function* tarEntries(content: Uint8Array): Generator<ArchiveEntry> {
  const bytes = gunzip(content);
  const countEntry = entryCounter();
  let longName: Buffer | undefined;
  let at = 0;
  while (!isEnd(bytes, at)) {
    const { flag, name, size } = readHeader(bytes, at);
    const body = bytes.subarray(at + BLOCK, at + BLOCK + size);
    if (body.length < size) archiveFault('the archive is cut off', name.toString('latin1'));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (flag === GLOBAL_PAX) continue;
    if (flag === PAX || flag === GNU_NAME) {
      longName = flag === PAX ? (paxPath(body) ?? longName) : upToNul(body);
      continue;
    }
    const path = entryName(longName ?? name);
    longName = undefined;
    countEntry(path);
    if (flag === DIRECTORY || path.endsWith('/')) continue;
    if (!FILES.has(flag)) archiveFault('is a link or a device, not a file', path);
    yield { name: path, read: () => body };
  }
}

function gunzip(content: Uint8Array): Buffer {
  const limit = inflatedLimit(content.length);
  try {
    return gunzipSync(content, { maxOutputLength: limit, chunkSize: 64 << 10 });
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    if (!isTooLarge) return archiveFault('the gzip is damaged or cut off');
    return archiveFault(
      limit < ARCHIVE_LIMITS.inflatedBytes
        ? `${content.length} bytes grow to over ${limit}; over ${ARCHIVE_LIMITS.ratio} times is a bomb`
        : `the files have over ${limit} bytes when they are unpacked`,
    );
  }
}

/** Two blocks of zeros end an archive; some writers leave them out, and then its bytes end where an entry does. */
function isEnd(bytes: Buffer, at: number): boolean {
  if (at >= bytes.length && at > 0) return true;
  if (bytes.length < at + BLOCK) archiveFault('the archive is cut off, or what is in the gzip is no tar archive');
  return bytes.subarray(at, at + BLOCK).every((byte) => byte === 0);
}

function readHeader(bytes: Buffer, at: number): TarHeader {
  const header = bytes.subarray(at, at + BLOCK);
  if (checksum(header) !== octal(header.subarray(148, 156))) {
    archiveFault(at === 0 ? 'what is in the gzip is no tar archive' : 'the header of an entry is damaged');
  }
  const own = upToNul(header.subarray(0, 100));
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? upToNul(header.subarray(345, 500)) : '';
  const name = prefix.length > 0 ? Buffer.concat([Buffer.from(prefix), Buffer.from('/'), own]) : own;
  const size = octal(header.subarray(124, 136));
  if (size === undefined) return archiveFault('the size of an entry is no octal number', name.toString('latin1'));
  return { flag: String.fromCharCode(header[156] ?? 0), name, size };
}

/** The sum of the bytes, with spaces for the field that holds it. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}

/** Undefined for anything else, among it the binary form of sizes over 8 GiB. */
function octal(field: Buffer): number | undefined {
  const text = /^ *([0-7]{1,11})[ \0]*$/.exec(field.toString('latin1'))?.[1];
  return text === undefined ? undefined : Number.parseInt(text, 8);
}

const upToNul = (field: Buffer): Buffer => {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
};

/** The path in the records `LENGTH KEY=VALUE\n` of a pax header; other keys say nothing of where or how large. */
function paxPath(body: Buffer): Buffer | undefined {
  let path: Buffer | undefined;
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(body.toString('latin1', at, Math.min(space, at + 16)));
    if (!(length > space - at) || at + length > body.length) archiveFault('the pax header of an entry is damaged');
    const record = body.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(0x3d);
    const key = record.toString('latin1', 0, Math.max(0, equals));
    if (key === 'size') archiveFault('an entry states its size twice, as only files over 8 GiB need to');
    if (key === 'path') path = record.subarray(equals + 1);
    at += length;
  }
  return path;
}
