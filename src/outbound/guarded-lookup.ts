import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isAllowedAddress } from './addresses.ts';

/** Why an IP address isn't asked; undefined: it may be. */
export type AddressRefusal = (address: string) => string | undefined;

/** Finds all addresses of a name. */
export type Resolve = (
  hostname: string,
  options: { readonly all: true },
  done: (error: Error | null, addresses?: readonly LookupAddress[]) => void,
) => void;

export const refuseForbidden: AddressRefusal = (address) =>
  isAllowedAddress(address)
    ? undefined
    : `${address} is an address of the machine's own cloud or link and is never asked`;

/**
 * Resolves a name to all its addresses, and refuses it if one of them may not be asked. What it finds is what is connected to, so
 * that a name can't lead elsewhere a moment later.
 */
export function guardedLookup(refusal: AddressRefusal, resolve: Resolve = lookup as Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses = []) => {
      const refused = addresses.map(({ address }) => refusal(address)).find((why) => why !== undefined);
      const failed = error ?? (refused === undefined ? null : new Error(`${hostname}: ${refused}`));
      const [first] = addresses;
      if (failed !== null || options.all === true) callback(failed, [...addresses]);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}

/** Throws for an address that stands in the URL itself, which no lookup sees, and may not be asked. */
export function assertAskable({ hostname }: URL, refusal: AddressRefusal): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  const refused = isIP(host) === 0 ? undefined : refusal(host);
  if (refused !== undefined) throw new Error(refused);
}
