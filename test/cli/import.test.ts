import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../src/api/problem.ts';
import type { Policy } from '../../src/api/types.gen.ts';
import { type ImportFlags, importFiles } from '../../src/cli/commands/import.ts';
import { processIo } from '../../src/cli/io.ts';
import type { Session } from '../../src/cli/session.ts';

const test = suite('import of files');

const REGO = 'package main\nimport rego.v1\nviolations contains "no" if input.bad\n';

const io = processIo();
let outside: string;
let cwd: string;
test.before(async () => {
  outside = await mkdtemp(join(tmpdir(), 'proviso-import-'));
  cwd = join(outside, 'in');
  await mkdir(join(cwd, 'policies', 'scripts'), { recursive: true });
  await writeFile(join(outside, 'secret.rego'), REGO);
  await writeFile(join(cwd, 'policies', 'scripts', 'fresh.rego'), REGO);
});
test.after(() => rm(outside, { recursive: true, force: true }));

const policy = (path: string): string =>
  `apiVersion: chainloop.dev/v1\nkind: Policy\nmetadata: {name: fresh}\nspec: {type: SARIF, path: '${path}'}\n`;

/** What is written, and what is said of it. */
async function run(files: readonly string[], flags: ImportFlags = {}) {
  let out = '';
  let err = '';
  const session = {
    io: {
      ...io,
      cwd,
      out: (text: string) => {
        out += text;
      },
      err: (text: string) => {
        err += `${text}\n`;
      },
    },
    flags: { output: 'json' },
  } as unknown as Session;
  const code = await importFiles(session, files, flags).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    err += `${error.message} ${JSON.stringify(error.errors)}`;
    return 1;
  });
  return { code, err, value: out === '' ? undefined : (JSON.parse(out) as unknown) };
}

test('a script is read from the folder of the file that names it', async () => {
  await writeFile(join(cwd, 'policies', 'fresh.yaml'), policy('scripts/fresh.rego'));
  const { code, value } = await run(['policies/fresh.yaml'], { cluster: true });
  assert.is(code, 0);
  assert.equal([(value as Policy).kind, (value as Policy).spec.source], ['ClusterPolicy', { inline: REGO }]);
});

test('and from nowhere else, whatever leads there', async () => {
  await symlink(join(outside, 'secret.rego'), join(cwd, 'policies', 'link.rego'));
  await symlink(outside, join(cwd, 'policies', 'folder'));
  await writeFile(join(outside, 'large.rego'), 'x'.repeat(2 ** 20 + 1));
  await writeFile(join(cwd, 'policies', 'large.rego'), `# ${'x'.repeat(2 ** 20)}`);
  await writeFile(join(cwd, 'policies', 'binary.rego'), Buffer.from([0, 97, 255, 109]));
  execFileSync('mkfifo', [join(cwd, 'policies', 'pipe.rego')]);
  for (const [path, expected] of [
    ['../../secret.rego', /outside the folder/],
    [join(outside, 'secret.rego'), /outside the folder/],
    ['link.rego', /outside the folder/],
    ['folder/secret.rego', /outside the folder/],
    ['scripts/../../../secret.rego', /outside the folder/],
    ['large.rego', /at most 1048576 are read/],
    ['binary.rego', /no text in UTF-8/],
    ['pipe.rego', /is no file/],
    ['scripts', /is no file/],
    ['gone.rego', /can't be read \(ENOENT\)/],
  ] as const) {
    await writeFile(join(cwd, 'policies', 'bad.yaml'), policy(path));
    const { code, err, value } = await run(['policies/bad.yaml']);
    assert.equal([code, value], [1, undefined]);
    assert.match(err, expected);
  }
});

test('a contract finds the policies that are imported with it, by name and by file', async () => {
  await writeFile(join(cwd, 'policies', 'fresh.yaml'), policy('scripts/fresh.rego'));
  const contract = (ref: string): string =>
    `apiVersion: chainloop.dev/v1\nkind: Contract\nmetadata: {name: release}\nspec: {policies: {materials: [{ref: '${ref}'}]}}\n`;
  for (const ref of ['fresh', 'file://policies/fresh.yaml', 'file://fresh.yaml']) {
    await writeFile(join(cwd, 'policies', 'contract.yaml'), contract(ref));
    const { code, err, value } = await run(['policies/contract.yaml', 'policies/fresh.yaml']);
    assert.is(code, 0, err);
    assert.match(JSON.stringify(value), /"materials":\[\{"ref":\{"name":"fresh"\}\}\]/);
  }
  await writeFile(join(cwd, 'policies', 'contract.yaml'), contract('file://elsewhere.yaml'));
  assert.match((await run(['policies/contract.yaml', 'policies/fresh.yaml'])).err, /import that too/);
  assert.match((await run(['policies/fresh.yaml', 'policies/fresh.yaml'])).err, /two of Policy 'fresh'/);
});

test('policies, groups and contracts of one call find each other, in whatever order they are given', async () => {
  const files = {
    'contract.yaml': `apiVersion: chainloop.dev/v1
kind: Contract
metadata: {name: release}
spec: {policyGroups: [{ref: 'file://group.yaml', with: {limit: 5}, skip: [other]}]}
`,
    'group.yaml': `apiVersion: chainloop.dev/v1
kind: PolicyGroup
metadata: {name: fresh}
spec:
  inputs: [{name: limit}]
  policies:
    materials:
      - name: sbom
        type: SBOM_SPDX_JSON
        policies: [{ref: 'file://policy.yaml', with: {limit: '{{ inputs.limit }}'}}, {ref: other}]
`,
    'policy.yaml': `apiVersion: chainloop.dev/v1
kind: Policy
metadata: {name: fresh}
spec:
  inputs: [{name: limit}]
  policies:
    - {kind: SBOM_SPDX_JSON, embedded: 'package a'}
    - {kind: SARIF, embedded: 'package b'}
`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
  for (const order of [Object.keys(files), Object.keys(files).reverse()]) {
    const { code, err, value } = await run(order);
    assert.is(code, 0, err);
    const { items } = value as {
      readonly items: readonly { readonly kind: string; readonly metadata: { name: string } }[];
    };
    // The group that is written counts, not the one that would be made of the policy.
    assert.equal(
      items.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ['Policy fresh-sbom-spdx-json', 'Policy fresh-sarif', 'PolicyGroup fresh', 'Contract release'],
    );
    assert.match(
      JSON.stringify(items),
      /"policies":\[\{"ref":\{"name":"fresh-sbom-spdx-json"\},"with":\{"limit":"\{\{ inputs.limit \}\}"\}\}/,
    );
    assert.match(
      JSON.stringify(items),
      /"policyGroups":\[\{"ref":\{"name":"fresh"\},"with":\{"limit":"5"\},"skip":\["other"\]\}\]/,
    );
  }
});

test.run();
