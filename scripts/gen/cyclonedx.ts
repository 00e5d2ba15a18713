import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { withoutProse } from './prose.ts';
import { modelOfXsd } from './xsd.ts';

/** The schemas that CycloneDX publishes, by the file they go to; the descriptions are for people and left out. */
const SOURCES: Readonly<Record<string, string>> = {
  'bom-1.4': 'bom-1.4.SNAPSHOT.schema.json',
  'bom-1.5': 'bom-1.5.SNAPSHOT.schema.json',
  'bom-1.6': 'bom-1.6.SNAPSHOT.schema.json',
  'bom-1.7': 'bom-1.7.SNAPSHOT.schema.json',
  cryptography: 'cryptography-defs.SNAPSHOT.schema.json',
  jsf: 'jsf-0.82.SNAPSHOT.schema.json',
  spdx: 'spdx.SNAPSHOT.schema.json',
};

const XML_VERSIONS = ['1.4', '1.5', '1.6', '1.7'];

/** Generated files of the CycloneDX schemas, path to content. */
export async function generateCycloneDx(): Promise<Readonly<Record<string, string>>> {
  const manifest = createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json');
  const folder = join(dirname(manifest), 'res/schema');
  const files = await Promise.all(
    Object.entries(SOURCES).map(async ([name, source]) => {
      // The package keeps unreleased copies under this name; the identifiers inside are those of the standard.
      const published = (await readFile(join(folder, source), 'utf8')).replaceAll('.SNAPSHOT', '');
      const schema: unknown = JSON.parse(published);
      return [`src/materials/cyclonedx/${name}.gen.json`, `${JSON.stringify(withoutProse(schema))}\n`] as const;
    }),
  );
  const models = await Promise.all(
    XML_VERSIONS.map(async (version) => {
      const published = await readFile(join(folder, `bom-${version}.SNAPSHOT.xsd`), 'utf8');
      return [`src/materials/cyclonedx/xml-${version}.gen.json`, `${JSON.stringify(modelOfXsd(published))}\n`] as const;
    }),
  );
  return Object.fromEntries([...files, ...models]);
}
