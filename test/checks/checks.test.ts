import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { boundaryFindings } from '../../scripts/check/boundaries.ts';
import { commandFindings } from '../../scripts/check/commands.ts';
import { sizeFindings } from '../../scripts/check/sizes.ts';
import { wordFindings } from '../../scripts/check/words.ts';

const test = suite('checks');

const WRONG_IMPORTS: readonly (readonly [string, string])[] = [
  ['src/api/x.ts', "import { a } from '../kube/client.ts';"],
  ['src/verify/x.ts', "import { a } from '../kube/client.ts';"],
  ['src/kube/x.ts', "import { a } from '../receiver/app.ts';"],
  ['src/cli/x.ts', "import { a } from '../operator/operator.ts';"],
  ['src/receiver/routes/x.ts', "import type { A } from '../../operator/context.ts';"],
  ['src/queue/x.ts', "import { a } from '../kube/client.ts';"],
  ['src/contract/x.ts', "import { a } from '../telemetry/log.ts';"],
  ['src/materials/x.ts', "import { readFile } from 'node:fs/promises';"],
  ['src/attestation/x.ts', 'const now = new Date();'],
  ['src/verify/x.ts', "const late = await import('../evidence/open.ts');"],
];

for (const [path, text] of WRONG_IMPORTS) {
  test(`refuses ${text} in ${path}`, () => assert.is(boundaryFindings([{ path, text }]).length, 1));
}

test('allows what goes downwards', () => {
  const text =
    "import { a } from '../kube/client.ts';\nimport { b } from './b.ts';\nimport type { C } from '../api/c.ts';";
  assert.equal(boundaryFindings([{ path: 'src/operator/x.ts', text }]), []);
  assert.equal(
    boundaryFindings([{ path: 'src/verify/x.ts', text: "import { a } from '../attestation/dsse.ts';" }]),
    [],
  );
});

test('refuses a file of 351 lines and takes one of 350', () => {
  const source = (lines: number) => [{ path: 'src/a.ts', text: 'x\n'.repeat(lines) }];
  assert.is(sizeFindings(source(351)).length, 1);
  assert.is(sizeFindings(source(350)).length, 0);
});

const WRONG_WORDS = [
  'const a: any = 1;',
  'const b = a as any;',
  'function f(x: Map<string, any>) {}',
  'export default 1;',
  '// TODO later',
  '// @ts-ignore',
  'process.exit(1);',
  "const home = '/root/.cache';",
];
for (const text of WRONG_WORDS) {
  test(`refuses ${text}`, () => assert.is(wordFindings([{ path: 'src/a.ts', text }]).length > 0, true));
}

test('takes prose with the same words', () => {
  assert.equal(
    wordFindings([{ path: 'src/a.ts', text: '/** Any of them, if any: a default. */\nconst anyway = 1;' }]),
    [],
  );
});

test('tells of a tool that fails, with what it said', async () => {
  const findings = await commandFindings({ good: ['true'], bad: ['sh', '-c', 'echo broken; exit 1'] });
  assert.equal(findings, ['bad:\nbroken\n']);
});

test.run();
