import { MATERIAL_TYPES, type MaterialType } from '../../api/material-types.ts';
import { nearest } from '../../api/nearest.ts';
import { asRecord } from '../../api/record.ts';
import type { ContractSpecMaterial } from '../../api/types.gen.ts';
import { type Member, membersOf } from './members.ts';
import type { Reporter } from './report.ts';

type Annotation = NonNullable<ContractSpecMaterial['annotations']>[number];

/** The materials of a contract. */
export function importMaterials(list: readonly Member[], reporter: Reporter): readonly ContractSpecMaterial[] {
  const materials = list.flatMap((each) =>
    importMaterial(each, reporter).map((material) => ({ at: each.at, material })),
  );
  const sizes = Map.groupBy(materials, ({ material }) => material.group);
  return materials.map(({ at, material }) => {
    const { group, ...alone } = material;
    if (group === undefined || (sizes.get(group)?.length ?? 0) > 1) return material;
    reporter.changed(`${at}.group`, `'${group}' has no other member, so the material is simply required`);
    return alone;
  });
}

function importMaterial(member: Member, reporter: Reporter): readonly ContractSpecMaterial[] {
  if (asRecord(member.value) === undefined) {
    reporter.lost(member.at, 'a material was expected: an object with name and type');
    return [];
  }
  const members = membersOf(member, reporter);
  const name = members.text('name');
  const type = importType(members.text('type'), `${members.at}.type`, reporter);
  const group = members.text('group');
  const optional = members.flag('optional');
  const output = members.flag('output');
  const skipUpload = members.flag('skipUpload');
  const annotations = importAnnotations(members.list('annotations'), reporter);
  members.end();
  if (name === undefined) reporter.lost(members.at, 'the material has no name');
  if (name === undefined || type === undefined) return [];
  if (group !== undefined && optional === true) {
    reporter.changed(`${members.at}.optional`, 'has no effect beside a group, and is left out');
  }
  const skips = skipUpload === true && type !== 'STRING';
  if (skipUpload === true && !skips)
    reporter.changed(`${members.at}.skipUpload`, 'has no effect on a STRING, and is left out');
  return [
    {
      name,
      type,
      ...(optional === true && group === undefined ? { optional } : {}),
      ...(output === true ? { output } : {}),
      ...(group === undefined ? {} : { group }),
      ...(skips ? { skipUpload: true } : {}),
      ...(annotations.length === 0 ? {} : { annotations }),
    },
  ];
}

/** A type by its name, which is the same here. */
export function importType(type: string | undefined, at: string, reporter: Reporter): MaterialType | undefined {
  const known = MATERIAL_TYPES.find((each) => each === type);
  if (known !== undefined) return known;
  const meant = type === undefined ? undefined : nearest(type, MATERIAL_TYPES);
  const hint = meant === undefined ? '' : `; did it mean ${meant}?`;
  reporter.lost(at, type === undefined ? 'the material has no type' : `'${type}' is no type of material here${hint}`);
  return undefined;
}

/** Annotations, `{name, value}`, of a material or of the attestation. */
export function importAnnotations(list: readonly Member[], reporter: Reporter): readonly Annotation[] {
  return list.flatMap((each) => {
    const members = membersOf(each, reporter);
    const name = members.text('name');
    const value = members.text('value');
    members.end();
    if (name === undefined) reporter.lost(each.at, 'the annotation has no name');
    return name === undefined ? [] : [{ name, ...(value === undefined ? {} : { value }) }];
  });
}
