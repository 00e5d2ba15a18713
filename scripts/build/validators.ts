import standalone from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { PUBLISHED_SCHEMAS, type PublishedName, publishedCompiler } from '../../src/materials/published.ts';
import { COMMON } from './options.ts';

const SOURCES = new URL('../../src/materials/', import.meta.url).pathname;

/** Compiles the published schemas, each into a file of its own that a program reads once it needs it. */
export async function buildValidators(folder: string): Promise<void> {
  for (const name of Object.keys(PUBLISHED_SCHEMAS) as PublishedName[]) {
    const { ajv, validate } = publishedCompiler(name, { source: true });
    await build({
      ...COMMON,
      // The names of ajv say nothing to anybody, and the map would be larger than the code.
      keepNames: false,
      sourcemap: false,
      stdin: { contents: standalone.default(ajv, validate), resolveDir: SOURCES, sourcefile: name },
      format: 'cjs',
      outfile: `${folder}${name}.cjs`,
    });
  }
}
