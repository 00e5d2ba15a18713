import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { type Component, isAsserted } from './component.ts';

export const isSpdx2 = (document: UnknownRecord): boolean => typeof document.spdxVersion === 'string';

/** The packages of an SPDX 2 document; not the one that the document is about, if there is one such and others too. */
export function spdx2Components(document: UnknownRecord): readonly Component[] {
  const packages = asArray(document.packages)
    .map(asRecord)
    .filter((each) => each !== undefined);
  const described = describedBy(document);
  const about = described.size === 1 && packages.length > 1 ? described : new Set();
  return packages
    .filter(({ SPDXID }) => !about.has(SPDXID))
    .map((each) => ({
      name: asText(each.name) ?? '',
      version: asText(each.versionInfo) ?? '',
      purl: purlOf(each),
      type: (asText(each.primaryPackagePurpose) ?? '').toLowerCase(),
      licenses: [asText(each.licenseConcluded), asText(each.licenseDeclared)].filter(isAsserted).slice(0, 1),
    }));
}

function describedBy(document: UnknownRecord): ReadonlySet<unknown> {
  const related = asArray(document.relationships).flatMap((each) => {
    const { spdxElementId, relationshipType, relatedSpdxElement } = asRecord(each) ?? {};
    return spdxElementId === 'SPDXRef-DOCUMENT' && relationshipType === 'DESCRIBES' ? [relatedSpdxElement] : [];
  });
  return new Set([...asArray(document.documentDescribes), ...related]);
}

function purlOf({ externalRefs }: UnknownRecord): string {
  const reference = asArray(externalRefs)
    .map(asRecord)
    .find((each) => each?.referenceType === 'purl');
  return asText(reference?.referenceLocator) ?? '';
}
