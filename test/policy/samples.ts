import { readFileSync } from 'node:fs';

/** Real documents of tools, as the tests of materials have them. */
export const sampleBytes = (name: string): Uint8Array =>
  readFileSync(new URL(`../materials/samples/${name}`, import.meta.url));

export const sample = (name: string): unknown => JSON.parse(Buffer.from(sampleBytes(name)).toString('utf8'));
