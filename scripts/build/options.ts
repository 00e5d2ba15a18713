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

/** What runs in the cluster. */
export const SERVER: BuildOptions = {
  ...COMMON,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  // There piscina looks for the file that its threads begin with.
  banner: { js: `${REQUIRE} const __dirname = import.meta.dirname;` },
  define: { COMPILED_VALIDATORS: '"./validators/"' },
};

/** That file, under the one name by which piscina knows it. */
export const THREAD: BuildOptions = {
  ...COMMON,
  entryPoints: { worker: 'node_modules/piscina/dist/worker.js' },
  format: 'esm',
  // Asked for only where threads are to be nicer than their process.
  external: ['@napi-rs/nice'],
  banner: { js: REQUIRE },
};
