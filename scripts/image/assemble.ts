import { execFile } from 'node:child_process';
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { productionSbom } from './production.ts';
import { imageSbom } from './sbom.ts';

/**
 * Lays out what the image adds to its base: `node scripts/image/assemble.ts OPA_FOLDER TARGET`. In the folder are the
 * program `opa` and `opa.modules`, what `go version -m` says of it. Everything belongs to root and is read-only.
 */
const ROOT = new URL('../..', import.meta.url).pathname;
const [, , from, target] = process.argv;
if (from === undefined || target === undefined) throw new Error('usage: assemble.ts OPA_FOLDER TARGET');
const run = promisify(execFile);

const app = join(target, 'app');
const bin = join(target, 'usr/local/bin');
for (const folder of [app, bin]) await mkdir(folder, { recursive: true });
await run(process.execPath, [join(ROOT, 'scripts/build.ts'), app], { cwd: ROOT });
// Half of all bytes, and read only by who debugs; the same commit makes them again.
for (const name of await readdir(app, { recursive: true })) if (name.endsWith('.map')) await rm(join(app, name));
await rm(join(app, 'proviso.1'));
await cp(join(ROOT, 'crds'), join(app, 'crds'), { recursive: true });
await copyFile(join(ROOT, 'LICENSE'), join(app, 'LICENSE'));
await copyFile(process.execPath, join(bin, 'node'));
await copyFile(join(from, 'opa'), join(bin, 'opa'));

const goModules = await readFile(join(from, 'opa.modules'), 'utf8');
await writeFile(join(app, 'sbom.cdx.json'), imageSbom(await productionSbom(ROOT), goModules, process.version));
for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
  const isProgram = entry.isDirectory() || entry.parentPath === bin;
  await chmod(join(entry.parentPath, entry.name), isProgram ? 0o555 : 0o444);
}
