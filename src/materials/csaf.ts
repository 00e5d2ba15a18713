import { excerpt } from '../api/excerpt.ts';
import type { MaterialType } from '../api/material-types.ts';
import { asRecord, asText, type UnknownRecord } from '../api/record.ts';
import { jsonDocument } from './json-document.ts';
import { accepted, deviating, type Inspection, type MaterialKind, refused } from './kind.ts';
import { type SchemaVersions, versionedValidators } from './published.ts';
import { TOOL_FACTS, toolFacts, toolName } from './sbom-facts.ts';
import { schemaFindings } from './schema.ts';

const SCHEMAS: SchemaVersions = { '2.0': 'csaf/csaf-2.0', '2.1': 'csaf/csaf-2.1' };
const validatorOf = versionedValidators(SCHEMAS);
const CONTROL = /\p{Cc}/u;

/** CSAF_VEX: which products a vulnerability affects. */
export const csafVex = advisory('CSAF_VEX', 'csaf_vex');
/** CSAF_INFORMATIONAL_ADVISORY: something to know that is no vulnerability. */
export const csafInformationalAdvisory = advisory('CSAF_INFORMATIONAL_ADVISORY', 'csaf_informational_advisory');
/** CSAF_SECURITY_ADVISORY: vulnerabilities, with what to do about them. */
export const csafSecurityAdvisory = advisory('CSAF_SECURITY_ADVISORY', 'csaf_security_advisory');
/** CSAF_SECURITY_INCIDENT_RESPONSE: what became of an incident. */
export const csafSecurityIncidentResponse = advisory(
  'CSAF_SECURITY_INCIDENT_RESPONSE',
  'csaf_security_incident_response',
);

/** CSAF 2.0 and 2.1, each against its own schema, of one category. */
function advisory(type: MaterialType, category: string): MaterialKind {
  return jsonDocument(type, (document) => inspectAdvisory(document, category), {
    accepts: `A CSAF document of the category \`${category}\`.`,
    versions: Object.keys(SCHEMAS),
    facts: TOOL_FACTS,
  });
}

function inspectAdvisory(csaf: UnknownRecord, category: string): Inspection {
  const document = asRecord(csaf.document);
  if (document === undefined) return refused({ at: '/document', message: 'a CSAF document has an object `document`' });
  const version = asText(document.csaf_version) ?? '';
  const validate = validatorOf(version);
  if (validate === undefined) {
    const known = Object.keys(SCHEMAS).join(', ');
    return refused({ at: '/document/csaf_version', message: `'${excerpt(version)}' is not one of ${known}` });
  }
  if (document.category !== category) {
    const stated = excerpt(asText(document.category) ?? '');
    return refused({ at: '/document/category', message: `must be '${category}', and is '${stated}'` });
  }
  const engine = asRecord(asRecord(asRecord(document.tracking)?.generator)?.engine);
  const name = asText(engine?.name);
  const tool = name === undefined ? undefined : toolName(name, asText(engine?.version));
  if (tool !== undefined && CONTROL.test(tool)) {
    return refused({ at: '/document/tracking/generator/engine', message: 'must not hold control characters' });
  }
  const found = { annotations: toolFacts(tool === undefined ? [] : [tool]), mediaType: 'application/json' };
  return validate(csaf) ? accepted(found) : deviating(schemaFindings(validate.errors), found);
}
