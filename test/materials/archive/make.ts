import { crc32, deflateRawSync, gzipSync } from 'node:zlib';

/** A file for `makeZip`; what isn't given is as a writer would have it, what is given may be a lie. */
export interface ZipFile {
  readonly name: string | Buffer;
  readonly content: string | Buffer;
  readonly localName?: string;
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly crc?: number;
  /** Unix mode, with its type. */
  readonly mode?: number;
  /** Takes the content of the file of this index instead of having its own. */
  readonly sharesWith?: number;
}

export interface ZipOptions {
  readonly comment?: string;
  readonly before?: string;
  readonly count?: number;
}

/** A zip whose directory says what is asked for. */
export function makeZip(files: readonly ZipFile[], { comment = '', before = '', count }: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const headers: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const content = Buffer.from(file.content);
    const { method = 8, flags = 0x800, size = content.length, crc = crc32(content), mode = 0o100644 } = file;
    const packed = method === 8 ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    const localName = file.localName === undefined ? name : Buffer.from(file.localName);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(localName.length, 26);
    const offset = offsets[file.sharesWith ?? -1] ?? at;
    offsets.push(offset);
    if (file.sharesWith === undefined) {
      parts.push(local, localName, packed);
      at += local.length + localName.length + packed.length;
    }
    const header = Buffer.alloc(46);
    header.writeUInt32LE(0x02014b50, 0);
    header.writeUInt16LE(0x0314, 4);
    header.writeUInt16LE(flags, 8);
    header.writeUInt16LE(method, 10);
    header.writeUInt32LE(crc, 16);
    header.writeUInt32LE(packed.length, 20);
    header.writeUInt32LE(size, 24);
    header.writeUInt16LE(name.length, 28);
    header.writeUInt32LE(((mode & 0xffff) * 0x10000) >>> 0, 38);
    header.writeUInt32LE(offset, 42);
    headers.push(header, name);
  }
  const directory = Buffer.concat(headers);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count ?? files.length, 8);
  end.writeUInt16LE(count ?? files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([Buffer.from(before), ...parts, directory, end, Buffer.from(comment)]);
}

export interface TarFile {
  readonly name: string;
  readonly content?: string | Buffer;
  /** `0` for a file. */
  readonly flag?: string;
  readonly size?: string;
}

/** A tar archive, not yet in gzip. */
export function makeTar(files: readonly TarFile[]): Buffer {
  const parts = files.flatMap(({ name, content = '', flag = '0', size }) => {
    const body = Buffer.from(content);
    const header = Buffer.alloc(512);
    header.write(name, 0, 100);
    header.write(size ?? body.length.toString(8).padStart(11, '0'), 124, 12);
    header.fill(' ', 148, 156);
    header.write(flag, 156, 1);
    header.write('ustar\u000000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

export const makeTarGz = (files: readonly TarFile[]): Buffer => gzipSync(makeTar(files));

/** A pax header for the entry that follows. */
export function pax(key: string, value: string): TarFile {
  const tail = ` ${key}=${value}\n`;
  const length = tail.length + String(tail.length + 2).length;
  return { name: 'pax', flag: 'x', content: `${length}${tail}` };
}
