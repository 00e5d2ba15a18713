import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrustedSigner } from '../../src/api/trust.ts';
import type { ContractSpec } from '../../src/api/types.gen.ts';
import { differences } from '../../src/contract/difference.ts';
import { canonicalDigest } from '../../src/contract/digest.ts';
import type { Baseline, ContractMaterial, EffectiveContract } from '../../src/contract/effective.ts';
import { baselineTerms, effectiveContract } from '../../src/contract/from-spec.ts';
import { mergeBaselines } from '../../src/contract/merge.ts';
import { nameOfSigner } from '../../src/contract/signers.ts';

const test = suite('who signs images');
const INLINE = { key: { inline: 'PEM' } };

const signer = (name: string): TrustedSigner =>
  name.includes('@')
    ? {
        kind: 'identity',
        root: 'r',
        issuer: 'https://i',
        subject: name.includes('*') ? { glob: name } : { exact: name },
        claims: [],
      }
    : { kind: 'key', publicKey: name, fingerprint: name };
const spec: Pick<ContractSpec, 'materials'> = {
  materials: [{ name: 'image', type: 'CONTAINER_IMAGE', signers: [INLINE] }],
};
const plain: Pick<ContractSpec, 'materials'> = {
  materials: [{ name: 'image', type: 'CONTAINER_IMAGE', optional: true }],
};
const resolved = (...names: readonly string[]) => new Map(names.length === 0 ? [] : [['image', names.map(signer)]]);

function contractOf(...names: readonly string[]): EffectiveContract {
  const reading = effectiveContract('release', names.length === 0 ? plain : spec, [], resolved(...names));
  if (!reading.ok) throw new Error(reading.message);
  return reading.contract;
}
function baselineOf(name: string, ...names: readonly string[]): Baseline {
  const reading = baselineTerms(name, names.length === 0 ? plain : spec, [], resolved(...names));
  if (!reading.ok) throw new Error(reading.message);
  return { name, revision: 1, digest: `sha256:${name}`, terms: reading.contract };
}
/** Who has to sign in the end, or where the sides contradict each other. */
function merged(contract: EffectiveContract, ...baselines: readonly Baseline[]): string {
  const merging = mergeBaselines(contract, baselines);
  if (!merging.ok) return merging.conflicts.map(({ at, message }) => `${at}: ${message}`).join('\n');
  const [{ signers, optional } = {} as ContractMaterial] = merging.contract.materials;
  return `${optional ? 'may' : 'must'}: ${signers?.map(nameOfSigner).join(' or ') ?? 'anybody'}`;
}

test('signers that are not resolved make no contract, rather than one that asks for nobody', () => {
  for (const ofMaterials of [undefined, new Map(), new Map([['image', []]]), new Map([['other', [signer('k')]]])]) {
    const reading = effectiveContract('release', spec, [], ofMaterials);
    assert.match(reading.ok ? '' : reading.message, /it isn't known who has to sign the material 'image'/);
  }
});

test('what one side asks for holds, whichever it is', () => {
  assert.is(merged(contractOf(), baselineOf('org', 'k')), 'must: k');
  assert.is(merged(contractOf('k'), baselineOf('org')), 'must: k');
  assert.is(merged(contractOf(), baselineOf('org')), 'may: anybody');
});

test('of both sides only those are left who may by both', () => {
  assert.is(merged(contractOf('k', 'l'), baselineOf('org', 'l', 'm')), 'must: l');
  assert.is(merged(contractOf('*a@x'), baselineOf('org', 'ba@x')), 'must: ba@x');
  assert.is(merged(contractOf('ba@x'), baselineOf('org', '*a@x')), 'must: ba@x');
  assert.is(merged(contractOf('k', 'l'), baselineOf('a', 'k', 'l'), baselineOf('b', 'l')), 'must: l');
});

test('sides that leave nobody have no result', () => {
  assert.match(
    merged(contractOf('k'), baselineOf('org', 'l')),
    /^materials\[image\]\.signers: the contract and 'org': nobody is left who may sign: one side allows k, the other l$/,
  );
  assert.match(
    merged(contractOf(), baselineOf('a', 'k'), baselineOf('b', 'l')),
    /^materials\[image\]\.signers: the baselines 'a' and 'b': nobody is left/,
  );
  // Each two have somebody in common, and all three nobody.
  const three = [baselineOf('a', 'k', 'l'), baselineOf('b', 'l', 'm')];
  assert.match(merged(contractOf('k', 'm'), ...three), /^materials\[image\]\.signers: the contract and 'a' and 'b': /);
});

test('a baseline that gives the name another type leaves nothing of the contract, and its signers neither', () => {
  const reading = baselineTerms('org', { materials: [{ name: 'image', type: 'ARTIFACT' }] }, []);
  assert.ok(reading.ok);
  const other = { name: 'org', revision: 1, digest: 'sha256:x', terms: reading.contract };
  assert.is(merged(contractOf('k'), other), 'must: anybody');
});

test('who has to sign is part of what a contract means, and the order is not', () => {
  assert.is(canonicalDigest(contractOf('k', 'l')), canonicalDigest(contractOf('l', 'k')));
  assert.is.not(canonicalDigest(contractOf('k')), canonicalDigest(contractOf('l')));
  const { materials, ...rest } = contractOf('k');
  const unsigned = { ...rest, materials: materials.map(({ signers: _, ...material }) => material) };
  assert.is.not(canonicalDigest(contractOf('k')), canonicalDigest(unsigned));
  assert.equal(
    differences(contractOf('k'), contractOf('l')).map(({ at }) => at),
    ['materials[image].signers[k]', 'materials[image].signers[l]'],
  );
});

test.run();
