import { isDeepStrictEqual } from 'node:util';
import type { MaterialType } from '../../api/material-types.ts';
import type { ContractSpec, ContractSpecMaterial } from '../../api/types.gen.ts';
import { type Member, membersOf } from './members.ts';
import { type AnyPolicy, type ImportOptions, policyKind } from './options.ts';
import { importPolicy } from './policy.ts';
import { askedFor, clusterName, matchesExactly, reportPin } from './refs.ts';
import type { Reporter } from './report.ts';

type Policies = NonNullable<ContractSpec['policies']>;
export type Attachment = NonNullable<Policies['materials']>[number];

/** What is attached, and what was written inside. */
export interface ImportedAttachments {
  readonly attachments: readonly Attachment[];
  /** Those that stood where they are attached. */
  readonly embedded: readonly AnyPolicy[];
}

export interface ImportedPolicies {
  readonly policies?: Policies;
  readonly embedded: readonly AnyPolicy[];
}

/** Where a policy is attached, and the type of the material that a selector names there, as far as it is known. */
export interface Place {
  readonly judges: 'materials' | 'attestation';
  readonly typeOf: (selected: string | undefined) => MaterialType | undefined;
}

/** The policies that a contract attaches, in both places where it can. */
export function importPolicies(
  member: Member | undefined,
  known: readonly ContractSpecMaterial[],
  options: ImportOptions,
  reporter: Reporter,
): ImportedPolicies {
  if (member === undefined) return { embedded: [] };
  const members = membersOf(member, reporter);
  const typeOf = (selected: string | undefined) => known.find(({ name }) => name === selected)?.type;
  const [materials, attestation] = (['materials', 'attestation'] as const).map((judges) =>
    importAttachments(members.list(judges), { judges, typeOf }, options, reporter),
  ) as [ImportedAttachments, ImportedAttachments];
  members.end();
  const embedded = [...materials.embedded, ...attestation.embedded];
  const policies = {
    ...(materials.attachments.length === 0 ? {} : { materials: materials.attachments }),
    ...(attestation.attachments.length === 0 ? {} : { attestation: attestation.attachments }),
  };
  return Object.keys(policies).length === 0 ? { embedded } : { policies, embedded };
}

/** A list of attachments, in a contract or a group. */
export function importAttachments(
  list: readonly Member[],
  place: Place,
  options: ImportOptions,
  reporter: Reporter,
): ImportedAttachments {
  const each = list.map((member) => importAttachment(member, place, options, reporter));
  const embedded = each.flatMap((one) => one.embedded);
  return {
    attachments: each.flatMap(({ attachments }) => attachments),
    embedded: embedded.filter((one, index) => embedded.findIndex((other) => isDeepStrictEqual(one, other)) === index),
  };
}

function importAttachment(
  member: Member,
  place: Place,
  options: ImportOptions,
  reporter: Reporter,
): ImportedAttachments {
  const members = membersOf(member, reporter);
  const inside = members.object('embedded');
  const ref = members.text('ref');
  const embedded = inside === undefined ? [] : importEmbedded(inside, place, options, reporter);
  const found = inside === undefined ? options.policiesOf?.(ref ?? '') : embedded;
  const asked = found?.flatMap(({ spec }) => spec.inputs ?? []);
  const inputs = askedFor(members.at, members.texts('with'), asked, reporter);
  const selected = importSelector(members.object('selector'), reporter);
  const gate = members.flag('gate');
  const disabled = members.flag('disabled');
  const requirements = members.list('requirements').flatMap(({ at, value }) => {
    if (typeof value === 'string') return [value];
    reporter.lost(at, 'a text was expected, not a list or an object');
    return [];
  });
  members.end();
  if (found !== undefined && ref !== undefined) reportPin(members.at, ref, policyKind(options), reporter);
  const names =
    found === undefined
      ? [clusterName(members.at, ref, policyKind(options), reporter) ?? []].flat()
      : applicable(members.at, found, place, selected, reporter);
  const attachments = names.map((name) => ({
    ref: { ...(options.cluster === true ? { kind: policyKind(options) } : {}), name },
    ...(inputs === undefined ? {} : { with: inputs }),
    ...(selected === undefined ? {} : { selector: { name: selected } }),
    ...(gate === undefined ? {} : { gate }),
    ...(disabled === undefined ? {} : { disabled }),
    ...(requirements.length === 0 ? {} : { requirements }),
  }));
  return { attachments, embedded };
}

function importEmbedded(
  member: Member,
  place: Place,
  options: ImportOptions,
  reporter: Reporter,
): readonly AnyPolicy[] {
  const { name: _, ...rest } = options;
  const policies = importPolicy(member, { ...rest, forStatement: place.judges === 'attestation' }, reporter);
  const named = policies.map(({ kind, metadata }) => `the ${kind} '${metadata.name}'`).join(' and ');
  if (policies.length > 0) reporter.changed(member.at, `became ${named}`);
  return policies;
}

/** Of what a policy became, what can judge what it is attached to. */
function applicable(
  at: string,
  found: readonly AnyPolicy[],
  { judges, typeOf }: Place,
  selected: string | undefined,
  reporter: Reporter,
): readonly string[] {
  const type = typeOf(selected);
  const judging = found.filter(({ spec: { kinds } }) =>
    judges === 'attestation'
      ? kinds === undefined
      : kinds !== undefined && (type === undefined || kinds.includes(type)),
  );
  if (found.length > 0 && judging.length === 0) {
    reporter.lost(at, `the policy judges no ${judges === 'attestation' ? judges : (type ?? 'material')}`);
  }
  return judging.map(({ metadata }) => metadata.name);
}

function importSelector(member: Member | undefined, reporter: Reporter): string | undefined {
  if (member === undefined) return undefined;
  const members = membersOf(member, reporter);
  const name = members.text('name');
  const mode = members.text('matchMode');
  if (!matchesExactly(mode))
    reporter.lost(
      `${members.at}.matchMode`,
      `'${mode}': a policy judges one material by its name, or all of its kinds`,
    );
  members.end();
  return name;
}
