import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { type Component, isAsserted } from './component.ts';

const CONTEXT = /^https:\/\/spdx\.org\/rdf\/3/;
const LISTED = /^https?:\/\/spdx\.org\/licenses\/([\w.+-]+?)(?:\.html)?$/;

export const isSpdx3 = (document: UnknownRecord): boolean =>
  CONTEXT.test(asText(document['@context']) ?? '') && Array.isArray(document['@graph']);

/** The packages of an SPDX 3 document; not the one that the document is about, if there are others too. */
export function spdx3Components(document: UnknownRecord): readonly Component[] {
  const elements = asArray(document['@graph'])
    .map(asRecord)
    .filter((each) => each !== undefined);
  const byId = new Map(elements.map((each) => [each.spdxId ?? each['@id'], each]));
  const packages = elements.filter(({ type }) => type === 'software_Package');
  const relations = relationsIn(elements);
  const described = elements
    .filter(({ type }) => type === 'SpdxDocument' || type === 'software_Sbom')
    .flatMap((each) => [...asArray(each.rootElement), ...(relations.get('describes')?.get(each.spdxId) ?? [])])
    .filter((id) => byId.get(id)?.type === 'software_Package');
  const about = new Set(packages.length > 1 && new Set(described).size === 1 ? described : []);
  const licensesOf = (id: unknown): readonly string[] =>
    ['hasConcludedLicense', 'hasDeclaredLicense']
      .map((relation) => (relations.get(relation)?.get(id) ?? []).map((to) => licenseOf(to, byId)).filter(isAsserted))
      .find((licenses) => licenses.length > 0) ?? [];
  return packages
    .filter(({ spdxId }) => !about.has(spdxId))
    .map((each) => ({
      name: asText(each.name) ?? '',
      version: asText(each.software_packageVersion) ?? '',
      purl: asText(each.software_packageUrl) ?? identifiedPurl(each),
      type: (asText(each.software_primaryPurpose) ?? '').toLowerCase(),
      licenses: licensesOf(each.spdxId),
    }));
}

/** By the kind of relation, where from, and where to. */
type Relations = ReadonlyMap<unknown, ReadonlyMap<unknown, readonly unknown[]>>;

function relationsIn(elements: readonly UnknownRecord[]): Relations {
  const relations = new Map<unknown, Map<unknown, unknown[]>>();
  for (const { relationshipType, from, to } of elements) {
    if (relationshipType === undefined) continue;
    const ofType = relations.get(relationshipType) ?? new Map<unknown, unknown[]>();
    relations.set(relationshipType, ofType);
    ofType.set(from, [...(ofType.get(from) ?? []), ...asArray(to)]);
  }
  return relations;
}

function licenseOf(id: unknown, byId: ReadonlyMap<unknown, UnknownRecord>): string | undefined {
  const element = byId.get(id);
  const listed = LISTED.exec(asText(id) ?? '')?.[1];
  const said = asText(element?.simplelicensing_licenseExpression) ?? listed ?? asText(element?.name);
  return said ?? (/\/(?:NoAssertion|None)License$/.test(String(id)) ? undefined : asText(id));
}

function identifiedPurl({ externalIdentifier }: UnknownRecord): string {
  const identifier = asArray(externalIdentifier)
    .map(asRecord)
    .find((each) => each?.externalIdentifierType === 'packageUrl');
  return asText(identifier?.identifier) ?? '';
}
