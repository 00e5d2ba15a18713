import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CommandOutcome, runProviso } from '../support/command-line.ts';
import { manifest } from '../support/manifest.ts';
import { tool } from '../tools/tool.ts';

const test = suite('policy eval');
let cwd: string;
test.before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'proviso-policy-'));
  const license = (id: string) => [{ license: { id } }];
  const components = [
    { type: 'library', name: 'good', purl: 'pkg:npm/good@1', licenses: license('MIT') },
    { type: 'library', name: 'bad', purl: 'pkg:npm/bad@1', licenses: license('GPL-3.0-only') },
  ];
  await writeFile(join(cwd, 'sbom.json'), JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components }));
  await writeFile(join(cwd, 'empty.json'), JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6' }));
  await writeFile(
    join(cwd, 'junit.xml'),
    '<testsuite name="a" tests="2" failures="1"><testcase name="b"><failure message="no"/></testcase></testsuite>',
  );
});
test.after(() => rm(cwd, { recursive: true }));

const CEL = `variables:
  - {name: banned, expression: "inputs.banned.split(',')"}
skip:
  - {expression: "!has(input.components)", reason: it lists no components}
validations:
  - forEach: sbom.components(input)
    expression: "!item.licenses.exists(l, l in variables.banned)"
    messageExpression: "item.name + ' is under ' + item.licenses.join(', ')"
    subjectExpression: item.purl
`;
const REGO = `package main
import rego.v1
violations contains sprintf("%s is banned", [component.name]) if {
	some component in input.components
	component.name in {input.args.banned}
}
`;
const cel = { kinds: ['SBOM_CYCLONEDX_JSON'], source: { inline: CEL } };
const inputs = [{ name: 'banned', default: 'GPL-3.0-only' }];

/** Evaluates a policy with this spec; `args` follow the file. */
async function evaluated(
  spec: object,
  args: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  await writeFile(join(cwd, 'policy.yaml'), manifest('Policy', 'banned', spec));
  return runProviso(cwd, `policy eval policy.yaml ${args}`, env);
}

test('what a policy objects to is told, and ends as a gate would', async () => {
  const { code, out, err } = await evaluated({ ...cel, inputs }, '--input sbom.json');
  assert.is(code, 4, err);
  assert.match(out, /^SUBJECT +MESSAGE *\npkg:npm\/bad@1 +bad is under GPL-3.0-only/);
  const other = await evaluated({ ...cel, inputs }, '--input sbom.json --set banned=AGPL-3.0-only');
  assert.is(other.code, 0);
  assert.match(other.out, /^banned: no violations$/m);
  const skipped = await evaluated({ ...cel, inputs }, '--input empty.json');
  assert.is(skipped.code, 0);
  assert.match(skipped.out, /^banned: skipped: it lists no components$/m);
});

test('a report in XML is judged as policies see it', async () => {
  const inline = 'validations: [{expression: "tests(input).failed == 0", message: tests failed}]';
  const { code, out, err } = await evaluated({ kinds: ['JUNIT_XML'], source: { inline } }, '--input junit.xml');
  assert.is(code, 4, err);
  assert.match(out, /tests failed/);
});

test('in Rego, by OPA, and without one it is said where it was looked for', async () => {
  const spec = {
    kinds: ['SBOM_CYCLONEDX_JSON'],
    engine: 'Rego',
    source: { inline: REGO },
    inputs: [{ name: 'banned', required: true }],
  };
  const args = '--input sbom.json --set banned=bad';
  const { code, out, err } = await evaluated(spec, args, { PROVISO_OPA: await tool('opa') });
  assert.is(code, 4, err);
  assert.match(out, /banned +bad is banned/);
  const none = await evaluated(spec, args, { PROVISO_OPA: '/nowhere/opa' });
  assert.is(none.code, 1);
  assert.match(none.err, /PROVISO_OPA names '\/nowhere\/opa', which can't be run \(policy-invalid\)/);
});

test('what is wrong is said before anything is evaluated', async () => {
  const refused = async (spec: object, args: string, words: RegExp, code = 2) => {
    const outcome = await evaluated(spec, args);
    assert.match(outcome.err, words);
    assert.is(outcome.code, code);
    assert.is(outcome.out, '');
  };
  const both = { ...cel, kinds: ['SBOM_CYCLONEDX_JSON', 'SBOM_SPDX_JSON'], inputs };
  await refused(
    both,
    '--input sbom.json',
    /for several types.*\n.*--type SBOM_CYCLONEDX_JSON, or --type SBOM_SPDX_JSON/,
  );
  await refused(both, '--input sbom.json --type SARIF', /the policy is not for SARIF/);
  await refused({ ...cel, inputs }, '--input nothing.json', /'nothing.json' can't be read/);
  await refused({ ...cel, inputs }, '--input sbom.json --set other=x', /no input 'other'.*\n.*it has banned/);
  await refused(
    { ...cel, inputs: [{ name: 'banned', required: true }] },
    '--input sbom.json',
    /needs the input 'banned'/,
  );
  await refused({ ...cel, inputs }, '--input sbom.json --at tomorrow', /--at 'tomorrow' is no time/);
  const elsewhere = { kinds: cel.kinds, source: { configMapRef: { name: 'a', key: 'b' } } };
  await refused(elsewhere, '--input sbom.json', /lies elsewhere.*\n.*--source FILE/);
  const broken = { kinds: cel.kinds, source: { inline: CEL.replace('sbom.components', 'sbom.component') } };
  await refused(broken, '--input sbom.json', /spec\.source\.inline: line 6, column \d+: .*policy-invalid/, 1);
  await refused({ ...cel, kinds: [] }, '--input sbom.json', /has no valid Policy/, 1);
});

test('the source may be given as the file that it is made from', async () => {
  await writeFile(join(cwd, 'source.cel'), CEL);
  const spec = { kinds: cel.kinds, inputs, source: { configMapRef: { name: 'a', key: 'b' } } };
  const { code, out } = await evaluated(spec, '--input sbom.json --source source.cel');
  assert.is(code, 4);
  assert.match(out, /bad is under/);
});

test.run();
