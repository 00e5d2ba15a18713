import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutProse } from './gen/prose.ts';

/**
 * Makes src/materials/spdx/ of the schemas that SPDX publishes. They are in no npm package, so `make gen` can't: they are the
 * `resources/spdx-schema-v*.json` of the Maven artifact org.spdx:tools-java 2.0.1, unpacked into the folder that is named.
 */
const [, , folder = '.'] = process.argv;

type Schema = Readonly<Record<string, unknown>>;

interface Schema3 extends Schema {
  readonly $defs: Readonly<Record<string, unknown>> & {
    readonly AnyClass: { readonly anyOf: readonly { $ref: string }[] };
  };
}

const read = async (version: string): Promise<Schema> =>
  withoutProse(JSON.parse(await readFile(join(folder, `spdx-schema-v${version}.json`), 'utf8'))) as Schema;

const schemas: Readonly<Record<string, unknown>> = {
  '2.2': version2(await read('2.2')),
  '2.3': version2(await read('2.3')),
  '3.0': version3((await read('3.0.1')) as Schema3),
};
for (const [version, schema] of Object.entries(schemas)) {
  const path = new URL(`../src/materials/spdx/spdx-${version}.gen.json`, import.meta.url);
  await writeFile(path, `${JSON.stringify(schema)}\n`);
}

/**
 * Drafts that differ in nothing that is used here are read as draft 7. The first schema of 2.2 knows categories with an
 * underscore only, which are written with a dash in the standard and by every tool; that of 2.3 takes both.
 */
function version2({ $schema: _draft, $id: _id, ...schema }: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replace('"PACKAGE_MANAGER"]', '"PACKAGE_MANAGER","PACKAGE-MANAGER"]'));
}

/**
 * An element is checked against the class that it names, and not against all of them in turn: that is as strict, takes a
 * tenth of the time, and says what is wrong with it.
 */
function version3({ oneOf: _oneOf, unevaluatedProperties: _closed, ...schema }: Schema3): Schema {
  const classes = schema.$defs.AnyClass.anyOf.map(({ $ref }) => $ref.replace('#/$defs/', ''));
  const AnyClass = {
    type: 'object',
    required: ['type'],
    properties: { type: { enum: classes } },
    allOf: classes.map((name) => ({
      if: { properties: { type: { const: name } } },
      // biome-ignore lint/suspicious/noThenProperty: it is a word of JSON Schema
      then: { $ref: `#/$defs/${name}` },
    })),
  };
  const graph = { type: 'array', items: { $ref: '#/$defs/AnyClass', unevaluatedProperties: false } };
  return {
    ...schema,
    properties: { ...(schema.properties as Schema), '@graph': graph },
    required: ['@context', '@graph'],
    additionalProperties: false,
    $defs: { ...schema.$defs, AnyClass },
  };
}
