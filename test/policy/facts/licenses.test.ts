import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAllowed, isKnown, licenseIds } from '../../../src/policy/facts/licenses.ts';

const test = suite('licences');

test('the licences that an expression names', () => {
  assert.equal(licenseIds('MIT'), ['MIT']);
  assert.equal(licenseIds('(MIT OR Apache-2.0) AND MIT'), ['MIT', 'Apache-2.0']);
  assert.equal(licenseIds('GPL-2.0-only WITH Classpath-exception-2.0 OR LGPL-2.1+'), [
    'GPL-2.0-only WITH Classpath-exception-2.0',
    'LGPL-2.1+',
  ]);
  assert.equal(licenseIds('LicenseRef-Ours AND DocumentRef-a:LicenseRef-b'), [
    'LicenseRef-Ours',
    'DocumentRef-a:LicenseRef-b',
  ]);
  assert.equal(licenseIds('gpl-3.0-ONLY or (mit and gpl-2.0+ with classpath-exception-2.0)'), [
    'GPL-3.0-only',
    'MIT',
    'GPL-2.0+ WITH Classpath-exception-2.0',
  ]);
  assert.equal(licenseIds('LicenseRef-mit'), ['LicenseRef-mit']);
  assert.equal(licenseIds(' MIT License '), ['MIT License']);
  assert.equal(licenseIds(''), ['']);
});

const CASES: readonly (readonly [expression: string, allowed: readonly string[], is: boolean])[] = [
  ['MIT', ['MIT'], true],
  ['MIT', [], false],
  ['MIT OR GPL-3.0-only', ['MIT'], true],
  ['MIT AND GPL-3.0-only', ['MIT'], false],
  ['MIT AND GPL-3.0-only', ['MIT', 'GPL-3.0-only'], true],
  ['(MIT OR GPL-3.0-only) AND Apache-2.0', ['MIT'], false],
  ['(MIT OR GPL-3.0-only) AND Apache-2.0', ['MIT', 'Apache-2.0'], true],
  ['MIT OR GPL-3.0-only AND Apache-2.0', ['MIT'], true],
  ['GPL-2.0-only WITH Classpath-exception-2.0', ['GPL-2.0-only'], true],
  ['GPL-2.0-only WITH Classpath-exception-2.0', ['GPL-2.0-only WITH Classpath-exception-2.0'], true],
  ['GPL-2.0-only', ['GPL-2.0-only WITH Classpath-exception-2.0'], false],
  ['GPL-2.0+', ['GPL-2.0'], true],
  ['GPL-2.0', ['GPL-2.0+'], false],
  ['MIT License', ['MIT'], false],
  ['MIT License', ['MIT License'], true],
  // Attacks: what looks like an expression and is none is no more than its text.
  ['MIT OR', ['MIT'], false],
  ['(MIT OR GPL-3.0-only', ['MIT'], false],
  ['MIT, GPL-3.0-only', ['MIT'], false],
  ['', ['MIT'], false],
  [`MIT${' OR MIT'.repeat(10_000)}`, ['MIT'], false],
  [`${'('.repeat(4_000)}MIT`, ['MIT'], false],
];

test('what an expression of licences that SPDX lists is', () => {
  for (const known of ['MIT', 'mit or agpl-3.0-only', 'GPL-3.0+ WITH Classpath-exception-2.0'])
    assert.ok(isKnown(known), known);
  const others = [
    '',
    'MIT OR',
    'AGPLv3',
    'MIT License',
    'NOASSERTION',
    'LicenseRef-mit',
    'MIT OR licenseref-mit',
    'MIT AND DocumentRef-a:LicenseRef-b',
  ];
  for (const other of others) assert.not.ok(isKnown(other), other);
});

for (const [expression, allowed, is] of CASES) {
  test(`${expression.slice(0, 60)} is ${is ? '' : 'not '}allowed by ${allowed.join(', ')}`, () => {
    assert.is(isAllowed(expression, allowed), is);
  });
}

test.run();
