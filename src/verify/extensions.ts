import { type DerElement, oidText, readElements, readInside, TAG } from './der.ts';

const KEY_USAGE = '2.5.29.15';
const ALTERNATIVE_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';
const NAME_CONSTRAINTS = '2.5.29.30';
const EXTENDED_KEY_USAGE = '2.5.29.37';
/** The critical ones that are looked at, here or by who matches the name; any other might say that it must not count. */
const UNDERSTOOD: ReadonlySet<string> = new Set([KEY_USAGE, ALTERNATIVE_NAME, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE]);

const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const ANY_PURPOSE = '2.5.29.37.0';
/** Bits of the first byte of a key usage. */
const DIGITAL_SIGNATURE = 0x80;
const KEY_CERT_SIGN = 0x04;

/**
 * Why the extensions of a certificate don't let it sign evidence (`leaf`), or issue the certificates that do (`authority`):
 * in words, and undefined when they do. Node shows neither the key usage nor what is critical, and an authority that was
 * given may issue for other purposes too, so what isn't understood here isn't trusted.
 */
export function extensionFault(der: Buffer, role: 'leaf' | 'authority'): string | undefined {
  try {
    const extensions = readExtensions(der);
    return commonFault(extensions) ?? (role === 'leaf' ? leafFault(extensions) : authorityFault(extensions));
  } catch (error) {
    return `one whose extensions can't be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export interface Extension {
  readonly critical: boolean;
  readonly value: Buffer;
}
/** By object identifier. */
export type Extensions = ReadonlyMap<string, Extension>;

/** The extensions of a certificate. Throws on what isn't DER, and on one that stands twice. */
export function readExtensions(der: Buffer): Extensions {
  const [signed] = readInside(der, TAG.sequence);
  if (signed?.tag !== TAG.sequence) throw new Error('there is no certificate');
  // [3] EXPLICIT, after version, names, times and key.
  const holder = readElements(signed.content).find(({ tag }) => tag === 0xa3);
  const extensions = new Map<string, Extension>();
  for (const { tag, content } of holder === undefined ? [] : readInside(holder.content, TAG.sequence)) {
    if (tag !== TAG.sequence) throw new Error('an extension that is none');
    const { id, extension } = readExtension(readElements(content));
    if (extensions.has(id)) throw new Error(`${id} stands twice`);
    extensions.set(id, extension);
  }
  return extensions;
}

/** How many authorities may stand between this one and a leaf; undefined when that isn't limited. */
export function pathLengthOf(der: Buffer): number | undefined {
  const { pathLength } = basicConstraints(readExtensions(der));
  // More than a byte holds is no limit for any real chain.
  if (pathLength === undefined || pathLength.length > 1) return undefined;
  return pathLength.readInt8(0);
}

function readExtension(parts: readonly DerElement[]): { readonly id: string; readonly extension: Extension } {
  const [oid, second, third] = parts;
  const flag = parts.length === 3 ? second : undefined;
  const value = parts.length === 3 ? third : second;
  const isWhole = parts.length === 2 || (parts.length === 3 && flag?.tag === TAG.boolean);
  if (!isWhole || oid?.tag !== TAG.oid || value?.tag !== TAG.octets) throw new Error('an extension that is none');
  return {
    id: oidText(oid.content),
    extension: { critical: flag !== undefined && isTrue(flag), value: value.content },
  };
}

const isTrue = ({ content }: DerElement): boolean => content.some((byte) => byte !== 0);

function commonFault(extensions: Extensions): string | undefined {
  // Constraints on names aren't evaluated, so a certificate that has them counts for nothing, critical or not.
  if (extensions.has(NAME_CONSTRAINTS)) return `one with name constraints (${NAME_CONSTRAINTS})`;
  const unknown = [...extensions].find(([id, { critical }]) => critical && !UNDERSTOOD.has(id));
  return unknown === undefined ? undefined : `one with the critical extension ${unknown[0]}, which isn't known here`;
}

function leafFault(extensions: Extensions): string | undefined {
  const { isAuthority, pathLength } = basicConstraints(extensions);
  if (isAuthority) return 'one of an authority (CA:TRUE)';
  if (pathLength !== undefined) return 'one with a path length, which only an authority has';
  const usage = keyUsage(extensions);
  if (usage === undefined) return 'one without a key usage';
  if ((usage & DIGITAL_SIGNATURE) === 0) return 'one whose key usage lacks digitalSignature';
  if ((usage & KEY_CERT_SIGN) !== 0) return 'one whose key may sign certificates (keyCertSign)';
  const purposes = extendedKeyUsageOf(extensions);
  if (purposes?.includes(CODE_SIGNING)) return undefined;
  return `one for ${purposes?.join(', ') ?? 'no stated purpose'}, which isn't code signing`;
}

function authorityFault(extensions: Extensions): string | undefined {
  const { isAuthority, pathLength } = basicConstraints(extensions);
  if (!isAuthority) return 'one that is no authority (CA:FALSE)';
  // It issues the leaf itself, so any path length that is one leaves room for that.
  if (pathLength !== undefined && !isNatural(pathLength)) return 'one with a path length that is no number from 0 on';
  const usage = keyUsage(extensions);
  if (usage !== undefined && (usage & KEY_CERT_SIGN) === 0) return 'one whose key usage lacks keyCertSign';
  const purposes = extendedKeyUsageOf(extensions);
  const isFit = purposes === undefined || purposes.includes(CODE_SIGNING) || purposes.includes(ANY_PURPOSE);
  return isFit ? undefined : `one that is limited to ${purposes.join(', ')}, which isn't code signing`;
}

/** An integer in DER that isn't negative. One with leading zeros would be another number to readers of BER. */
const isNatural = ([first, second]: Buffer): boolean =>
  first !== undefined && first < 0x80 && (first !== 0 || second === undefined || second >= 0x80);

function basicConstraints(extensions: Extensions) {
  const extension = extensions.get(BASIC_CONSTRAINTS);
  const parts = extension === undefined ? [] : readInside(extension.value, TAG.sequence);
  const isAuthority = parts.some((part) => part.tag === TAG.boolean && isTrue(part));
  return { isAuthority, pathLength: parts.find(({ tag }) => tag === TAG.integer)?.content };
}

/** The first eight bits; absent when there is no such extension. */
function keyUsage(extensions: Extensions): number | undefined {
  const extension = extensions.get(KEY_USAGE);
  if (extension === undefined) return undefined;
  const [bits] = readElements(extension.value);
  if (bits?.tag !== TAG.bits) throw new Error('a key usage that is none');
  // The first byte counts the bits at the end that don't count.
  return bits.content.length > 1 ? bits.content.readUInt8(1) : 0;
}

/** The purposes that a certificate is limited to; absent when it is to none. */
export function extendedKeyUsageOf(extensions: Extensions): readonly string[] | undefined {
  const extension = extensions.get(EXTENDED_KEY_USAGE);
  if (extension === undefined) return undefined;
  return readInside(extension.value, TAG.sequence).map(({ content }) => oidText(content));
}
