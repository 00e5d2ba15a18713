import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import type { Resolve } from './guarded-lookup.ts';

/** In ms, and how often. */
const PATIENCE = { timeout: 2_000, tries: 2 };
/** There is none of the kind that was asked for. */
const EMPTY: ReadonlySet<unknown> = new Set(['ENODATA', 'ENOTFOUND']);

/**
 * Asks the name servers over sockets. `lookup` of Node waits in one of four threads that files are read in too: four names whose
 * servers never answer would hold up the whole process. So it knows neither `/etc/hosts` nor search domains: names are whole.
 */
export const resolveOverSockets: Resolve = (hostname, _options, done) => {
  const resolver = new Resolver(PATIENCE);
  const found = (family: 4 | 6): Promise<readonly LookupAddress[]> =>
    (family === 4 ? resolver.resolve4(hostname) : resolver.resolve6(hostname))
      .then((addresses) => addresses.map((address) => ({ address, family })))
      .catch((error: NodeJS.ErrnoException) => {
        if (EMPTY.has(error.code)) return [];
        throw error;
      });
  Promise.all([found(4), found(6)])
    .then((lists) => lists.flat())
    .then((addresses) => {
      if (addresses.length === 0) throw new Error(`${hostname}: no address is known of that name`);
      return addresses;
    })
    .then(
      (addresses) => done(null, addresses),
      (error: Error) => done(error),
    );
};
