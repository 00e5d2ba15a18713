// deadline: 60
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCommand } from '../controlplane/command.ts';
import { MODULES, TOOL_NAMES, type ToolSource, toolSource } from './catalogue.ts';
import { obtain, tool } from './tool.ts';

const test = suite('tools');
const lines: string[] = [];
const log = (line: string) => lines.push(line);
let root: string;

const sourceOf = (packageName: string): ToolSource => ({
  name: 'invented',
  version: 'v1.0.0',
  package: packageName,
  folder: MODULES.go,
  pins: '00000000',
});

test.before.each(async () => {
  lines.length = 0;
  root = await mkdtemp(join(tmpdir(), 'proviso-tools-'));
});
test.after.each(() => rm(root, { recursive: true }));

test('every tool has a version that go.mod pins, and a name of its own in the cache', async () => {
  const sources = await Promise.all(TOOL_NAMES.map(toolSource));
  for (const { version } of sources) assert.match(version, /^v\d+\.\d+\.\d+$/);
  assert.is(new Set(sources.map(({ name, version, pins }) => `${name}-${version}-${pins}`)).size, TOOL_NAMES.length);
});

test('the cosigns are of the versions they are called by', async () => {
  for (const name of ['cosign-v2', 'cosign-v3'] as const) {
    const { stdout } = await runCommand(await tool(name), ['version']);
    assert.match(stdout, new RegExp(`GitVersion:\\s+${(await toolSource(name)).version}\n`));
  }
});

test('what is in the cache is taken as it is, and nothing is built', async () => {
  const path = join(root, 'invented-v1.0.0-00000000');
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
  assert.is(await obtain(sourceOf('example.test/none'), root, log), path);
  assert.equal(lines, []);
});

test("a build that fails says which tool is missing and ends with the compiler's own words", async () => {
  const error = await obtain(sourceOf('./absent'), root, log).catch((failure: Error) => failure.message);
  assert.match(String(error), /no invented for the tests[\s\S]*go build failed:[\s\S]*absent/);
  assert.equal(await readdir(root), []);
});

test('what a killed build left behind is gone after the next one', async () => {
  await mkdir(join(root, '.build-killed'));
  await obtain(sourceOf('./absent'), root, log).catch(() => {});
  assert.equal(await readdir(root), []);
});

test.run();
