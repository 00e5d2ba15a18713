import { RegistryError } from './error.ts';

/** Docker Hub is written as one host and serves at another. */
const SERVED_AT: ReadonlyMap<string, string> = new Map([
  ['docker.io', 'registry-1.docker.io'],
  ['index.docker.io', 'registry-1.docker.io'],
]);

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether what is sent to the host of a URL stays on this machine. */
export const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);

/**
 * Where the registry of a host is asked, such as `https://ghcr.io`. Over TLS, but for loopback, and for others only where it
 * is asked for.
 */
export function registryOrigin(host: string, plainHttp = false): URL {
  const served = SERVED_AT.get(host) ?? host;
  const url = URL.parse(`https://${served}/`);
  if (url === null || url.username !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new RegistryError(`'${host}' is not the host of a registry`);
  }
  // Another URL, as the scheme of one keeps its default port with it.
  return plainHttp || isLoopback(url) ? new URL(`http://${served}/`) : url;
}
