import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { REASON, RUN_REASON } from '../../src/api/reasons.ts';
import { processIo } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';

const test = suite('docs');
const ROOT = new URL('../../', import.meta.url);
const read = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

test('every reason is explained on the page of a kind, and in the CRD', async () => {
  const kinds = [
    'contract',
    'workflow',
    'workflowrun',
    'evidencestore',
    'trustroot',
    'policy',
    'clusterpolicy',
    'waiver',
    'subscription',
  ];
  const pages = (await Promise.all(kinds.map((kind) => read(`docs/${kind}.md`)))).join('\n');
  for (const reason of [...Object.values(REASON), ...Object.values(RUN_REASON)]) {
    assert.ok(pages.includes(`\`${reason}\``), `${reason} is not explained`);
  }
  const crd = await read('crds/proviso.dev_workflowruns.yaml');
  for (const reason of Object.values(RUN_REASON)) assert.ok(crd.includes(reason), reason);
});

test('every command is on the page of the CLI', async () => {
  const page = await read('docs/cli.md');
  const program = createProgram(processIo(), () => {});
  const names = program.commands.flatMap((command) =>
    command.commands.length === 0
      ? [command.name()]
      : command.commands.map((child) => `${command.name()} ${child.name()}`),
  );
  for (const name of names) assert.ok(page.includes(`\`proviso ${name}`), name);
});

test.run();
