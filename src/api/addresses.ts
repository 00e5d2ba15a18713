/** An address that a person can follow safely, without user and password; `undefined` for any other text. */
export function httpAddress(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  url.username = '';
  url.password = '';
  return url.href;
}

/** The name of a program of git's that speaks with the remote, before its address: `gcrypt::https://…`. */
const HELPER = /^([a-z0-9+-]+::)(.*)$/is;

/**
 * A remote without user, password and query: tokens are often written into them. `git@host:path` has no secret. Of `ext::`
 * nothing is left but that: what follows is a command line.
 */
export function withoutCredentials(remote: string): string {
  const [, helper, address] = HELPER.exec(remote) ?? [];
  if (helper !== undefined && address !== undefined)
    return helper.toLowerCase() === 'ext::' ? helper : helper + withoutCredentials(address);
  const url = /:\/\/|^https?:/i.test(remote) ? URL.parse(remote) : null;
  // What is no URL may hold one all the same, so everything before the last `@` of the host goes.
  if (url === null)
    return remote.replace(/^([^@/:]+):[^@/]*@/, '$1@').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
  const keepsUser = url.protocol === 'ssh:' || url.protocol === 'git+ssh:';
  if (!keepsUser) url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}
