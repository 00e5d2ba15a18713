import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { generateApiSchemas } from './gen/api-schemas.ts';
import { generateChart } from './gen/chart.ts';
import { generateChartValues } from './gen/chart-values.ts';
import { readCrds } from './gen/crds.ts';
import { generateCsaf } from './gen/csaf.ts';
import { generateCycloneDx } from './gen/cyclonedx.ts';
import { generateDocs } from './gen/docs.ts';
import { generateInterop } from './gen/interop.ts';
import { generateMaterials } from './gen/materials.ts';
import { generateMetrics } from './gen/metrics.ts';
import { generateSchemas } from './gen/schemas.ts';
import { generateTypes } from './gen/types.ts';

/** Writes the generated files; with `--check` only says which are stale, and exits 1 if one is. */
const crds = await readCrds();
const files: Readonly<Record<string, string>> = {
  'src/api/types.gen.ts': generateTypes(crds),
  'src/api/schemas.gen.ts': generateSchemas(crds),
  ...(await generateCsaf()),
  ...(await generateApiSchemas()),
  ...(await generateCycloneDx()),
  ...(await generateDocs(crds)),
  ...(await generateMaterials()),
  ...(await generateInterop()),
  ...(await generateMetrics()),
  ...(await generateChart()),
  ...(await generateChartValues()),
};
const root = new URL('..', import.meta.url);
for (const [path, content] of Object.entries(files)) {
  const current = await readFile(new URL(path, root), 'utf8').catch(() => '');
  if (current === content) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} is stale: run 'make gen'`);
    process.exitCode = 1;
  } else {
    await mkdir(new URL('.', new URL(path, root)), { recursive: true });
    await writeFile(new URL(path, root), content);
    console.log(`wrote ${path}`);
  }
}
