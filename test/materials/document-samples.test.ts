import { readdirSync, readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MATERIAL_TYPES } from '../../src/api/material-types.ts';
import { DOCUMENT_SAMPLES, readSample } from './document-samples.ts';
import { facts, inspect } from './inspect.ts';

const test = suite('samples of documents');
const ANYTHING = ['ARTIFACT', 'EVIDENCE', 'STRING'];

test('each is taken for what it is, with its facts', () => {
  for (const { file, type, facts: expected } of DOCUMENT_SAMPLES) {
    const { annotations } = facts(type, readSample(file));
    for (const [name, value] of Object.entries(expected))
      assert.is(annotations[`chainloop.material.${name}`], value, `${file}: ${name}`);
  }
});

test('each is taken for nothing else', () => {
  for (const { file, type, also = [] } of DOCUMENT_SAMPLES) {
    const bytes = readSample(file);
    const others = MATERIAL_TYPES.filter((other) => !ANYTHING.includes(other) && other !== type);
    for (const other of others) assert.is(inspect(other, bytes).ok, also.includes(other), `${file} as ${other}`);
  }
});

test('each is refused when it is empty, cut off, or has a NUL in it', () => {
  for (const { file, type, isOpenEnded } of DOCUMENT_SAMPLES) {
    const bytes = readSample(file);
    const end = bytes.toString('latin1').trimEnd().length;
    const cuts = [0, 1, 40, end >> 1, end - 1].map((length) => bytes.subarray(0, length));
    const spoilt = Buffer.concat([bytes.subarray(0, end >> 1), Buffer.from([0]), bytes.subarray(end >> 1)]);
    for (const bad of [...(isOpenEnded ? cuts.slice(0, 1) : cuts), spoilt, Buffer.alloc(512)]) {
      assert.is(inspect(type, bad).ok, false, `${file}, ${bad.length} of ${bytes.length} bytes`);
    }
  }
});

test('each is small, and the README says where it comes from', () => {
  const folder = new URL('./samples/', import.meta.url);
  const readme = readFileSync(new URL('README.md', folder), 'utf8');
  const files = readdirSync(folder).filter((file) => file !== 'README.md');
  for (const file of files) {
    assert.ok(readSample(file).length <= 20 << 10, `${file} is over 20 KiB`);
    assert.ok(readme.includes(`\`${file}\``), `the README says nothing of ${file}`);
  }
});

test.run();
