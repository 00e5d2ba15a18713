import { freePort } from '../support/ports.ts';
import { type Site, startServer, textFrom } from './site.ts';

export interface TimestampAuthority {
  /** Where timestamps are asked for. */
  readonly url: string;
  /** PEM: who signs them, the intermediate, the root. */
  readonly chain: string;
}

export async function startTimestampAuthority(site: Site): Promise<TimestampAuthority> {
  const port = await freePort();
  const authority = await startServer(site, 'timestamps', ['--port', String(port)]);
  await authority.untilReady(`http://127.0.0.1:${port}/ping`);
  const url = `http://127.0.0.1:${port}/api/v1/timestamp`;
  return { url, chain: await textFrom(`${url}/certchain`) };
}
