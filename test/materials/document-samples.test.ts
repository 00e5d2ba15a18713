import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { MATERIAL_TYPES } from '../../src/api/material-types.ts';
import { makeZip } from './archive/make.ts';
import { DOCUMENT_SAMPLES, readSample } from './document-samples.ts';
import { facts, inspect } from './inspect.ts';

const test = suite('samples of documents');
const ANYTHING = ['ARTIFACT', 'EVIDENCE', 'RADAMSA_CRASHES', 'STRING'];

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

test('what is made to do harm is refused by every kind, soon and in a few words', () => {
  const deep = 1_000_000;
  const laughs = '<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;">]>';
  const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`);
  const hostile: Readonly<Record<string, string | Buffer>> = {
    'arrays in arrays': '['.repeat(deep),
    'objects in objects': '{"a":'.repeat(deep),
    'elements in elements': '<a>'.repeat(deep),
    'lists in lists': '- '.repeat(deep),
    'entities that grow': `${laughs}<a>&b;</a>`,
    'aliases that grow': `a0: &a0 lol\n${levels.join('\n')}`,
    'a zip that grows': makeZip([{ name: 'report_json.json', content: Buffer.alloc(32 << 20) }]),
    'a gzip that grows': gzipSync(Buffer.alloc(64 << 20)),
    'one long line': 'x'.repeat(8 << 20),
    'one long string': `"${'x'.repeat(8 << 20)}"`,
    'NUL bytes': Buffer.alloc(1 << 20),
    'no text': Buffer.from(Array.from({ length: 1 << 16 }, (_, i) => (i * 7919) & 0xff)),
  };
  for (const [what, content] of Object.entries(hostile)) {
    for (const type of MATERIAL_TYPES.filter((one) => !ANYTHING.includes(one))) {
      const started = process.cpuUsage().user;
      const inspection = inspect(type, content);
      const seconds = (process.cpuUsage().user - started) / 1e6;
      assert.is(inspection.ok, false, `${what} as ${type}`);
      assert.ok(JSON.stringify(inspection).length < 2000, `${what} as ${type}`);
      assert.ok(seconds < 5, `${what} as ${type} took ${seconds} s`);
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
