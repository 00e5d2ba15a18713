import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { scoreOf, severityOf, worstOf } from './severity.ts';
import type { VexStatus, Vulnerability } from './vulnerability.ts';

const STATUSES: readonly (readonly [member: string, status: VexStatus])[] = [
  ['known_affected', 'affected'],
  ['first_affected', 'affected'],
  ['last_affected', 'affected'],
  ['known_not_affected', 'not_affected'],
  ['fixed', 'fixed'],
  ['first_fixed', 'fixed'],
  ['under_investigation', 'under_investigation'],
];
const CVSS = ['cvss_v4', 'cvss_v3', 'cvss_v2'];

export const isCsaf = (document: UnknownRecord): boolean =>
  typeof asRecord(document.document)?.csaf_version === 'string';

/** Those of a CSAF document, once for each product that it says something about. */
export function csafVulnerabilities(document: UnknownRecord): readonly Vulnerability[] {
  const names = new Map(productsIn(document.product_tree));
  return asArray(document.vulnerabilities).flatMap((each) => {
    const vulnerability = asRecord(each) ?? {};
    const facts = { id: idOf(vulnerability), ...ratingOf(vulnerability) };
    const statuses = asRecord(vulnerability.product_status) ?? {};
    const found = STATUSES.flatMap(([member, status]) =>
      asArray(statuses[member]).map((id) => ({ ...facts, status, component: names.get(id) ?? String(id) })),
    );
    return found.length === 0 ? [{ ...facts, status: 'unknown', component: '' } as const] : found;
  });
}

function idOf({ cve, ids }: UnknownRecord): string {
  const [first] = asArray(ids);
  return asText(cve) ?? asText(asRecord(first)?.text) ?? '';
}

/** CSAF 2.0 writes `scores`, 2.1 `metrics`. */
function ratingOf({ scores, metrics }: UnknownRecord): Pick<Vulnerability, 'score' | 'severity'> {
  const contents = [...asArray(scores), ...asArray(metrics).map((metric) => asRecord(metric)?.content)];
  const ratings = contents.flatMap((content) =>
    CVSS.flatMap((version) => {
      const cvss = asRecord(asRecord(content)?.[version]);
      return cvss === undefined ? [] : [{ score: scoreOf(cvss.baseScore), severity: cvss.baseSeverity }];
    }),
  );
  return {
    score: Math.max(0, ...ratings.map(({ score }) => score)),
    severity: worstOf(ratings.map(({ score, severity }) => severityOf(severity, score))),
  };
}

/** Ids of products with their package URL, else their name; branches are looked into, and relationships too. */
function* productsIn(node: unknown): Generator<[id: unknown, name: string]> {
  const { product, branches, full_product_names, relationships, full_product_name } = asRecord(node) ?? {};
  for (const each of [product, full_product_name, ...asArray(full_product_names)]) {
    const { product_id, name, product_identification_helper } = asRecord(each) ?? {};
    const helper = asRecord(product_identification_helper);
    const [purl] = asArray(helper?.purls);
    if (product_id !== undefined) yield [product_id, asText(helper?.purl) ?? asText(purl) ?? asText(name) ?? ''];
  }
  for (const each of [...asArray(branches), ...asArray(relationships)]) yield* productsIn(each);
}
