import type { Descriptor } from './descriptor.ts';
import { RegistryError } from './error.ts';
import type { Repository } from './repository.ts';

/** A small blob in memory, of the size and the digest of its descriptor. */
export async function fetchWhole(
  repository: Repository,
  { digest, size }: Descriptor,
  maxBytes: number,
): Promise<Buffer> {
  if (size > maxBytes)
    throw new RegistryError(`the blob ${digest} has ${size} bytes, and at most ${maxBytes} are taken`);
  const { stream } = await repository.blob(digest);
  const chunks: Buffer[] = [];
  let left = size;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    left -= chunk.length;
    if (left < 0) throw new RegistryError(`the blob ${digest} is larger than the ${size} bytes of its descriptor`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
