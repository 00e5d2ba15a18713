import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { componentsOf } from '../../../src/policy/facts/components.ts';
import { sample } from '../samples.ts';

const test = suite('components of an SBOM');

test('the formats that real tools write', () => {
  const click = { name: 'click', version: '8.1.7', purl: 'pkg:pypi/click@8.1.7', type: 'library', licenses: [] };
  for (const version of ['1.4', '1.5', '1.6', '1.7']) {
    assert.equal(componentsOf(sample(`cyclonedx-${version}-python.json`))[0], click, version);
  }
  for (const version of ['2.2', '2.3']) {
    const components = componentsOf(sample(`spdx-${version}-tools-python.json`));
    assert.ok(
      components.every(({ name, version: of }) => name !== '' && of !== ''),
      version,
    );
  }
  assert.equal(componentsOf(sample('spdx-3.0-tools-java.json')), [
    { name: 'idna', version: '3.7', purl: '', type: '', licenses: [] },
  ]);
});

test('CycloneDX: groups, components inside of others, and the three ways to write a licence', () => {
  const components = componentsOf({
    bomFormat: 'CycloneDX',
    metadata: { component: { name: 'shop' } },
    components: [
      {
        type: 'library',
        group: '@shop',
        name: 'a',
        licenses: [{ license: { id: 'MIT' } }, { license: { name: 'Ours' } }],
        components: [{ type: 'file', name: 'b', version: '1', licenses: [{ expression: 'MIT OR Apache-2.0' }] }],
      },
    ],
  });
  assert.equal(components, [
    { name: '@shop/a', version: '', purl: '', type: 'library', licenses: ['MIT', 'Ours'] },
    { name: 'b', version: '1', purl: '', type: 'file', licenses: ['MIT OR Apache-2.0'] },
  ]);
});

test('SPDX 2: what was concluded before what was declared, and nothing for no assertion', () => {
  const license = (licenseConcluded: string, licenseDeclared: string): readonly string[] =>
    componentsOf({ spdxVersion: 'SPDX-2.3', packages: [{ name: 'a', licenseConcluded, licenseDeclared }] })[0]
      ?.licenses ?? [];
  assert.equal(license('MIT', 'GPL-2.0-only'), ['MIT']);
  assert.equal(license('NOASSERTION', 'GPL-2.0-only'), ['GPL-2.0-only']);
  assert.equal(license('NONE', 'NOASSERTION'), []);
});

test('attack: a document that says it is about all of its packages hides none of them', () => {
  const packages = ['a', 'b'].map((name) => ({ name, SPDXID: `SPDXRef-${name}` }));
  const names = (documentDescribes: readonly string[], list: readonly unknown[] = packages): readonly string[] =>
    componentsOf({ spdxVersion: 'SPDX-2.3', documentDescribes, packages: list }).map(({ name }) => name);
  assert.equal(names(['SPDXRef-a']), ['b']);
  assert.equal(names(['SPDXRef-a', 'SPDXRef-b']), ['a', 'b']);
  assert.equal(names(['SPDXRef-a'], packages.slice(0, 1)), ['a']);
});

test('SPDX 3: licences are what packages are related to', () => {
  const related = (relationshipType: string, to: string) => ({
    type: 'Relationship',
    relationshipType,
    from: 'p',
    to: [to],
  });
  const document = (...relations: readonly unknown[]) => ({
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [
      {
        type: 'software_Package',
        spdxId: 'p',
        name: 'a',
        software_packageVersion: '1',
        software_primaryPurpose: 'library',
      },
      {
        type: 'simplelicensing_LicenseExpression',
        spdxId: 'l',
        simplelicensing_licenseExpression: 'MIT OR BSD-3-Clause',
      },
      ...relations,
    ],
  });
  const licenses = (...relations: readonly unknown[]) => componentsOf(document(...relations))[0]?.licenses;
  assert.equal(licenses(related('hasDeclaredLicense', 'l')), ['MIT OR BSD-3-Clause']);
  assert.equal(
    licenses(
      related('hasConcludedLicense', 'https://spdx.org/licenses/Apache-2.0'),
      related('hasDeclaredLicense', 'l'),
    ),
    ['Apache-2.0'],
  );
  const none = 'https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense';
  assert.equal(licenses(related('hasConcludedLicense', none), related('hasDeclaredLicense', 'l')), [
    'MIT OR BSD-3-Clause',
  ]);
});

test('attack: what is no SBOM has no components, and is not taken for an empty one', () => {
  for (const input of [null, [], 'a', {}, { components: [] }, { '@graph': [] }, sample('openvex.json')]) {
    assert.throws(() => componentsOf(input), /no SBOM/);
  }
});

test.run();
