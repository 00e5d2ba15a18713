/** Something that an SBOM lists; what it doesn't say is an empty text. */
export interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** In small letters: `library`, `application`, `container`, … */
  readonly type: string;
  /** SPDX identifiers and expressions, or the names that the SBOM gives. */
  readonly licenses: readonly string[];
}

/** What an SBOM says by these says nothing. */
export const isAsserted = (license: string | undefined): license is string =>
  license !== undefined && license !== 'NOASSERTION' && license !== 'NONE';
