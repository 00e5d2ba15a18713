import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Problem } from '../../../src/api/problem.ts';
import { offlineTrust } from '../../../src/cli/commands/verify-bundle.ts';
import { trustedKeys } from '../../../src/cli/commands/verify-files.ts';
import { assertTaken, type VerifyFlags, type VerifyMode } from '../../../src/cli/commands/verify-flags.ts';
import type { Io } from '../../../src/cli/io.ts';

const test = suite('cli verify, flags');
const NONE: VerifyFlags = { level: [], material: [] };

async function refused(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Problem && error.code === 'usage') return `${error.message}; ${error.hint}`;
    throw error;
  }
  throw new Error('it was taken');
}

test('each way of verifying takes what belongs to it', () => {
  assertTaken('run', NONE);
  assertTaken('artifact', { ...NONE, artifact: 'a', workflow: 'shop/build', level: ['X'], key: 'k' });
  assertTaken('vsa', { ...NONE, vsa: 'v', digest: 'd', material: ['a=b'], attestation: 'a', issuer: 'https://x' });
  assertTaken('bundle', { ...NONE, bundle: 'b', ca: 'c', identity: 'i', at: 't' });
});

test('attack: a flag that is passed over lets its user believe that it was checked', async () => {
  const of = (mode: VerifyMode, flags: Partial<VerifyFlags>) => refused(() => assertTaken(mode, { ...NONE, ...flags }));
  assert.match(
    await of('run', { key: 'k' }),
    /^--key has no meaning when a run is verified; a run is checked by its own/,
  );
  assert.match(
    await of('run', { level: ['X'], workflow: 'shop/x' }),
    /^--level, --workflow have no meaning when a run/,
  );
  assert.match(
    await of('artifact', { signerKey: 'k' }),
    /^--signer-key has no meaning .* give the summary too, with --vsa/,
  );
  assert.match(
    await of('bundle', { workflow: 'shop/x' }),
    /^--workflow has no meaning with --bundle; it takes --bundle, --key/,
  );
  assert.match(await of('vsa', { at: 't' }), /^--at has no meaning with --vsa/);
});

test('attack: of two ways to say who must have signed none is passed over', async () => {
  const io = {} as Io;
  assert.match(
    await refused(() => offlineTrust(io, { key: 'k', identity: 'i' })),
    /more than one way.*give --key alone/,
  );
  assert.match(
    await refused(() => offlineTrust(io, { key: 'k', issuer: 'https://x' }, '--signer-key')),
    /--signer-key alone/,
  );
  const both = { ca: 'c', trustedRoot: 't', identity: 'i', issuer: 'https://x' };
  assert.match(await refused(() => offlineTrust(io, both)), /more than one way/);
  assert.match(await refused(() => trustedKeys(io, { ...NONE, verifierId: 'https://x' })), /no key is given/);
});

test.run();
