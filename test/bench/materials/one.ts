import { EventEmitter } from 'node:events';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { load } from 'js-yaml';
import { SaxesParser } from 'saxes';
import type { MaterialType } from '../../../src/api/material-types.ts';
import { createChecks } from '../../../src/receiver/checks/checks.ts';
import { createPieces, type Pieces } from '../../../src/receiver/checks/pieces.ts';
import type { Logger } from '../../../src/telemetry/log.ts';
import type { Peer } from './documents.ts';

/** What one inspection took, as this process prints it. */
export interface Measured {
  readonly bytes: number;
  /** Of the processors, with those of garbage collection. */
  readonly seconds: number;
  readonly peerSeconds: number;
  /** Of the process at its highest, in bytes. */
  readonly peakBytes: number;
}

const PEERS: Readonly<Record<Peer, (text: string) => unknown>> = {
  'JSON.parse': (text) => JSON.parse(text),
  saxes: (text) => new SaxesParser().write(text).close(),
  'js-yaml': (text) => load(text),
};

/**
 * Inspects a large file in a thread as the receiver does, after a small one that starts it: `one TYPE PEER LARGE SMALL`,
 * bundled and in a process of its own.
 */
const [, , type, peer, large = '', small = ''] = process.argv;
const checks = createChecks({ error: console.error } as unknown as Logger);
const asker = { identity: 'bench', response: new EventEmitter() as ServerResponse };
await inspect(small);
let bytes = 0;
const seconds = await secondsOf(async () => {
  bytes = await inspect(large);
});
const peakBytes = process.resourceUsage().maxRSS * 1024;
await checks.close();
const text = readFileSync(large, 'utf8');
const peerSeconds = await secondsOf(() => PEERS[peer as Peer](text));
const measured: Measured = { bytes, seconds, peerSeconds, peakBytes };
console.log(JSON.stringify(measured));

/** In pieces, as of an upload that didn't say how long it would be. Returns the number of bytes. */
async function inspect(file: string): Promise<number> {
  const pieces = createPieces();
  const size = readInto(pieces, file);
  const material = { type: type as MaterialType, pieces: pieces.take(), size, digest: '' };
  const { inspection } = await checks.material(material, asker);
  if (!inspection.ok) throw new Error(JSON.stringify(inspection.findings));
  return size;
}

function readInto(pieces: Pieces, file: string): number {
  const descriptor = openSync(file, 'r');
  const chunk = Buffer.alloc(64 << 10);
  let size = 0;
  for (let count = readSync(descriptor, chunk); count > 0; count = readSync(descriptor, chunk)) {
    pieces.add(chunk.subarray(0, count));
    size += count;
  }
  closeSync(descriptor);
  return size;
}

async function secondsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
