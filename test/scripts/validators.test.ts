// deadline: 120
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildValidators } from '../../scripts/build/validators.ts';
import { asArray, asRecord, type UnknownRecord } from '../../src/api/record.ts';
import { PUBLISHED_SCHEMAS, type PublishedName, publishedValidator } from '../../src/materials/published.ts';
import { readSample } from '../materials/document-samples.ts';

const test = suite('validators that are compiled ahead');
const read = createRequire(import.meta.url);

/** A document that a tool wrote, for each schema that there is a sample in JSON for. */
const SAMPLES: Readonly<Partial<Record<PublishedName, string>>> = {
  'cyclonedx/bom-1.4': 'cyclonedx-1.4-python.json',
  'cyclonedx/bom-1.5': 'cyclonedx-1.5-python.json',
  'cyclonedx/bom-1.6': 'cyclonedx-1.6-python.json',
  'cyclonedx/bom-1.7': 'cyclonedx-1.7-python.json',
  'csaf/csaf-2.0': 'csaf-vex.json',
  'interface/asyncapi-3.0': 'asyncapi-3.0-faststream.json',
  'interface/openapi-2.0': 'openapi-2.0-apispec.json',
  'interface/openapi-3.1': 'openapi-3.1-fastapi.json',
  'spdx/spdx-2.2': 'spdx-2.2-tools-python.json',
  'spdx/spdx-2.3': 'spdx-2.3-tools-python.json',
  'spdx/spdx-3.0': 'spdx-3.0-tools-java.json',
};

let folder = '';
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'proviso-validators-'));
  await buildValidators(`${folder}/`);
});
test.after(() => rm(folder, { recursive: true }));

const ahead = (name: PublishedName): ValidateFunction => read(join(folder, `${name}.cjs`));

test('say of every document what those say that are compiled when they are needed, error by error', () => {
  const documents = Object.values(SAMPLES).flatMap((file) =>
    variants(asRecord(JSON.parse(`${readSample(file)}`)) ?? {}),
  );
  let refusals = 0;
  for (const name of Object.keys(PUBLISHED_SCHEMAS) as PublishedName[]) {
    const [compiled, expected] = [ahead(name), publishedValidator(name)];
    for (const document of documents) {
      assert.is(compiled(document), expected(document), name);
      assert.equal(compiled.errors, expected.errors, name);
      refusals += compiled.errors === null ? 0 : 1;
    }
  }
  assert.ok(refusals > documents.length, `${refusals} of ${documents.length} documents and all schemas`);
});

test('accept the documents of their tools', () => {
  for (const [name, file] of Object.entries(SAMPLES)) {
    const validate = ahead(name as PublishedName);
    assert.ok(validate(JSON.parse(`${readSample(file)}`)), `${name}: ${JSON.stringify(validate.errors)}`);
  }
});

test('refuse an entry that stands twice, where it must not', () => {
  const validate = ahead('csaf/csaf-2.0');
  const csaf = JSON.parse(`${readSample('csaf-vex.json')}`) as { vulnerabilities: { product_status: Lists }[] };
  const [status] = csaf.vulnerabilities.map((each) => each.product_status);
  for (const list of Object.values(status ?? {})) list.push(...list);
  assert.not(validate(csaf));
  assert.match(validate.errors?.[0]?.message ?? '', /^must not hold an entry twice, as 0 and \d+$/);
});

type Lists = Record<string, unknown[]>;

test.run();

/** The document itself, and with each of its members left out, of another type, and with the entries of lists changed. */
function variants(document: UnknownRecord): readonly UnknownRecord[] {
  const members = Object.entries(document).flatMap(([name, value]) => {
    const entries = asArray(value);
    const [first] = entries;
    return [
      { ...document, [name]: undefined },
      { ...document, [name]: 7 },
      { ...document, [name]: [...entries, first, 'x'] },
      ...Object.keys(asRecord(first) ?? asRecord(value) ?? {}).map((inner) =>
        asRecord(first) === undefined
          ? { ...document, [name]: { ...asRecord(value), [inner]: 1 } }
          : { ...document, [name]: [{ ...asRecord(first), [inner]: 1 }] },
      ),
    ];
  });
  return [document, ...members.map((each) => JSON.parse(JSON.stringify(each)) as UnknownRecord)];
}
