// deadline: 90
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectJunit } from '../../src/policy/project/junit.ts';
import { type CommandOutcome, runProviso } from '../support/command-line.ts';
import { manifest } from '../support/manifest.ts';
import { tool } from '../tools/tool.ts';

const test = suite('policy test');
let cwd: string;
test.before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'proviso-policy-test-'));
});
test.after(() => rm(cwd, { recursive: true }));

const CEL = `skip:
  - {expression: "!has(input.components)", reason: it lists no components}
validations:
  - forEach: input.components
    expression: "!(item.name in inputs.banned.split(','))"
    messageExpression: "item.name + ' is banned since ' + string(now)"
    subjectExpression: item.name
`;
const SPEC = { kinds: ['SBOM_CYCLONEDX_JSON'], inputs: [{ name: 'banned', default: 'bad' }], source: { inline: CEL } };
const NAMES = (...names: readonly string[]) => JSON.stringify({ components: names.map((name) => ({ name })) });

/** Runs `policy test` over a directory that has these files and no others. */
async function tested(
  files: Readonly<Record<string, string>>,
  args = '',
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  await rm(join(cwd, 'p'), { recursive: true, force: true });
  await mkdir(join(cwd, 'p/tests'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, 'p', name), text);
  return runProviso(cwd, `policy test p${args}`, env);
}

const withPolicy = (cases: string, spec: object = SPEC) => ({
  'banned.yaml': manifest('ClusterPolicy', 'banned', spec),
  'tests/banned.test.yaml': `policy: ../banned.yaml\ncases:\n${cases}`,
});

test('what every case expects is there', async () => {
  const { code, out, err } = await tested(
    withPolicy(`
  - {name: good, input: {json: ${NAMES('good')}}, expect: {violations: []}}
  - name: bad
    input: {json: ${NAMES('good', 'bad', 'worse')}}
    with: {banned: 'bad,worse'}
    at: 2026-02-03T04:05:06Z
    expect: {violations: [{message: is banned}, {subject: bad, message: 'bad is banned since 2026-02-03T04:05:06'}]}
  - {name: as many, input: {text: '${NAMES('bad', 'bad')}'}, expect: {count: 2}}
  - {name: nothing to judge, input: {json: {}}, expect: {skipped: no components}}
  - {name: no JSON, input: {text: '<bom/>'}, expect: {failed: {reason: Error, message: can only be judged as JSON}}}
`),
  );
  assert.is(code, 0, out + err);
  assert.match(out, /^ok {3}banned +good +p\/tests\/banned\.test\.yaml:4$/m);
  assert.match(out, /^banned +5\/5 +4\/4$/m);
  assert.match(out, /^5 passed, 0 failed$/m);
});

const FAILING = `
  - {name: passes, input: {json: ${NAMES('good')}}, expect: {violations: []}}
  - name: another <subject> & "more"
    input: {json: ${NAMES('bad', 'bad')}}
    expect: {violations: [{subject: bad}, {subject: worse, message: is banned}]}
  - {name: none, input: {json: ${NAMES('bad')}}, expect: {violations: []}}
  - {name: fewer, input: {json: ${NAMES('bad')}}, expect: {count: 2}}
  - {name: not skipped, input: {json: {components: []}}, expect: {skipped: no components}}
  - {name: for another reason, input: {json: {}}, expect: {skipped: nobody knows}}
  - {name: not ignored, input: {json: {}}, expect: {ignored: true}}
  - {name: failed otherwise, input: {json: {components: [{}]}}, expect: {failed: {reason: Timeout}}}
  - {name: failed unforeseen, input: {json: {components: [{}]}}, expect: {violations: []}}
`;

test('each difference is told as a diff, at its line, and the command fails', async () => {
  const { code, out } = await tested(withPolicy(FAILING));
  assert.is(code, 1);
  assert.match(
    out,
    /^FAIL p\/tests\/banned\.test\.yaml:5 banned: another <subject> & "more"\n {2}- a violation of 'worse' with 'is banned' in the message\n {2}\+ a violation of 'bad': bad is banned since 2026-01-01T00:00:00Z$/m,
  );
  assert.match(out, /: none\n {2}\+ a violation of 'bad': /);
  assert.match(out, /: fewer\n {2}- 2 violations\n {2}\+ one violation:\n {2}\+ a violation of 'bad'/);
  assert.match(out, /: not skipped\n {2}- skipped, with 'no components' in the reason\n {2}\+ no violations/);
  assert.match(out, /: for another reason\n {2}- skipped, .*\n {2}\+ skipped: it lists no components/);
  assert.match(out, /: not ignored\n {2}- ignored\n {2}\+ skipped/);
  assert.match(out, /: failed otherwise\n {2}- failed, Timeout\n {2}\+ failed, Error: line 5, /);
  assert.match(out, /: failed unforeseen\n {2}- no violations\n {2}\+ failed, Error: /);
  assert.match(out, /^1 passed, 8 failed$/m);
});

test('what no case came by is told with its place', async () => {
  const { code, out } = await tested(
    withPolicy(`  - {name: one, input: {json: ${NAMES('good')}}, expect: {violations: []}}`),
  );
  assert.is(code, 0);
  assert.match(out, /^banned +1\/1 +2\/4 +line 2, column 19 skips; line 5, column 18 objects$/m);
});

test('a JUnit report holds the same, as a reader of XML sees it', async () => {
  const { code, err } = await tested(withPolicy(FAILING), ' --junit report.xml');
  assert.is(code, 1, err);
  const bytes = await readFile(join(cwd, 'report.xml'));
  const elements: { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[] = [];
  let text = '';
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => elements.push({ name, attributes }));
  parser.on('text', (more) => {
    text += more;
  });
  parser.write(bytes.toString('utf8')).close();
  const [suites, suiteOfPolicy, , second, failure] = elements;
  for (const element of [suites, suiteOfPolicy]) {
    assert.is(element?.attributes.tests, '9');
    assert.is(element?.attributes.failures, '8');
  }
  assert.is(suiteOfPolicy?.attributes.name, 'banned');
  assert.is(second?.attributes.name, 'another <subject> & "more"');
  assert.is(second?.attributes.file, 'p/tests/banned.test.yaml');
  assert.is(second?.attributes.line, '5');
  assert.match(failure?.attributes.message ?? '', /^- a violation of 'worse' .*; \+ a violation of 'bad'/);
  assert.match(text, /p\/tests\/banned\.test\.yaml:5\n- a violation of 'worse'/);
  const projection = projectJunit(bytes);
  assert.ok(projection.ok);
  const [{ totals }] = projection.value as [{ totals: object }];
  assert.equal({ ...totals }, { tests: 9, passed: 1, failed: 8, error: 0, skipped: 0 });
  const refused = await tested(withPolicy(FAILING), ' --junit nowhere/report.xml');
  assert.is(refused.code, 2);
  assert.match(refused.err, /nowhere\/report\.xml' can't be written/);
});

test('the same for programs', async () => {
  await tested(withPolicy(FAILING));
  const { out, code } = await runProviso(cwd, '-o json policy test p/tests/banned.test.yaml', {});
  assert.is(code, 1);
  const { failed, files } = JSON.parse(out);
  assert.is(failed, 8);
  const [{ policy, cases, points }] = files;
  assert.is(policy, 'banned');
  assert.is(cases[1].line, 5);
  assert.is(cases[1].outcome.violations.length, 2);
  assert.equal(cases[1].difference.expected, ["a violation of 'worse' with 'is banned' in the message"]);
  assert.equal(points.at(-1), { at: 'line 5, column 18', what: 'lets pass', covered: true });
});

test('of an attestation the statement is judged, bare or signed; of a material what it was handed in with', async () => {
  const inline = `validations:
  - {expression: "material == null && input.predicateType == 'https://example.com/p'", message: another}
  - {expression: "run.project == 'web' && run.workflow == 'test'", message: another run}`;
  const statement = (predicateType: string) =>
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'a', digest: { sha256: 'a'.repeat(64) } }],
      predicateType,
      predicate: {},
    });
  const payload = Buffer.from(statement('https://example.com/p')).toString('base64');
  const envelope = { payloadType: 'application/vnd.in-toto+json', payload, signatures: [{ sig: 'AAAA' }] };
  const ofStatement = await tested(
    withPolicy(
      `
  - {name: a, run: {project: web}, input: {statement: ${statement('https://example.com/p')}}, expect: {violations: []}}
  - {name: b, run: {project: web}, input: {json: ${JSON.stringify(envelope)}}, expect: {violations: []}}
  - {name: c, run: {project: other}, input: {statement: ${statement('https://example.com/q')}}, expect: {count: 2}}
  - {name: d, input: {statement: {}}, expect: {failed: {message: _type}}}
`,
      { attestation: true, source: { inline } },
    ),
  );
  assert.is(ofStatement.code, 0, ofStatement.text);
  const ofMaterial = `validations:
  - {expression: "material.name == 'unit' && material.type == 'JUNIT_XML' && material.annotations.stage == 'x'", message: other}
  - {expression: "material.digest.startsWith('sha256:') && tests(input).total == 1", message: other}`;
  const { code, text } = await tested(
    withPolicy(
      `  - name: a
    type: JUNIT_XML
    material: unit
    annotations: {stage: x}
    input: {text: '<testsuite name="a"><testcase name="b"/></testsuite>'}
    expect: {violations: []}`,
      { kinds: ['JUNIT_XML', 'SARIF'], source: { inline: ofMaterial } },
    ),
  );
  assert.is(code, 0, text);
});

test('in Rego, with what OPA says of its coverage', async () => {
  const inline = `package main

import rego.v1

default ignore := false

ignore if input.draft

violations contains {"message": "m", "suppress": input.known} if input.bad

violations contains "never" if input.worse
`;
  const files = withPolicy(
    `
  - {name: bad, input: {json: {bad: true, known: true}}, expect: {violations: [{suppressed: true, message: m}]}}
  - {name: known, input: {json: {bad: true, known: false}}, expect: {violations: [{suppressed: true}]}}
  - {name: ignored, input: {json: {draft: true}}, expect: {ignored: true}}
`,
    { engine: 'Rego', kinds: ['EVIDENCE'], source: { inline } },
  );
  const { code, out, err } = await tested(files, '', { PROVISO_OPA: await tool('opa') });
  assert.is(code, 1, err);
  assert.match(out, /: known\n {2}- a violation suppressed\n {2}\+ a violation of 'banned': m/);
  assert.match(out, /^banned +2\/3 +\d+\/\d+ +line 11, column 1 is evaluated/m);
  const none = await tested(files, '', { PROVISO_OPA: '/nowhere/opa' });
  assert.is(none.code, 1);
  assert.match(none.err, /p\/tests\/banned\.test\.yaml:1 \/policy: .*PROVISO_OPA names '\/nowhere\/opa'/);
});

/** What is wrong with a file is told with its line and a JSON pointer, and no test is run. */
async function refused(files: Readonly<Record<string, string>>, ...words: readonly RegExp[]): Promise<void> {
  const { code, out, err } = await tested(files);
  assert.is(code, 1, out);
  assert.is(out, '');
  for (const each of words) assert.match(err, each);
}

test('the format is closed', async () => {
  const good = `{name: a, input: {json: {}}, expect: {count: 1}}`;
  await refused(
    {
      ...withPolicy(`
  - name: a
    inputs: {json: {}}
    input: {json: {}, text: ''}
    with: {banned: 1}
    at: tomorrow
    expect:
      violatoins: []
  - {name: b, type: SBOM, input: {json: {}}, expect: {violations: [{text: a}], count: 0}}
  - {name: c, input: {}, expect: {ignored: false}}
  - {name: d, run: {branch: main}, expect: {failed: {reason: Bored}}}
`),
      'tests/other.test.yaml': `policy: ../banned.yaml\ncaes: [${good}]\n`,
    },
    /yaml:5 \/cases\/0\/inputs: unknown field 'inputs'; did you mean 'input'\?/,
    /yaml:6 \/cases\/0\/input: must have exactly one of file, json, text, statement/,
    /yaml:7 \/cases\/0\/with\/banned: must be a string, not a number/,
    /yaml:8 \/cases\/0\/at: 'tomorrow' must be a time with its zone/,
    /yaml:10 \/cases\/0\/expect\/violatoins: unknown field 'violatoins'; did you mean 'violations'\?/,
    /yaml:11 \/cases\/1\/type: 'SBOM' is not allowed here/,
    /yaml:11 \/cases\/1\/expect: must have exactly one of violations, count, skipped, ignored, failed/,
    /yaml:11 \/cases\/1\/expect\/violations\/0\/text: unknown field 'text'/,
    /yaml:11 \/cases\/1\/expect\/count: must be at least 1/,
    /yaml:12 \/cases\/2\/input: must have exactly one of/,
    /yaml:12 \/cases\/2\/expect\/ignored: 'false' is not allowed here/,
    /yaml:13 \/cases\/3\/input: is required/,
    /yaml:13 \/cases\/3\/run\/branch: unknown field 'branch'/,
    /yaml:13 \/cases\/3\/expect\/failed\/reason: 'Bored' is not allowed here/,
    /other\.test\.yaml:2 \/caes: unknown field 'caes'; did you mean 'cases'\?/,
    /other\.test\.yaml:1 \/cases: is required/,
  );
  await refused(withPolicy(`  - ${good}\n  - ${good}`), /yaml:4 \/cases\/1\/name: \/cases\/0 has this name/);
  await refused(withPolicy('  - &a {name: a}\n  - *a'), /yaml:4: aliases are not taken here/);
  await refused(withPolicy('  - {name: a, name: b}'), /yaml, line 3, column \d+: /);
  await refused({ 'a.test.yaml': '' }, /a\.test\.yaml:1: must be an object, not null/);
});

test('what does not go with the policy is told too', async () => {
  const cases = `
  - {name: a, type: SARIF, with: {bans: x}, input: {file: nowhere.json}, expect: {count: 1}}
  - {name: b, input: {file: nowhere.json}, expect: {count: 1}}
  - {name: c, input: {statement: {}}, expect: {count: 1}}
`;
  await refused(
    withPolicy(cases),
    /yaml:4 \/cases\/0\/type: the policy is not for SARIF; there is SBOM_CYCLONEDX_JSON/,
    /yaml:4 \/cases\/0\/with: the policy has no input 'bans'; there is banned/,
    /yaml:5 \/cases\/1\/input\/file: 'nowhere\.json' can't be read; it is looked for from where this file lies/,
    /yaml:6 \/cases\/2\/input\/statement: is of what is signed, and SBOM_CYCLONEDX_JSON is not/,
  );
  const required = { kinds: ['SARIF', 'EVIDENCE'], inputs: [{ name: 'a', required: true }], source: SPEC.source };
  const one = '  - {name: a, input: {json: {}}, expect: {count: 1}}';
  await refused(
    withPolicy(one, required),
    /\/cases\/0\/type: the policy is for several types; there is SARIF, EVIDENCE/,
    /\/cases\/0\/with: the policy needs the input 'a'/,
  );
  await refused(
    withPolicy('  - {name: a, type: SARIF, annotations: {a: b}, input: {json: {}}, expect: {count: 1}}', {
      attestation: true,
      source: SPEC.source,
    }),
    /\/cases\/0\/type: is of materials, and the policy judges the attestation/,
    /\/cases\/0\/annotations: is of materials/,
  );
  await refused(withPolicy(one, { kinds: [], source: {} }), /yaml:1 \/policy: .*has no valid ClusterPolicy/);
  await refused(
    withPolicy(one, { ...SPEC, source: { inline: CEL.replace('item.name in', 'item.name on') } }),
    /yaml:1 \/policy: the source can't be evaluated: spec\.source\.inline: line 5, column/,
  );
  await refused(
    withPolicy(one, { ...SPEC, source: { configMapRef: { name: 'a', key: 'b' } } }),
    /yaml:1 \/policy: .*lies elsewhere.*; give the file that it is made from: `source: FILE`/,
  );
  await refused({ 'a.test.yaml': `policy: nowhere.yaml\ncases:\n${one}` }, /yaml:1 \/policy: 'p\/nowhere\.yaml' can't/);
});

test('the source may be a file of its own', async () => {
  const files = withPolicy('', { ...SPEC, source: { configMapRef: { name: 'a', key: 'b' } } });
  const { code, text } = await tested({
    ...files,
    'banned.cel': CEL,
    'tests/banned.test.yaml': `policy: ../banned.yaml
source: ../banned.cel
cases:
  - {name: a, input: {json: ${NAMES('bad')}}, expect: {count: 1}}`,
  });
  assert.is(code, 0, text);
});

test('a directory without tests is a mistake', async () => {
  const none = await tested({ 'banned.yaml': manifest('ClusterPolicy', 'banned', SPEC) });
  assert.is(none.code, 2);
  assert.match(none.err, /there is no test in 'p'.*\n.*end with \.test\.yaml/);
  const nowhere = await runProviso(cwd, 'policy test nowhere', {});
  assert.is(nowhere.code, 2);
  assert.match(nowhere.err, /'nowhere' can't be read/);
});

test('the example of the page comes out as the page says', async () => {
  const page = await readFile(new URL('../../docs/policy-test.md', import.meta.url), 'utf8');
  const directory = join(cwd, 'page');
  await mkdir(directory);
  const files = [...page.matchAll(/^```yaml\n(# (\S+)\n[\s\S]*?)^```$/gm)];
  assert.is(files.length, 2);
  for (const [, text = '', name = ''] of files) await writeFile(join(directory, name), text);
  const [, console = ''] = /^```console\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const { code, out } = await runProviso(directory, 'policy test .', {});
  assert.is(`$ proviso policy test .\n${out}$ echo $?\n${code}\n`, console);
});

test.run();
