// deadline: 60
import { readdir, readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ClusterPolicy } from '../../src/api/types.gen.ts';
import { validateObject } from '../../src/api/validate.ts';
import { processIo } from '../../src/cli/io.ts';
import { fillInputs } from '../../src/cli/policy/choices.ts';
import { formatTested, uncovered } from '../../src/cli/policy-test/print.ts';
import { runPolicyTests, type TestedPolicy } from '../../src/cli/policy-test/run.ts';
import { createCelEngine } from '../../src/policy/cel/engine.ts';
import { closeEngines } from '../../src/policy/engines.ts';
import { regoEngine } from '../policy/rego/engine.ts';

const test = suite('config/policies');
const FOLDER = new URL('../../config/policies/', import.meta.url);
/** A default that is longer the page tells in words. */
const MAX_TOLD = 60;
const policies = new Map<string, ClusterPolicy>();
let tested: readonly TestedPolicy[] = [];

test.before(async () => {
  for (const file of (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml'))) {
    const validation = validateObject('ClusterPolicy', load(await readFile(new URL(file, FOLDER), 'utf8')));
    assert.ok(validation.ok, `${file}: ${JSON.stringify(validation)}`);
    assert.is(`${validation.object.metadata.name}.yaml`, file);
    policies.set(validation.object.metadata.name, validation.object);
  }
  const engines = { CEL: createCelEngine(), Rego: await regoEngine() };
  tested = await runPolicyTests(processIo(), FOLDER.pathname, engines).finally(() => closeEngines(engines));
});

test('every case comes out as it expects', () => {
  const failed = tested.filter(({ cases }) => cases.some(({ difference }) => difference !== undefined));
  assert.is(failed.length, 0, formatTested(processIo(), failed));
});

test('every policy has cases that it objects to, lets pass, and can not judge', () => {
  assert.equal(tested.map(({ policy }) => policy).sort(), [...policies.keys()].sort());
  for (const { policy, cases } of tested) {
    const outcomes = cases.map(({ outcome }) => outcome);
    const numbers = outcomes.flatMap((each) => (each.kind === 'evaluated' ? [each.violations.length] : []));
    assert.ok(numbers.includes(0), `${policy} lets nothing pass`);
    assert.ok(
      numbers.some((number) => number > 0),
      `${policy} objects to nothing`,
    );
    assert.ok(
      outcomes.some(({ kind }) => kind === 'failed'),
      `${policy} takes anything`,
    );
  }
});

test('no rule of a policy is left out by its cases', () => {
  for (const { policy, points } of tested) {
    assert.ok(points.length > 0, policy);
    assert.equal(uncovered(points), [], policy);
  }
});

test('every policy says what it is for, and can be attached with nothing but its name, or says why not', () => {
  for (const [name, { spec }] of policies) {
    assert.ok(spec.description, name);
    for (const { name: input, description, required } of spec.inputs ?? []) {
      assert.ok(description, `${name}: ${input}`);
      if (required === true) assert.ok(spec.description?.includes(input), `${name}: ${input}`);
    }
    assert.is(spec.phases, undefined, name);
  }
});

test('the page lists each with what it judges and its inputs', async () => {
  const page = await readFile(new URL('../../docs/policy-library.md', import.meta.url), 'utf8');
  const rows = new Map(
    page.split('\n').flatMap((line) => {
      const [, name = '', judges = '', inputs = ''] = /^\| `([a-z-]+)` \| (.*?) \| (.*?) \|/.exec(line) ?? [];
      return name === '' ? [] : [[name, { judges, inputs }] as const];
    }),
  );
  assert.equal([...rows.keys()], [...policies.keys()].sort());
  for (const [name, { spec }] of policies) {
    const { judges, inputs } = rows.get(name) ?? { judges: '', inputs: '' };
    assert.is(judges, spec.kinds?.join(', ') ?? 'attestation', name);
    for (const input of spec.inputs ?? []) {
      const { required, default: byDefault = '' } = input;
      const said = required === true ? 'required' : byDefault === '' ? 'none' : `\`${byDefault}\``;
      assert.ok(
        inputs.includes(`\`${input.name}\` (${byDefault.length > MAX_TOLD ? '' : said}`),
        `${name}: ${input.name}`,
      );
    }
    assert.is(inputs.match(/`\w+` \(/g)?.length, spec.inputs?.length, name);
  }
});

test('what the page attaches can be attached', async () => {
  const page = await readFile(new URL('../../docs/policy-library.md', import.meta.url), 'utf8');
  const [, text = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const validation = validateObject('Contract', load(text));
  assert.ok(validation.ok, JSON.stringify(validation));
  const { materials = [], attestation = [] } = validation.object.spec.policies ?? {};
  for (const { ref, with: given = {} } of [...materials, ...attestation]) {
    const policy = policies.get(ref.name);
    assert.ok(policy, ref.name);
    assert.is(
      policy.spec.attestation === true,
      attestation.some((each) => each.ref.name === ref.name),
      ref.name,
    );
    assert.ok(fillInputs(policy.spec, given).ok, ref.name);
  }
});

test.run();
