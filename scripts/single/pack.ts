import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { build, type Metafile, transform } from 'esbuild';
import { CLI, COMMON, SERVER, THREAD } from '../build/options.ts';
import { buildValidators } from '../build/validators.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** The best is smaller by a tenth, and takes ten seconds. */
const QUALITY = 9;

/** What of the pieces is another name in one file. */
const NAMES = { 'import.meta.url': 'PIECE_URL', 'import.meta.dirname': '__dirname' };

/**
 * The CLI as one file of CommonJS, for `node`, a PATH, or a single executable. It is made of the pieces of the usual build,
 * compressed, so that `--help` reads little here too; the folder is where they are put meanwhile.
 */
export async function packCli(folder: string): Promise<string> {
  // Their first lines are for pieces that are files.
  const bare = { sourcemap: false, legalComments: 'inline', banner: {} } as const;
  const { metafile } = await build({
    ...CLI,
    ...bare,
    metafile: true,
    entryPoints: { proviso: 'src/cli/entry.ts' },
    outdir: folder,
    chunkNames: 'cli/[name]-[hash]',
    splitting: true,
  });
  await build({ ...SERVER, ...bare, entryPoints: { 'cel-worker': 'src/policy/cel/worker.ts' }, outdir: folder });
  await build({ ...THREAD, ...bare, outdir: join(folder, 'cli') });
  await buildValidators(join(folder, 'validators/'));
  const pieces: Record<string, string> = {};
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.[cm]?js$/.test(name));
  const first = readFirst(metafile, folder, 'proviso.mjs');
  for (const name of names.toSorted()) {
    const text = await asCommonJs(await readFile(join(folder, name), 'utf8'));
    pieces[name] = first.has(name) ? `=${text}` : packed(text);
  }
  return `#!/usr/bin/env node\n'use strict';\n(${await runText()})(${JSON.stringify(pieces)}, 'proviso.mjs');\n`;
}

/** The pieces that every start reads: without them even the library that unpacks need not be. */
function readFirst({ outputs }: Metafile, folder: string, entry: string): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const output = outputs[relative(ROOT, join(folder, name))];
    for (const { path, kind, external } of output?.imports ?? [])
      if (kind === 'import-statement' && external !== true) add(relative(folder, resolve(ROOT, path)));
  };
  add(entry);
  return found;
}

const packed = (text: string): string =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY } }).toString('base64');

/** How piscina keeps `import` from being compiled; a test notices when it writes that otherwise. */
const IMPORT = /new Function\("specifier", ?"return import\(specifier\)"\)/;
const REQUIRE = '(specifier) => Promise.resolve(require(require("node:url").fileURLToPath(specifier)))';

async function asCommonJs(text: string): Promise<string> {
  const { code } = await transform(text.replace(IMPORT, REQUIRE), {
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minifyWhitespace: true,
    define: NAMES,
    // A piece is loaded by our own require.
    supported: { 'dynamic-import': false },
    logLevel: 'warning',
  });
  return code;
}

/** The text of the function alone. */
async function runText(): Promise<string> {
  const { outputFiles } = await build({
    ...COMMON,
    sourcemap: false,
    keepNames: false,
    legalComments: 'none',
    entryPoints: [join(ROOT, 'src/single/run.ts')],
    format: 'iife',
    globalName: 'single',
    write: false,
  });
  return `(() => {${outputFiles[0]?.text ?? ''};return single.run;})()`;
}
