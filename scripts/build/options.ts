import type { BuildOptions } from 'esbuild';

export const COMMON: BuildOptions = {
  absWorkingDir: new URL('../..', import.meta.url).pathname,
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: true,
  keepNames: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'linked',
  logLevel: 'warning',
};

// CommonJS dependencies inside an ES module still ask for their own kind.
export const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

// There piscina looks for the file that its threads begin with.
const DIRNAME = 'const __dirname = import.meta.dirname;';

/** The CLI in pieces, in a folder of their own; what they read lies beside that. */
export const CLI: BuildOptions = {
  ...COMMON,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  // The pieces get the first line too; it means nothing in a file that is imported.
  banner: { js: `#!/usr/bin/env node\n${REQUIRE} ${DIRNAME}` },
  define: { COMPILED_VALIDATORS: '"../validators/"', CEL_WORKER: '"../cel-worker.mjs"' },
};

/** What runs in the cluster. */
export const SERVER: BuildOptions = {
  ...COMMON,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  banner: { js: `${REQUIRE} ${DIRNAME}` },
  define: { COMPILED_VALIDATORS: '"./validators/"', CEL_WORKER: '"./cel-worker.mjs"' },
};

/** The file that threads begin with, under the one name by which piscina knows it. */
export const THREAD: BuildOptions = {
  ...COMMON,
  entryPoints: { worker: 'node_modules/piscina/dist/worker.js' },
  format: 'esm',
  // Asked for only where threads are to be nicer than their process.
  external: ['@napi-rs/nice'],
  banner: { js: REQUIRE },
};
