import { chmod, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { provisoMan } from './build/man.ts';
import { CLI, SERVER, THREAD } from './build/options.ts';
import { buildValidators } from './build/validators.ts';

/**
 * Bundles what runs in production into `dist/`, or into the folder that is named: the CLI in pieces, since reading all of
 * it at once costs more than the budget of `--help`; operator and receiver apart, so that the receiver doesn't carry the
 * operator's libraries, and in pieces, so that neither reads what its installation doesn't use, such as the library of S3.
 */
const DIST = new URL('../dist/', import.meta.url).pathname;
const [, , folder] = process.argv;
const OUT = folder === undefined ? DIST : `${resolve(folder)}/`;

// Not a folder that somebody else named: nobody knows what else lies there.
if (OUT === DIST) await rm(OUT, { recursive: true, force: true });
await build({
  ...CLI,
  entryPoints: { proviso: 'src/cli/entry.ts' },
  outdir: OUT,
  chunkNames: 'cli/[name]-[hash]',
  splitting: true,
});
for (const name of ['operator', 'receiver']) {
  await build({
    ...SERVER,
    entryPoints: { [name]: `src/${name}/entry.ts` },
    // Beside it: piscina looks for its file where its own code is.
    chunkNames: `${name}-[name]-[hash]`,
    splitting: true,
    outdir: OUT,
  });
}
// What the image starts: it takes one of the others.
await build({ ...SERVER, entryPoints: { main: 'src/image.ts' }, outdir: OUT });
for (const [name, file] of [
  ['check-worker', 'src/receiver/checks/worker.ts'],
  ['cel-worker', 'src/policy/cel/worker.ts'],
] as const) {
  await build({ ...SERVER, entryPoints: { [name]: file }, outdir: OUT });
}
for (const beside of [OUT, `${OUT}cli/`]) await build({ ...THREAD, outdir: beside });
await buildValidators(`${OUT}validators/`);
await writeFile(`${OUT}proviso.1`, provisoMan());
await chmod(`${OUT}proviso.mjs`, 0o755);
