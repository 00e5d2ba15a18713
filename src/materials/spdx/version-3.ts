import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import { mainComponentFacts, toolFacts } from '../sbom-facts.ts';

const CONTEXT = /^https:\/\/spdx\.org\/rdf\/([^/]+)\/spdx-context\.jsonld$/;

/** Whether it is JSON-LD, as only version 3 is. */
export const isSpdx3 = (document: UnknownRecord): boolean => Object.hasOwn(document, '@context');

/** The version that the context names; undefined for another context. */
export const spdx3Version = (document: UnknownRecord): string | undefined =>
  CONTEXT.exec(asText(document['@context']) ?? '')?.[1];

/** The main component and the tools of SPDX 3: what the document is rooted in, and what its creators used. */
export function spdx3Facts(document: UnknownRecord): Readonly<Record<string, string>> {
  const elements = asArray(document['@graph'])
    .map(asRecord)
    .filter((element) => element !== undefined);
  const byId = new Map(elements.map((element) => [element.spdxId ?? element['@id'], element]));
  const main = mainPackage(elements, byId);
  const root = elements.find(({ type }) => type === 'SpdxDocument');
  const created = asRecord(root?.creationInfo) ?? byId.get(root?.creationInfo);
  const tools = asArray(created?.createdUsing).flatMap((used) => {
    const tool = asRecord(used) ?? byId.get(used);
    return asText(tool?.name) ?? [];
  });
  return {
    ...mainComponentFacts({
      name: asText(main?.name),
      type: asText(main?.software_primaryPurpose)?.toLowerCase(),
      version: asText(main?.software_packageVersion),
    }),
    ...toolFacts(tools),
  };
}

/** Roots lead to the package: the document's is often an SBOM, whose own is the package. */
function mainPackage(
  elements: readonly UnknownRecord[],
  byId: ReadonlyMap<unknown, UnknownRecord>,
): UnknownRecord | undefined {
  let at = elements.find(({ type }) => type === 'SpdxDocument');
  for (let step = 0; step < MAX_STEPS && at !== undefined; step += 1) {
    if (at.type === 'software_Package') return at;
    const [first] = asArray(at.rootElement);
    at = asRecord(first) ?? byId.get(first);
  }
  return undefined;
}

/** Document, bundle, SBOM, package; roots that lead in a circle end here. */
const MAX_STEPS = 4;
