import type { Digest } from '../evidence/store.ts';
import { readAnswer } from './answer.ts';
import type { Caller } from './caller.ts';
import { type Descriptor, readDescriptors, readDocument } from './descriptor.ts';
import { isNotFound, RegistryError } from './error.ts';
import { fetchManifest, MAX_MANIFEST_BYTES } from './manifest.ts';
import { nextPage } from './next-page.ts';

/** More is no list that a person made. */
const MAX_PAGES = 16;

/**
 * The manifests that have the digest as their subject, of any type: what an index says of types is often wrong. From the
 * referrers API (OCI distribution 1.1), or where there is none from the tag `sha256-…` in its place.
 */
export async function fetchReferrers(caller: Caller, digest: Digest): Promise<readonly Descriptor[]> {
  try {
    return await pagesOf(caller, `referrers/${digest}`);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  try {
    const index = await fetchManifest(caller, digest.replace(':', '-'));
    return listed(index.bytes, caller);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

async function pagesOf(caller: Caller, first: string): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  let next: URL | undefined = new URL(first, caller.base);
  for (let page = 0; next !== undefined; page++) {
    if (page === MAX_PAGES) throw new RegistryError(`${caller.base.href}${first} has over ${MAX_PAGES} pages`);
    const headers = { accept: 'application/vnd.oci.image.index.v1+json' };
    const answer = await caller.call({ method: 'GET', to: next, actions: 'pull', headers });
    const link: string | undefined = [answer.headers.link ?? []].flat().join(', ');
    found.push(...listed(await readAnswer(answer, MAX_MANIFEST_BYTES), caller));
    next = nextPage(link, next);
  }
  return found;
}

const listed = (bytes: Uint8Array, { base }: Caller): readonly Descriptor[] => {
  const what = `what refers to an image in ${base.href}`;
  return readDescriptors(readDocument(bytes, what).manifests, what);
};
