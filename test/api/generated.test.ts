import { execFile } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCrds, type SchemaNode } from '../../scripts/gen/crds.ts';
import { generateSchemas } from '../../scripts/gen/schemas.ts';
import { generateTypes } from '../../scripts/gen/types.ts';

const test = suite('generated');

test('the generated files are fresh', async () => {
  const root = new URL('../..', import.meta.url).pathname;
  const stderr = await new Promise((resolve) => {
    execFile(process.execPath, ['scripts/gen.ts', '--check'], { cwd: root }, (_, __, text) => resolve(text));
  });
  assert.is(stderr, '');
});

test('a change in a CRD changes what is generated from it', async () => {
  const [crd] = (await readCrds()).filter(({ kind }) => kind === 'Contract');
  assert.ok(crd);
  const spec: SchemaNode = crd?.schema.properties?.spec ?? {};
  const extra: SchemaNode = { type: 'string', description: 'A new field.', maxLength: 7 };
  const wider = { ...spec, properties: { ...spec.properties, extra }, required: ['extra'] };
  const schema = { ...crd?.schema, properties: { ...crd?.schema.properties, spec: wider } };
  const changed = crd === undefined ? [] : [{ ...crd, schema }];
  assert.match(generateTypes(changed), /\/\*\* A new field\. \*\/\n {2}readonly extra: string;/);
  assert.match(generateSchemas(changed), /"extra": \{\n +"type": "string",\n +"maxLength": 7\n/);
});

test.run();
