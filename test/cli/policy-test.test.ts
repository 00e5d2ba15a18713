// deadline: 60
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { projectJunit } from '../../src/policy/project/junit.ts';
import { runProviso } from '../support/command-line.ts';
import { manifest } from '../support/manifest.ts';
import { BANNED, BANNED_CEL, components, TestedFolder, withPolicy } from '../support/policy-tests.ts';
import { tool } from '../tools/tool.ts';

const test = suite('policy test');
let folder: TestedFolder;
test.before(async () => {
  folder = await TestedFolder.create();
});
test.after(() => folder.remove());

test('what every case expects is there', async () => {
  const { code, out, err } = await folder.test(
    withPolicy(`
  - {name: good, input: {json: ${components('good')}}, expect: {violations: []}}
  - name: bad
    input: {json: ${components('good', 'bad', 'worse')}}
    with: {banned: 'bad,worse'}
    at: 2026-02-03T04:05:06Z
    expect: {violations: [{message: is banned}, {subject: bad, message: 'bad is banned since 2026-02-03T04:05:06'}]}
  - {name: as many, input: {text: '${components('bad', 'bad')}'}, expect: {count: 2}}
  - {name: nothing to judge, input: {json: {}}, expect: {skipped: no components}}
  - {name: no JSON, input: {text: '<bom/>'}, expect: {failed: {reason: Error, message: can only be judged as JSON}}}
`),
  );
  assert.is(code, 0, out + err);
  assert.match(out, /^ok {3}banned +good +p\/tests\/banned\.test\.yaml:4$/m);
  assert.match(out, /^banned +5\/5 +4\/4$/m);
  assert.match(out, /^5 passed, 0 failed$/m);
  assert.is((await folder.run('policy', 'test', 'p', '--covered')).code, 0);
});

const FAILING = `
  - {name: passes, input: {json: ${components('good')}}, expect: {violations: []}}
  - name: another <subject> & "more"
    input: {json: ${components('bad', 'bad')}}
    expect: {violations: [{subject: bad}, {subject: worse, message: is banned}]}
  - {name: none, input: {json: ${components('bad')}}, expect: {violations: []}}
  - {name: fewer, input: {json: ${components('bad')}}, expect: {count: 2}}
  - {name: not skipped, input: {json: {components: []}}, expect: {skipped: no components}}
  - {name: for another reason, input: {json: {}}, expect: {skipped: nobody knows}}
  - {name: not ignored, input: {json: {}}, expect: {ignored: true}}
  - {name: failed otherwise, input: {json: {components: [{}]}}, expect: {failed: {reason: Timeout}}}
  - {name: failed unforeseen, input: {json: {components: [{}]}}, expect: {violations: []}}
`;

test('each difference is told as a diff, at its line, and the command fails', async () => {
  const { code, out } = await folder.test(withPolicy(FAILING));
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
  const { code, out } = await folder.test(
    withPolicy(`  - {name: one, input: {json: ${components('good')}}, expect: {violations: []}}`),
  );
  assert.is(code, 0);
  assert.match(out, /^banned +1\/1 +2\/4 +line 2, column 19 skips; line 5, column 18 objects$/m);
  const demanded = await folder.run('policy', 'test', 'p', '--covered');
  assert.is(demanded.code, 1);
  assert.is(demanded.out, out);
});

test('a JUnit report holds the same, as a reader of XML sees it', async () => {
  const { code, err } = await folder.test(withPolicy(FAILING), '--junit', 'report.xml');
  assert.is(code, 1, err);
  const bytes = await readFile(join(folder.path, 'report.xml'));
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
  const refused = await folder.test(withPolicy(FAILING), '--junit', 'nowhere/report.xml');
  assert.is(refused.code, 2);
  assert.match(refused.err, /nowhere\/report\.xml' can't be written/);
});

test('the same for programs', async () => {
  await folder.test(withPolicy(FAILING));
  const { out, code } = await folder.run('-o', 'json', 'policy', 'test', 'p/tests/banned.test.yaml');
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
  const ofStatement = await folder.test(
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
  const { code, text } = await folder.test(
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
  process.env.PROVISO_OPA = await tool('opa');
  const { code, out, err } = await folder.test(files);
  assert.is(code, 1, err);
  assert.match(out, /: known\n {2}- a violation suppressed\n {2}\+ a violation of 'banned': m/);
  assert.match(out, /^banned +2\/3 +\d+\/\d+ +line 11, column 1 is evaluated/m);
  process.env.PROVISO_OPA = '/nowhere/opa';
  const none = await folder.test(files);
  assert.is(none.code, 1);
  assert.match(none.err, /p\/tests\/banned\.test\.yaml:1 \/policy: .*PROVISO_OPA names '\/nowhere\/opa'/);
});

test('the source may be a file of its own', async () => {
  const files = withPolicy('', { ...BANNED, source: { configMapRef: { name: 'a', key: 'b' } } });
  const { code, text } = await folder.test({
    ...files,
    'banned.cel': BANNED_CEL,
    'tests/banned.test.yaml': `policy: ../banned.yaml
source: ../banned.cel
cases:
  - {name: a, input: {json: ${components('bad')}}, expect: {count: 1}}`,
  });
  assert.is(code, 0, text);
});

test('a directory without tests is a mistake', async () => {
  const none = await folder.test({ 'banned.yaml': manifest('ClusterPolicy', 'banned', BANNED) });
  assert.is(none.code, 2);
  assert.match(none.err, /there is no test in 'p'.*\n.*end with \.test\.yaml/);
  const nowhere = await folder.run('policy', 'test', 'nowhere');
  assert.is(nowhere.code, 2);
  assert.match(nowhere.err, /'nowhere' can't be read/);
});

test('the example of the page comes out as the page says', async () => {
  const page = await readFile(new URL('../../docs/policy-test.md', import.meta.url), 'utf8');
  const directory = join(folder.path, 'page');
  await mkdir(directory);
  const files = [...page.matchAll(/^```yaml\n(# (\S+)\n[\s\S]*?)^```$/gm)];
  assert.is(files.length, 2);
  for (const [, text = '', name = ''] of files) await writeFile(join(directory, name), text);
  const [, console = ''] = /^```console\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const { code, out } = await runProviso(directory, 'policy test .', {});
  assert.is(`$ proviso policy test .\n${out}$ echo $?\n${code}\n`, console);
});

test.run();
