import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PREDICATE_TYPE, STATEMENT_TYPE } from '../../src/attestation/statement.ts';
import { generateTestKey, signedBundle } from '../support/signing.ts';

const test = suite('cli verify --bundle');
const key = generateTestKey();
const ROOT = new URL('../..', import.meta.url).pathname;
const RUN = {
  name: 'build-1',
  organization: 'shop',
  workflowRunID: 'f0c1',
  workflowName: 'build',
  contractName: 'release',
  contractVersion: '3',
};
const MATERIAL = { digest: { sha256: 'a'.repeat(64) }, annotations: { 'chainloop.material.name': 'sbom' } };
let cwd: string;
test.before.each(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'proviso-verify-'));
  await writeFile(join(cwd, 'key.pub'), key.publicPem);
});
test.after.each(() => rm(cwd, { recursive: true, force: true }));

/** What the program says of a bundle with a good signature over this statement. */
async function verify(statement: object, ...args: readonly string[]): Promise<{ code: number; out: string }> {
  const subject = [{ name: 'a', digest: { sha256: '0'.repeat(64) } }];
  const payload = Buffer.from(JSON.stringify({ _type: STATEMENT_TYPE, subject, ...statement }));
  await writeFile(join(cwd, 'b.json'), signedBundle(payload, key));
  const command = [`${ROOT}src/main.ts`, 'verify', '--bundle', 'b.json', '--key', 'key.pub', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { cwd, env: { PATH: process.env.PATH ?? '' } }, (error, out) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out }),
    );
  });
}

test('the statement of a run: what is verified is said, and what is not', async () => {
  const statement = { predicateType: PREDICATE_TYPE, predicate: { metadata: RUN, materials: [MATERIAL] } };
  const { code, out } = await verify(statement);
  assert.is(code, 0, out);
  assert.match(out, /^(ok {3}.*\n)+Verified: signature and statement\. Whether the run was accepted: /);
  assert.match(
    out,
    /ok {3}it speaks of the run shop\/build-1 \(f0c1\): workflow build, contract release, revision 3\n/,
  );
  assert.match(out, new RegExp(`ok {3}it names 1 material: sbom sha256:${'a'.repeat(64)}\n`));
  const json = JSON.parse((await verify(statement, '--output', 'json')).out) as { statement: Record<string, unknown> };
  assert.is(json.statement.predicateType, PREDICATE_TYPE);
  assert.is(json.statement.workflow, 'build');
});

test('attack: a good signature under a statement of another kind', async () => {
  for (const predicateType of [
    'https://slsa.dev/provenance/v1',
    'chainloop.dev/attestation/v0.1',
    `${PREDICATE_TYPE}/x`,
  ]) {
    const { code, out } = await verify({ predicateType, predicate: { metadata: RUN, materials: [MATERIAL] } });
    assert.is(code, 1, out);
    assert.ok(
      out.includes(`FAIL statement: expected the predicate type of a run, ${PREDICATE_TYPE}, found ${predicateType}`),
    );
    assert.match(out, /^ok {3}it is signed by the key SHA256:/);
    assert.match(out, /\nNOT verified\n$/);
  }
});

test('attack: a statement of the right kind that names no run', async () => {
  for (const metadata of [undefined, {}, { ...RUN, workflowRunID: '' }, { ...RUN, organization: 7 }]) {
    const { code, out } = await verify({ predicateType: PREDICATE_TYPE, predicate: { metadata } });
    assert.is(code, 1, out);
    assert.match(out, /FAIL statement: expected the run/);
  }
});

test('attack: a material that stands twice, so that a reader may take either', async () => {
  const materials = [MATERIAL, { ...MATERIAL, digest: { sha256: 'b'.repeat(64) } }];
  const { code, out } = await verify({ predicateType: PREDICATE_TYPE, predicate: { metadata: RUN, materials } });
  assert.is(code, 1, out);
  assert.match(out, /FAIL statement: expected every material once/);
});

test('attack: a statement that writes on the terminal', async () => {
  const metadata = { ...RUN, name: 'build\u001b[2K\u001b[1Gok   all is well' };
  const { out } = await verify({ predicateType: PREDICATE_TYPE, predicate: { metadata } });
  assert.not.ok(out.includes('\u001b'), out);
});

test.run();
