import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withoutProse } from './prose.ts';

/** The schemas that OASIS, FIRST and CERT/CC publish, as the validator of the German BSI carries them, by the file they go to. */
const SOURCES: Readonly<Record<string, string>> = {
  'csaf-2.0': 'lib/schemaTests/csaf_2_0/schema.js',
  'csaf-2.1': 'csaf_2_1/schemaTests/csaf_2_1/schema.js',
  'cvss-2.0': 'schemas/cvss-v2.0.js',
  'cvss-3.0': 'schemas/cvss-v3.0.js',
  'cvss-3.1': 'schemas/cvss-v3.1.js',
  'cvss-4.0': 'csaf_2_1/csafAjv/cvss-v4.0.js',
  'ssvc-decision-point': 'csaf_2_1/csafAjv/Decision_Point-1-0-1.js',
  'ssvc-selection': 'csaf_2_1/csafAjv/Decision_Point_Value_Selection-1-0-1.js',
};

/** Generated files of the CSAF schemas, path to content. */
export async function generateCsaf(): Promise<Readonly<Record<string, string>>> {
  const manifest = createRequire(import.meta.url).resolve('@secvisogram/csaf-validator-lib/package.json');
  const files = await Promise.all(
    Object.entries(SOURCES).map(async ([name, source]) => {
      const module: unknown = await import(pathToFileURL(join(dirname(manifest), source)).href);
      const { default: schema } = module as { readonly default: Readonly<Record<string, unknown>> };
      // The dialects are three, and what these schemas use of them means the same in each.
      const { $schema: _, $id, ...rest } = withoutProse(schema) as Readonly<Record<string, unknown>>;
      // Those of CVSS name themselves with a date that nobody who refers to them gives.
      const id = String($id).replace(/\?\d+$/, '');
      return [`src/materials/csaf/${name}.gen.json`, `${JSON.stringify({ $id: id, ...rest })}\n`] as const;
    }),
  );
  return Object.fromEntries(files);
}
