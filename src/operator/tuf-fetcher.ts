import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import type { Fetcher } from 'tuf-js';
import { excerpt } from '../api/excerpt.ts';
import { assertAskable, guardedLookup, refuseForbidden } from '../outbound/guarded-lookup.ts';

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
  if (url.protocol !== 'https:' || !url.href.startsWith(base)) throw new Error(`${address} is not under ${base}`);
  assertAskable(url, refuseForbidden);
  const lookup = guardedLookup(refuseForbidden);
  const sent = request(url, { agent, signal, lookup, headers: { 'user-agent': 'proviso' } });
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
