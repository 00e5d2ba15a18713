import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that Linux gives to connections: one of them would be in the way of who is to listen there. */
const FIRST = 12_000;
const PER_SLOT = 2_000;
const SLOTS = 10;

/** The runner gives each file that runs beside others a number of its own; one that is run by hand has the last. */
const slot = Number(process.env.PROVISO_TEST_SLOT ?? SLOTS - 1) % SLOTS;
let next = Math.floor(Math.random() * PER_SLOT);

/**
 * A TCP port that nobody listens on, and that no other test is given: between this and the start of the server that is to have it
 * there are seconds, and who is asked whether it is ready must not be somebody else's.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PER_SLOT; tries += 1) {
    const port = FIRST + slot * PER_SLOT + (next++ % PER_SLOT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port is free from ${FIRST + slot * PER_SLOT} on`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, () => resolve(true));
  });
  if (!isListening) return false;
  server.close();
  await once(server, 'close');
  return true;
}
