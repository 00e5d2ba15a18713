import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import type { VexStatus, Vulnerability } from './vulnerability.ts';

const STATUSES: readonly VexStatus[] = ['affected', 'not_affected', 'fixed', 'under_investigation'];

export const isOpenVex = (document: UnknownRecord): boolean =>
  asText(document['@context'])?.startsWith('https://openvex.dev/ns') === true;

/** The statements of OpenVEX, once for each product; it has no severities. */
export const openVexVulnerabilities = (document: UnknownRecord): readonly Vulnerability[] =>
  asArray(document.statements).flatMap((each) => {
    const { vulnerability, products, status } = asRecord(each) ?? {};
    const named = asRecord(vulnerability);
    const facts = {
      id: asText(vulnerability) ?? asText(named?.name) ?? asText(named?.['@id']) ?? '',
      severity: 'unknown',
      score: 0,
      status: STATUSES.find((one) => one === status) ?? 'unknown',
    } as const;
    const components = asArray(products).map(productName);
    return (components.length === 0 ? [''] : components).map((component) => ({ ...facts, component }));
  });

function productName(product: unknown): string {
  const { '@id': id, identifiers } = asRecord(product) ?? {};
  return asText(asRecord(identifiers)?.purl) ?? asText(id) ?? asText(product) ?? '';
}
