import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BANNED, BANNED_CEL, TestedFolder, withPolicy } from '../support/policy-tests.ts';

const test = suite('policy test: files that are wrong');
let folder: TestedFolder;
test.before(async () => {
  folder = await TestedFolder.create();
});
test.after(() => folder.remove());

/** What is wrong with a file is told with its line and a JSON pointer, and no test is run. */
async function refused(files: Readonly<Record<string, string>>, ...words: readonly RegExp[]): Promise<void> {
  const { code, out, err } = await folder.test(files);
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
  const required = { kinds: ['SARIF', 'EVIDENCE'], inputs: [{ name: 'a', required: true }], source: BANNED.source };
  const one = '  - {name: a, input: {json: {}}, expect: {count: 1}}';
  await refused(
    withPolicy(one, required),
    /\/cases\/0\/type: the policy is for several types; there is SARIF, EVIDENCE/,
    /\/cases\/0\/with: the policy needs the input 'a'/,
  );
  await refused(
    withPolicy('  - {name: a, type: SARIF, annotations: {a: b}, input: {json: {}}, expect: {count: 1}}', {
      attestation: true,
      source: BANNED.source,
    }),
    /\/cases\/0\/type: is of materials, and the policy judges the attestation/,
    /\/cases\/0\/annotations: is of materials/,
  );
  await refused(withPolicy(one, { kinds: [], source: {} }), /yaml:1 \/policy: .*has no valid ClusterPolicy/);
  await refused(
    withPolicy(one, { ...BANNED, source: { inline: BANNED_CEL.replace('item.name in', 'item.name on') } }),
    /yaml:1 \/policy: the source can't be evaluated: spec\.source\.inline: line 5, column/,
  );
  await refused(
    withPolicy(one, { ...BANNED, source: { configMapRef: { name: 'a', key: 'b' } } }),
    /yaml:1 \/policy: .*lies elsewhere.*; give the file that it is made from: `source: FILE`/,
  );
  await refused({ 'a.test.yaml': `policy: nowhere.yaml\ncases:\n${one}` }, /yaml:1 \/policy: 'p\/nowhere\.yaml' can't/);
});

test.run();
