import { isPublicAddress } from './addresses.ts';
import { type AddressRefusal, refuseForbidden } from './guarded-lookup.ts';

/** Whether an address that a tenant gives may be asked, and on which machines. */
export type EndpointVerdict =
  | { readonly ok: true; readonly refusal: AddressRefusal }
  | { readonly ok: false; readonly message: string };
export type EndpointRules = (url: URL) => EndpointVerdict;

interface Listed {
  readonly protocol: string;
  readonly host: string;
  readonly isSuffix: boolean;
  /** Undefined: every one. */
  readonly port: string | undefined;
}

const ENTRY = /^(https?):\/\/(\*\.)?([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]+|\*))?$/i;
const DEFAULT_PORT: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Rules for the addresses that tenants give. Over TLS to the internet always; anything else only as listed: `https://*.corp.example`,
 * `http://broker.events.svc.cluster.local`, `https://10.0.0.7:8443`, `:*` for every port. What clouds tell machines their
 * credentials by is never asked. Throws for an entry that is none.
 */
export function endpointRules(entries: readonly string[]): EndpointRules {
  const listed = entries.map(parseEntry);
  return (url) => {
    if (url.username !== '' || url.password !== '') {
      return { ok: false, message: 'an address has no user and no password; give them in a header' };
    }
    if (listed.some((entry) => matches(entry, url))) return { ok: true, refusal: refuseForbidden };
    if (url.protocol === 'https:') return { ok: true, refusal: refusePrivate };
    const message = `only https:// is asked, and this is ${url.protocol}//; the installation can list others`;
    return { ok: false, message };
  };
}

const refusePrivate: AddressRefusal = (address) =>
  refuseForbidden(address) ??
  (isPublicAddress(address)
    ? undefined
    : `${address} is no address of the internet; an administrator has to list where else may be asked`);

function parseEntry(entry: string): Listed {
  const [, protocol = '', wildcard, host = '', port] = ENTRY.exec(entry) ?? [];
  if (host === '') {
    throw new Error(
      `'${entry}' is no origin that could be allowed; write one such as https://*.corp.example or http://sink.events.svc.cluster.local:8080`,
    );
  }
  return {
    protocol: `${protocol.toLowerCase()}:`,
    host: new URL(`http://${host}`).hostname,
    isSuffix: wildcard !== undefined,
    port: port === '*' ? undefined : (port ?? DEFAULT_PORT[`${protocol.toLowerCase()}:`]),
  };
}

const matches = ({ protocol, host, isSuffix, port }: Listed, url: URL): boolean =>
  protocol === url.protocol &&
  (isSuffix ? url.hostname.endsWith(`.${host}`) : url.hostname === host) &&
  (port === undefined || port === (url.port === '' ? DEFAULT_PORT[protocol] : url.port));
