import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ContractMessage } from '../../../src/api/contract-messages.ts';
import { Problem } from '../../../src/api/problem.ts';
import { explodedUploads } from '../../../src/cli/material/explode.ts';
import { makeZip, type ZipFile } from '../../materials/archive/make.ts';

const test = suite('cli archives');
const bom = (name: string): string =>
  JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', metadata: { component: { type: 'library', name } } });
const contract: ContractMessage = {
  name: 'release',
  revision: 1,
  revisionName: 'release-1',
  materials: [
    { name: 'sbom', type: 'SBOM_CYCLONEDX_JSON', optional: false, output: false, skipUpload: false, annotations: [] },
    { name: 'own-1', type: 'STRING', optional: true, output: false, skipUpload: false, annotations: [] },
  ],
  envAllowList: [],
  annotations: [],
  signers: [],
  enforcement: 'Enforce',
};
let dir: string;
test.before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'proviso-explode-'));
});
test.after(() => rm(dir, { recursive: true }));

async function explode(name: string, files: readonly ZipFile[] | string, more: object = {}) {
  const path = join(dir, 'boms.zip');
  await writeFile(path, typeof files === 'string' ? files : makeZip(files));
  return explodedUploads({ name, value: path, annotations: {}, replace: false, ...more }, contract);
}
const refusal = async (work: Promise<unknown>): Promise<Problem> => {
  const outcome = await work.catch((error: unknown) => error);
  if (outcome instanceof Problem) return outcome;
  throw new Error(`a problem was expected, not ${JSON.stringify(outcome)}`);
};

test('each file is a material of the type of the first, and the archive is evidence that they name', async () => {
  const uploads = await explode('sbom', [
    { name: 'web/bom.json', content: bom('web') },
    { name: 'api/bom.json', content: bom('api') },
  ]);
  assert.equal(
    uploads.map(({ name, type, filename }) => [name, type, filename]),
    [
      ['sbom-archive', 'EVIDENCE', 'boms.zip'],
      ['sbom', 'SBOM_CYCLONEDX_JSON', 'bom.json'],
      ['sbom-1', 'SBOM_CYCLONEDX_JSON', 'bom.json'],
    ],
  );
  const [archive, first] = uploads;
  const digest = `sha256:${Buffer.from(archive?.sha256 ?? []).toString('hex')}`;
  assert.equal(first?.annotations, { archive: digest });
});

test('what the contract does not name is what each file looks like', async () => {
  const uploads = await explode('mixed', [
    { name: 'bom.json', content: bom('web') },
    { name: 'notes.txt', content: 'x' },
  ]);
  assert.equal(
    uploads.slice(1).map(({ type }) => type),
    ['SBOM_CYCLONEDX_JSON', 'ARTIFACT'],
  );
});

test('one file that is not of the type, and nothing of it is handed in', async () => {
  const found = await refusal(
    explode('sbom', [
      { name: 'bom.json', content: bom('web') },
      { name: 'notes.txt', content: 'x' },
    ]),
  );
  assert.is(found.code, 'material-invalid');
  assert.match(found.message, /^notes.txt in the archive: 'sbom-1' is not a valid SBOM_CYCLONEDX_JSON/);
});

test('archives that hold nothing, too much, or lead out are refused', async () => {
  const many = Array.from({ length: 101 }, (_, index) => ({ name: `${index}.txt`, content: 'x' }));
  assert.match((await refusal(explode('own', many))).message, /over 100 files/);
  assert.match((await refusal(explode('own', []))).message, /no file in it/);
  assert.match((await refusal(explode('own', [{ name: '../a', content: 'x' }]))).message, /leads out of the archive/);
  assert.match((await refusal(explode('own', [{ name: 'a', content: '' }]))).message, /the file is empty/);
  assert.match((await refusal(explode('own', 'plain'))).message, /is not a zip or tar.gz/);
});

test('a name that is taken in the contract by another type is told', async () => {
  const two = ['a', 'b'].map((name) => ({ name: `${name}.json`, content: bom(name) }));
  const found = await refusal(explode('own', two, { type: 'SBOM_CYCLONEDX_JSON' }));
  assert.is(found.code, 'material-type-mismatch');
  assert.match(found.message, /'own-1' as STRING/);
  assert.match((await refusal(explode('x'.repeat(60), two))).message, /can't be the name of a material/);
});

test.run();
