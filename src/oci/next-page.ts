import { RegistryError } from './error.ts';

/** The address of `Link: <…>; rel="next"` (RFC 8288), within the registry. */
export function nextPage(link: string, page: URL): URL | undefined {
  const [, target] = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(link) ?? [];
  if (target === undefined) return undefined;
  const next = new URL(target, page);
  if (next.origin === page.origin) return next;
  throw new RegistryError(`${page.host} has its next page at ${next.origin}, which is not asked`);
}
