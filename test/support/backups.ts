import { createHash } from 'node:crypto';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Manifest, PartName } from '../../src/cli/backup/directory.ts';

const partOf = (directory: string, part: PartName): string => join(directory, `${part}.ndjson.gz`);

export const manifestOf = async (directory: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Manifest;

/** The lines of a part of a backup. */
export async function linesOf(directory: string, part: PartName): Promise<readonly string[]> {
  const text = gunzipSync(await readFile(partOf(directory, part))).toString('utf8');
  return text.split('\n').slice(0, -1);
}

/** Puts other lines into a backup, with a manifest that fits, as whoever can write to it might. */
export async function forge(directory: string, part: PartName, lines: readonly string[]): Promise<void> {
  const bytes = gzipSync(lines.map((line) => `${line}\n`).join(''));
  await writeFile(partOf(directory, part), bytes);
  const manifest = await manifestOf(directory);
  const facts = { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, lines: lines.length };
  const forged = { ...manifest, parts: { ...manifest.parts, [part]: facts } };
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(forged));
}

/** An archive record that says of its run to be another one, under the signature that it has; and the name of the run. */
export function alteredRecord(line: string): { readonly line: string; readonly run: string } {
  const document = JSON.parse(line);
  const record = JSON.parse(Buffer.from(document.envelope.payload, 'base64').toString());
  record.run.metadata.uid = 'another';
  const payload = Buffer.from(JSON.stringify(record)).toString('base64');
  const altered = JSON.stringify({ ...document, envelope: { ...document.envelope, payload } });
  return { line: altered, run: record.run.metadata.name };
}

/** Copies a backup to where nothing else is then; returns the place. */
export async function freshCopy(from: string, to: string): Promise<string> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
  return to;
}
