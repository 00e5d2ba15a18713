import { excerpt } from '../api/excerpt.ts';
import { asText, type UnknownRecord } from '../api/record.ts';
import { closestFindings } from './closest-findings.ts';
import { jsonDocument } from './json-document.ts';
import { accepted, deviating, refused } from './kind.ts';
import { type SchemaVersions, versionedValidators } from './published.ts';
import { SBOM_FACTS } from './sbom-facts.ts';
import { spdx2Facts, spdx2Rules } from './spdx/version-2.ts';
import { isSpdx3, spdx3Facts, spdx3Version } from './spdx/version-3.ts';

const SCHEMAS: SchemaVersions = {
  'SPDX-2.2': 'spdx/spdx-2.2',
  'SPDX-2.3': 'spdx/spdx-2.3',
  '3.0.1': 'spdx/spdx-3.0',
};
const validatorOf = versionedValidators(SCHEMAS);

/** SBOM_SPDX_JSON: SPDX 2.2 and 2.3, and 3.0.1 as JSON-LD, each against its own schema. */
export const spdx = jsonDocument(
  'SBOM_SPDX_JSON',
  (document) => {
    const isVersion3 = isSpdx3(document);
    const version = isVersion3 ? spdx3Version(document) : asText(document.spdxVersion);
    const validate = validatorOf(version ?? '');
    if (validate === undefined) {
      const at = isVersion3 ? '/@context' : '/spdxVersion';
      const known = Object.keys(SCHEMAS).join(', ');
      return refused({ at, message: `the version must be one of ${known}, not ${excerpt(version ?? 'absent')}` });
    }
    const found = {
      annotations: factsOf(document),
      mediaType: isVersion3 ? 'application/ld+json' : 'application/spdx+json',
    };
    if (!validate(document)) return deviating(closestFindings(validate.errors), found);
    const findings = isVersion3 ? [] : spdx2Rules(document);
    return findings.length > 0 ? deviating(findings, found) : accepted(found);
  },
  {
    accepts: 'An SPDX document in JSON, or JSON-LD for version 3.',
    versions: ['2.2', '2.3', '3.0.1'],
    facts: SBOM_FACTS,
  },
);

const factsOf = (document: UnknownRecord): Readonly<Record<string, string>> =>
  isSpdx3(document) ? spdx3Facts(document) : spdx2Facts(document);
