import { type LookupAddress, lookup } from 'node:dns';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { join } from 'node:path';
import type { Fetcher } from 'tuf-js';
import { excerpt } from '../api/excerpt.ts';

export interface TufFetcherOptions {
  /** What every address has to begin with. */
  readonly base: string;
  /** PEM, instead of the public authorities. */
  readonly ca?: string;
  /** Bytes over all requests together. */
  readonly maxBytes: number;
  /** Ends everything. */
  readonly signal: AbortSignal;
  /** Where a file is put that the library wants to read. */
  readonly folder: string;
  /** The error by which the library tells a missing file from a failure. */
  readonly httpError: (message: string, status: number) => Error;
}

export interface ClosableFetcher extends Fetcher {
  close(): void;
}

/** Where clouds tell machines their credentials: nothing that should ever be asked for a trust root. */
const FORBIDDEN = new BlockList();
FORBIDDEN.addSubnet('169.254.0.0', 16, 'ipv4');
FORBIDDEN.addSubnet('fe80::', 10, 'ipv6');
for (const address of ['168.63.129.16', '100.100.100.200']) FORBIDDEN.addAddress(address, 'ipv4');
FORBIDDEN.addAddress('fd00:ec2::254', 'ipv6');

/** Whether an IP address may be asked. */
export const isAllowedAddress = (address: string): boolean =>
  !FORBIDDEN.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/**
 * Fetches for the TUF library in place of its own fetcher, which follows redirects, takes its time for each request anew,
 * and leaves a response that is too long open. Over TLS only, to one mirror, within one budget of bytes.
 */
export function createTufFetcher(options: TufFetcherOptions): ClosableFetcher {
  const { ca } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...(ca === undefined ? {} : { ca }) });
  let left = options.maxBytes;
  const download = async (address: string, maxLength: number): Promise<Buffer> => {
    const bytes = await get(address, Math.min(maxLength, left), agent, options);
    left -= bytes.length;
    return bytes;
  };
  return {
    downloadBytes: download,
    async downloadFile(address, maxLength, handler) {
      const file = join(options.folder, 'download');
      await writeFile(file, await download(address, maxLength));
      return handler(file);
    },
    close: () => agent.destroy(),
  };
}

async function get(address: string, maxLength: number, agent: Agent, options: TufFetcherOptions): Promise<Buffer> {
  const { base, signal, httpError } = options;
  const url = new URL(address);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:' || !url.href.startsWith(base)) throw new Error(`${address} is not under ${base}`);
  if (isIP(host) !== 0 && !isAllowedAddress(host)) throw new Error(notAllowed(host));
  const sent = request(url, { agent, signal, lookup: guardedLookup(), headers: { 'user-agent': 'proviso' } });
  // One that comes after the answer is seen by who reads the answer.
  sent.on('error', () => {});
  sent.end();
  try {
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { statusCode = 0, headers } = response;
    if (statusCode !== 200) {
      const where =
        headers.location === undefined ? '' : `, to ${excerpt(headers.location)}; redirects aren't followed`;
      throw httpError(`${url.href} answered ${statusCode}${where}`, statusCode);
    }
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxLength) throw new Error(`${url.href} is longer than ${maxLength} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    sent.destroy();
    if (signal.aborted) throw signal.reason;
    throw error;
  }
}

const notAllowed = (address: string): string =>
  `${address} is an address of the machine's own cloud or link and is never asked`;

/** Resolves a name to all its addresses, and refuses it if one of them may not be asked. */
export function guardedLookup(resolve: typeof lookup = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses: readonly LookupAddress[] = []) => {
      const refused = addresses.find(({ address }) => !isAllowedAddress(address));
      const failed = error ?? (refused === undefined ? null : new Error(`${hostname}: ${notAllowed(refused.address)}`));
      const [first] = addresses;
      if (failed !== null || options.all === true) callback(failed, [...addresses]);
      else callback(null, first?.address ?? '', first?.family);
    });
  };
}
