import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { openEvidenceStore, type StoreSettings } from '../../../src/evidence/open.ts';

/** What one object took, as this process prints it. */
export interface Measured {
  readonly putSeconds: number;
  readonly getSeconds: number;
  /** Of the process at its highest, in bytes. */
  readonly peakBytes: number;
}

/** Puts an object and gets it: `one SETTINGS MEGABYTES`, bundled and in a process of its own. `{"raw": FILE}` is the limit. */
const [, , settings = '', megabytes = ''] = process.argv;
/** As a request brings them. */
const CHUNK_BYTES = 64 << 10;
const block = randomBytes(1 << 20);

async function write(chunk: (bytes: Buffer) => Promise<unknown>): Promise<void> {
  for (let count = 0; count < Number(megabytes); count++) {
    block.writeUInt32BE(count);
    for (let from = 0; from < block.length; from += CHUNK_BYTES) await chunk(block.subarray(from, from + CHUNK_BYTES));
  }
}

async function inStore(parsed: StoreSettings): Promise<readonly [number, number]> {
  const store = await openEvidenceStore(parsed);
  // Stated beforehand, as the CLI does.
  const hash = createHash('sha256');
  await write(async (bytes) => hash.update(bytes));
  const stage = await store.stage(`sha256:${hash.digest('hex')}`);
  const putSeconds = await secondsOf(async () => {
    await write((bytes) => stage.write(bytes));
    await stage.commit();
    await stage.discard();
  });
  const getSeconds = await secondsOf(async () => {
    for await (const _ of (await store.get(stage.info().digest)) ?? []);
  });
  await store.remove(stage.info().digest);
  return [putSeconds, getSeconds];
}

/** Hashing and writing, and reading and hashing, of the same bytes. */
async function raw(path: string): Promise<readonly [number, number]> {
  const file = await open(path, 'w');
  const putSeconds = await secondsOf(async () => {
    const hash = createHash('sha256');
    await write((bytes) => {
      hash.update(bytes);
      return file.write(bytes);
    });
    await file.sync();
    await file.close();
    hash.digest();
  });
  const getSeconds = await secondsOf(async () => {
    const hash = createHash('sha256');
    for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
    hash.digest();
  });
  return [putSeconds, getSeconds];
}

async function secondsOf(work: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await work();
  return (performance.now() - before) / 1000;
}

const parsed = JSON.parse(settings) as StoreSettings | { readonly raw: string };
const [putSeconds, getSeconds] = await ('raw' in parsed ? raw(parsed.raw) : inStore(parsed));
const peakBytes = process.resourceUsage().maxRSS * 1024;
const measured: Measured = { putSeconds, getSeconds, peakBytes };
console.log(JSON.stringify(measured));
