import { asArray, asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { parseStrictJson } from '../api/strict-json.ts';
import { isDigest } from '../evidence/digest.ts';
import type { Digest } from '../evidence/store.ts';
import { RegistryError } from './error.ts';

/** What is in a registry, by type, digest and size (OCI image specification, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A document of a registry: one object, whose members are for the caller to judge. */
export function readDocument(bytes: Uint8Array, what: string): UnknownRecord {
  const parsed = parseStrictJson(bytes);
  const record = parsed.ok ? asRecord(parsed.value) : undefined;
  if (record !== undefined) return record;
  const why = parsed.ok ? 'it is no object' : `${parsed.message} (${parsed.at})`;
  throw new RegistryError(`${what} can't be read: ${why}`);
}

/** The descriptors of a list in a manifest or an index. Throws a `RegistryError` for one that isn't one. */
export const readDescriptors = (list: unknown, what: string): readonly Descriptor[] =>
  asArray(list).map((each) => readDescriptor(each, what));

export function readDescriptor(value: unknown, what: string): Descriptor {
  const record = asRecord(value);
  const mediaType = asText(record?.mediaType);
  const digest = asText(record?.digest) ?? '';
  const size = record?.size;
  if (mediaType === undefined || !isDigest(digest) || !Number.isSafeInteger(size) || Number(size) < 0) {
    throw new RegistryError(`${what} has a descriptor without mediaType, SHA-256 digest and size`);
  }
  const artifactType = asText(record?.artifactType);
  const annotations = Object.entries(asRecord(record?.annotations) ?? {}).flatMap(([name, text]) =>
    typeof text === 'string' ? [[name, text]] : [],
  );
  return {
    mediaType,
    digest,
    size: Number(size),
    annotations: Object.fromEntries(annotations),
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}
