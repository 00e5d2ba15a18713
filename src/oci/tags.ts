import { asArray, asText } from '../api/record.ts';
import { readAnswer } from './answer.ts';
import type { Caller } from './caller.ts';
import { readDocument } from './descriptor.ts';
import { isNotFound, RegistryError } from './error.ts';
import { nextPage } from './next-page.ts';

/** A registry that knows no pages answers all at once. */
const MAX_PAGE_BYTES = 16 << 20;

/** The tags of a repository, `pageSize` at a time; none where there is no such repository yet. */
export async function* listTags(caller: Caller, pageSize: number): AsyncGenerator<string> {
  let next: URL | undefined = new URL(`tags/list?n=${pageSize}`, caller.base);
  while (next !== undefined) {
    const page: URL = next;
    const answer = await caller
      .call({ method: 'GET', to: page, actions: 'pull' })
      .catch((error: unknown) => (isNotFound(error) ? undefined : Promise.reject(error)));
    if (answer === undefined) return;
    const link = [answer.headers.link ?? []].flat().join(', ');
    const { tags } = readDocument(await readAnswer(answer, MAX_PAGE_BYTES), `the tags of ${caller.base.href}`);
    for (const tag of asArray(tags)) yield asText(tag) ?? '';
    next = nextPage(link, page);
    if (next?.href === page.href) throw new RegistryError(`${page.href} is its own next page`);
  }
}
