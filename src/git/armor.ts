import { decodeBase64 } from '../verify/base64.ts';

const BLOCK = /^-----BEGIN ([A-Z ]+)-----\n((?:[A-Za-z]+: [^\n]*\n)*)\n?([A-Za-z0-9+/=\n]+)-----END \1-----\n$/;
/** CRC-24, which readers are told to overlook (RFC 9580, 6.1). */
const CHECKSUM = /\n=[A-Za-z0-9+/]{4}\n$/;

/** What git tells the kinds of signatures apart by, as gpg.format names them but for the first. */
export const FORMATS = {
  'PGP SIGNATURE': 'PGP',
  'PGP MESSAGE': 'PGP',
  'SSH SIGNATURE': 'SSH',
  'SIGNED MESSAGE': 'X509',
} as const;

export type SignatureFormat = (typeof FORMATS)[keyof typeof FORMATS] | 'UNKNOWN';

/** The kind of an armored signature, by its first line, as git tells it. */
export function formatOf(armored: string): SignatureFormat {
  const found = Object.entries(FORMATS).find(([label]) => armored.startsWith(`-----BEGIN ${label}-----`));
  return found?.[1] ?? 'UNKNOWN';
}

/** The bytes in one armored block; undefined if there is anything else around it, or base64 with loose ends. */
export function unarmor(armored: string): Buffer | undefined {
  const [, , , body] = BLOCK.exec(armored) ?? [];
  return body === undefined ? undefined : decodeBase64(body.replace(CHECKSUM, '\n').replaceAll('\n', ''));
}
