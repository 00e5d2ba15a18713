import { asArray, asRecord, asText, type UnknownRecord } from '../../api/record.ts';
import type { Component } from './component.ts';

export const isCycloneDx = (document: UnknownRecord): boolean => document.bomFormat === 'CycloneDX';

/** The components of a CycloneDX document and those inside of them; not what the document as a whole is about. */
export const cycloneDxComponents = (document: UnknownRecord): readonly Component[] =>
  [...recordsIn(document)].map((component) => ({
    name: nameOf(component),
    version: asText(component.version) ?? '',
    purl: asText(component.purl) ?? '',
    type: asText(component.type) ?? '',
    licenses: asArray(component.licenses).flatMap(licensesOf),
  }));

/** Each component as it stands in the document, before those inside of it. */
export function* recordsIn(owner: UnknownRecord): Generator<UnknownRecord> {
  for (const each of asArray(owner.components)) {
    const component = asRecord(each);
    if (component === undefined) continue;
    yield component;
    yield* recordsIn(component);
  }
}

function nameOf({ group, name }: UnknownRecord): string {
  const own = asText(name) ?? '';
  return asText(group) === undefined ? own : `${group}/${own}`;
}

function licensesOf(choice: unknown): readonly string[] {
  const { expression, license } = asRecord(choice) ?? {};
  const { id, name } = asRecord(license) ?? {};
  const found = asText(expression) ?? asText(id) ?? asText(name);
  return found === undefined ? [] : [found];
}
