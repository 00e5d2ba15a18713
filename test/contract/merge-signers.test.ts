import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrustedSigner } from '../../src/api/trust.ts';
import { covers, joinSigners, type SigningTerms } from '../../src/contract/merge-signers.ts';
import { nameOfSigner } from '../../src/contract/signers.ts';
import { eachForAnother } from '../../src/verify/quorum.ts';

const test = suite('merge of signers');

const key = (name: string, window: { validFrom?: string; validUntil?: string } = {}): TrustedSigner => ({
  kind: 'key',
  publicKey: name,
  fingerprint: name,
  ...window,
});
const identity = (text: string, claims: Readonly<Record<string, string>> = {}, root = 'r'): TrustedSigner => ({
  kind: 'identity',
  root,
  issuer: 'https://i',
  subject: text.includes('*') ? { glob: text } : { exact: text },
  claims: Object.entries(claims).map(([name, value]) => ({ name, value })),
});
const of = (threshold: number, ...signers: readonly TrustedSigner[]): SigningTerms => ({
  signers,
  ...(threshold === 1 ? {} : { signerThreshold: threshold }),
});
const joined = (a: SigningTerms, b: SigningTerms): string => {
  const joining = joinSigners(a, b);
  return joining.ok ? `${joining.signerThreshold ?? 1} of ${joining.signers.map(nameOfSigner)}` : joining.message;
};

test('one entry covers another', () => {
  const day = (number: number) => `2026-01-0${number}T00:00:00Z`;
  const cases: readonly (readonly [wide: TrustedSigner, narrow: TrustedSigner, expected: boolean])[] = [
    [key('k'), key('k'), true],
    [key('k'), key('l'), false],
    [key('k'), key('k', { validUntil: day(1) }), true],
    [key('k', { validUntil: day(1) }), key('k'), false],
    [key('k', { validFrom: day(1), validUntil: day(5) }), key('k', { validFrom: day(2), validUntil: day(4) }), true],
    [key('k', { validFrom: day(1), validUntil: day(3) }), key('k', { validFrom: day(2), validUntil: day(4) }), false],
    [key('k'), identity('k'), false],
    [identity('x'), identity('x'), true],
    [identity('x*'), identity('xy'), true],
    [identity('x*'), identity('x*y'), true],
    [identity('x*y'), identity('x*'), false],
    [identity('xy'), identity('x*'), false],
    [identity('x', { ref: 'main' }), identity('x'), false],
    [identity('x'), identity('x', { ref: 'main' }), true],
    [identity('x', { ref: 'main' }), identity('x', { ref: 'dev' }), false],
    [identity('x*', {}, 'other'), identity('xy'), false],
  ];
  for (const [wide, narrow, expected] of cases) {
    assert.is(covers(wide, narrow), expected, `${JSON.stringify(wide)} covers ${JSON.stringify(narrow)}`);
  }
  const { subject: _, ...rest } = identity('x') as Extract<TrustedSigner, { kind: 'identity' }>;
  assert.is(covers({ ...rest, subject: { exact: 'a*b' } }, { ...rest, subject: { glob: 'a*b' } }), false);
});

test('who may sign is who may by both; a side that names nobody minds nobody', () => {
  assert.is(joined(of(1), of(1)), '1 of ');
  assert.is(joined(of(1, key('k')), of(1)), '1 of k');
  assert.is(joined(of(1), of(2, key('k'), key('l'))), '2 of k,l');
  assert.is(joined(of(1, key('k'), key('l')), of(1, key('l'), key('m'))), '1 of l');
  assert.is(joined(of(1, identity('x*')), of(1, identity('xa'), identity('y'))), '1 of xa');
  assert.match(
    joined(of(1, key('k')), of(1, key('l'))),
    /^nobody is left who may sign: one side allows k, the other l$/,
  );
});

test('attack: a contract that lists two identities which are one signer of the baseline', () => {
  const pipelines = identity('p*');
  const baseline = of(2, pipelines, key('manager'));
  assert.match(
    joined(of(1, identity('pa'), identity('pb'), key('manager')), baseline),
    /are the same entry of one side/,
  );
  assert.is(joined(of(1, identity('pa'), key('manager')), baseline), '2 of pa,manager');
  assert.is(joined(of(1, pipelines), of(2, pipelines, pipelines)), '2 of p*,p*');
  assert.match(joined(of(1, key('k')), of(2, key('k'), key('l'))), /^2 have to sign, and only k may by both/);
});

const PEOPLE = ['pa', 'pb', 'qa', 'qb'].map((name) => identity(name));
const ALL = [...PEOPLE, key('k'), key('l')];
const sides: fc.Arbitrary<SigningTerms> = fc
  .record({
    signers: fc.array(fc.constantFrom(...ALL, identity('p*'), identity('q*'), identity('*a')), { maxLength: 4 }),
    threshold: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ signers, threshold }) => of(signers.length === 0 ? 1 : Math.min(threshold, signers.length), ...signers));

/** As the receiver counts them: each signer by an entry of the list of its own. */
function suffices({ signers, signerThreshold = 1 }: SigningTerms, signed: readonly TrustedSigner[]): boolean {
  if (signers.length === 0) return true;
  const entries = signers.map((entry) => ({ ...entry }));
  const found = signed
    .map((one) => ({
      signer: { kind: 'key', fingerprint: nameOfSigner(one) } as const,
      entries: new Set(entries.filter((entry) => covers(entry, one))),
    }))
    .filter((one) => one.entries.size > 0);
  return eachForAnother(found).length >= signerThreshold;
}

test('law: signatures that suffice for the result suffice for both sides, in whatever order, also when joined again', () => {
  let sufficient = 0;
  fc.assert(
    fc.property(sides, sides, fc.subarray([...ALL]), (a, b, signed) => {
      const joining = joinSigners(a, b);
      assert.is(joinSigners(b, a).ok, joining.ok);
      if (!joining.ok) return;
      const { ok: _, ...terms } = joining;
      assert.equal(joinSigners(b, a), joining);
      assert.equal(joinSigners(terms, b), joining);
      if (a.signers.length > 0) assert.ok(terms.signers.length > 0, 'nobody would mean whoever opened the run');
      if (!suffices(terms, signed)) return;
      sufficient += 1;
      assert.ok(suffices(a, signed) && suffices(b, signed), JSON.stringify([a, b, terms]));
    }),
    { seed: 20261128, numRuns: 5000 },
  );
  assert.ok(sufficient > 200, `only ${sufficient} were sufficient`);
});

test.run();
