import { withoutCredentials } from '../../api/addresses.ts';
import type { CommitMessage } from '../../api/messages.ts';

type Remote = NonNullable<CommitMessage['remotes']>[number];

const MAX_REMOTES = 16;
const MAX_NAME = 128;
const MAX_URL = 2048;

/**
 * The remotes that `git config -z --get-regexp` printed, each once and without credentials. One that is longer than a run
 * keeps is left out: cut, it would be the address of something else.
 */
export function parseRemotes(printed: string): readonly Remote[] {
  const remotes = printed.split('\0').flatMap((entry): readonly Remote[] => {
    const [, name, url] = /^remote\.(.+)\.url\n(.+)$/s.exec(entry) ?? [];
    if (name === undefined || url === undefined || /\p{Cc}/u.test(name + url)) return [];
    const remote = { name, url: withoutCredentials(url) };
    return name.length > MAX_NAME || remote.url.length > MAX_URL ? [] : [remote];
  });
  return remotes.slice(0, MAX_REMOTES);
}
