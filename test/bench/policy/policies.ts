/** A CycloneDX SBOM of so many components. */
export const sbomOf = (count: number): object => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: { timestamp: '2026-02-01T00:00:00Z' },
  components: Array.from({ length: count }, (_, index) => ({
    'bom-ref': `ref-${index}`,
    type: 'library',
    name: `package-${index}`,
    version: `${index % 7}.${index % 11}.0`,
    purl: `pkg:npm/package-${index}@${index % 7}.${index % 11}.0`,
    licenses: [{ license: { id: index % 3 === 0 ? 'Apache-2.0' : 'MIT' } }],
    hashes: [{ alg: 'SHA-256', content: 'a'.repeat(64) }],
  })),
});

/** Expressions that hold of it; all but the last can be evaluated by the library as it comes. */
export const EXPRESSIONS: readonly (readonly [name: string, expression: string, isOwn?: boolean])[] = [
  ['two fields', "input.bomFormat == 'CycloneDX' && input.specVersion == '1.6'"],
  ['no GPL-3.0', "!input.components.exists(c, c.licenses.exists(l, l.license.id == 'GPL-3.0-only'))"],
  ['filter and map', 'size(input.components.filter(c, has(c.purl)).map(c, c.purl)) > 0'],
  ['a pattern each', "input.components.all(c, c.purl.matches('^pkg:(npm|pypi)/[^@]+@[0-9.]+$'))"],
  [
    'licences allowed',
    "sbom.components(input).all(c, c.licenses.all(l, licenses.allowed(l, ['MIT', 'Apache-2.0'])))",
    true,
  ],
];
