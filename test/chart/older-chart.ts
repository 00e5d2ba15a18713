import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHART } from './helm.ts';

/** A column that only the newer CRD has. */
export const NEWER_COLUMN = 'Fallback';
/** A kind that only the newer chart has. */
export const NEWER_KIND = 'clusterpolicies';

/** Writes what an earlier version of the chart may have been into the folder: with fewer kinds and fewer columns. */
export async function writeOlderChart(folder: string): Promise<void> {
  await cp(CHART, folder, { recursive: true });
  const change = async (file: string, from: RegExp, to: string): Promise<void> => {
    const text = await readFile(join(folder, file), 'utf8');
    if (!from.test(text)) throw new Error(`${file} has no ${from}`);
    await writeFile(join(folder, file), text.replace(from, to));
  };
  await change('Chart.yaml', /^version: .*\nappVersion: .*$/m, 'version: 0.0.9\nappVersion: 0.0.9');
  const column = new RegExp(`^ *- \\{name: ${NEWER_COLUMN}, .*\\n`, 'm');
  await change('files/crds/proviso.dev_evidencestores.yaml', column, '');
  await rm(join(folder, `files/crds/proviso.dev_${NEWER_KIND}.yaml`));
}
