import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { recordsIn } from './cyclonedx-components.ts';
import { scoreOf, severityOf, worstOf } from './severity.ts';
import type { VexStatus, Vulnerability } from './vulnerability.ts';

const STATES: ReadonlyMap<unknown, VexStatus> = new Map([
  ['exploitable', 'affected'],
  ['in_triage', 'under_investigation'],
  ['not_affected', 'not_affected'],
  ['false_positive', 'not_affected'],
  ['resolved', 'fixed'],
  ['resolved_with_pedigree', 'fixed'],
]);

/** Those of CycloneDX, once for each component that it affects. Throws for an SBOM in which nobody has looked for any. */
export function cycloneDxVulnerabilities(document: UnknownRecord): readonly Vulnerability[] {
  if (!Array.isArray(document.vulnerabilities)) {
    throw new Error("the SBOM has no 'vulnerabilities', not even an empty list: nobody has looked for them");
  }
  const main = asRecord(asRecord(document.metadata)?.component);
  const components = [...(main === undefined ? [] : [main]), ...recordsIn(document)];
  const names = new Map(components.map((each) => [each['bom-ref'], asText(each.purl) ?? asText(each.name)]));
  return asArray(document.vulnerabilities).flatMap((each) => {
    const vulnerability = asRecord(each) ?? {};
    const ratings = asArray(vulnerability.ratings).map((rating) => {
      const { score: given, severity } = asRecord(rating) ?? {};
      const score = scoreOf(given);
      return { score, severity: severityOf(severity, score) };
    });
    const facts = {
      id: asText(vulnerability.id) ?? '',
      severity: worstOf(ratings.map(({ severity }) => severity)),
      score: Math.max(0, ...ratings.map(({ score }) => score)),
      status: STATES.get(asRecord(vulnerability.analysis)?.state) ?? 'unknown',
    };
    const refs = asArray(vulnerability.affects).map((affected) => asText(asRecord(affected)?.ref) ?? '');
    return (refs.length === 0 ? [''] : refs).map((ref) => ({ ...facts, component: names.get(ref) ?? ref }));
  });
}
