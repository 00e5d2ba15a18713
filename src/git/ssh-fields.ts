/** Reads the fields of an SSH message, one after another (RFC 4251, 5). Each throws where the bytes end too early. */
export interface SshFields {
  uint32(): number;
  string(): Buffer;
  text(): string;
  /** A number that isn't negative, big endian, in so many bytes. Throws on a longer one. */
  number(width: number): Buffer;
  /** Throws unless everything was read. */
  end(): void;
}

export function readSshFields(bytes: Buffer, start = 0): SshFields {
  let at = start;
  const uint32 = (): number => {
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const string = (): Buffer => {
    const length = uint32();
    if (at + length > bytes.length) throw new Error('a string that is cut off');
    at += length;
    return bytes.subarray(at - length, at);
  };
  return {
    uint32,
    string,
    text: () => string().toString('latin1'),
    number(width) {
      const found = string();
      const digits = found.subarray(found.findIndex((byte) => byte !== 0));
      if ((found[0] ?? 0) >= 0x80 || digits.length > width) throw new Error('a number that is out of range');
      return Buffer.concat([Buffer.alloc(width - digits.length), digits]);
    },
    end() {
      if (at !== bytes.length) throw new Error('something behind the last field');
    },
  };
}
