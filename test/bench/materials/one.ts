import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { SaxesParser } from 'saxes';
import type { MaterialType } from '../../../src/api/material-types.ts';
import { MATERIAL_KINDS } from '../../../src/materials/kinds.ts';
import { GROWING_DOCUMENTS, type Peer } from './documents.ts';

/** What one inspection took, as this process prints it. */
export interface Measured {
  readonly bytes: number;
  /** Of the processor. */
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

/** Inspects the file that is named as the document that is named: `one.ts NAME FILE`, in a process of its own. */
const [, , name = '', file = ''] = process.argv;
const document = GROWING_DOCUMENTS.find((one) => one.name === name);
if (document === undefined) throw new Error(`there is no document '${name}'`);
const bytes = readFileSync(file);
inspect(document.type, Buffer.from(document.make(1000)));
const seconds = secondsOf(() => inspect(document.type, bytes));
const peakBytes = process.resourceUsage().maxRSS * 1024;
const peerSeconds = secondsOf(() => PEERS[document.peer](bytes.toString()));
const measured: Measured = { bytes: bytes.length, seconds, peerSeconds, peakBytes };
console.log(JSON.stringify(measured));

/** The first time also compiles the schema. */
function inspect(type: MaterialType, content: Buffer): void {
  const inspection = MATERIAL_KINDS[type].inspect({ bytes: content, size: content.length, digest: '' });
  if (!inspection.ok) throw new Error(JSON.stringify(inspection.findings));
}

function secondsOf(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
}
