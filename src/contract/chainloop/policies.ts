import { isDeepStrictEqual } from 'node:util';
import type { ContractSpec, ContractSpecMaterial } from '../../api/types.gen.ts';
import { type Member, type Members, membersOf } from './members.ts';
import { type AnyPolicy, type ImportOptions, policyKind } from './options.ts';
import { importPolicy } from './policy.ts';
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

/** Where a policy is attached. */
type Place = 'materials' | 'attestation';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DIGEST = /@sha256:[0-9a-f]+$/;
const REQUIREMENTS = 'requirements of frameworks have no counterpart';

/** The policies that a contract attaches, in both places where it can. */
export function importPolicies(
  member: Member | undefined,
  known: readonly ContractSpecMaterial[],
  options: ImportOptions,
  reporter: Reporter,
): ImportedPolicies {
  if (member === undefined) return { embedded: [] };
  const members = membersOf(member, reporter);
  const materials = importAttachments(members.list('materials'), 'materials', known, options, reporter);
  const attestation = importAttachments(members.list('attestation'), 'attestation', known, options, reporter);
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
  known: readonly ContractSpecMaterial[],
  options: ImportOptions,
  reporter: Reporter,
): ImportedAttachments {
  const each = list.map((member) => importAttachment(member, place, known, options, reporter));
  const embedded = each.flatMap((one) => one.embedded);
  return {
    attachments: each.flatMap(({ attachments }) => attachments),
    embedded: embedded.filter((one, index) => embedded.findIndex((other) => isDeepStrictEqual(one, other)) === index),
  };
}

function importAttachment(
  member: Member,
  place: Place,
  known: readonly ContractSpecMaterial[],
  options: ImportOptions,
  reporter: Reporter,
): ImportedAttachments {
  const members = membersOf(member, reporter);
  const inside = members.object('embedded');
  const ref = members.text('ref');
  const embedded = inside === undefined ? [] : importEmbedded(inside, place, options, reporter);
  const found = inside === undefined ? options.policiesOf?.(ref ?? '') : embedded;
  const inputs = members.texts('with');
  const selected = importSelector(members.object('selector'), reporter);
  const gate = members.flag('gate');
  const disabled = members.flag('disabled');
  members.end({ requirements: REQUIREMENTS });
  const type = known.find(({ name }) => name === selected)?.type;
  const names =
    found === undefined ? policyNames(members, ref, reporter) : applicable(members.at, found, place, type, reporter);
  const attachments = names.map((name) => ({
    ref: { ...(options.cluster === true ? { kind: policyKind(options) } : {}), name },
    ...(inputs === undefined ? {} : { with: inputs }),
    ...(selected === undefined ? {} : { selector: { name: selected } }),
    ...(gate === undefined ? {} : { gate }),
    ...(disabled === undefined ? {} : { disabled }),
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
  const policies = importPolicy(member, { ...rest, forStatement: place === 'attestation' }, reporter);
  const named = policies.map(({ kind, metadata }) => `the ${kind} '${metadata.name}'`).join(' and ');
  if (policies.length > 0) reporter.changed(member.at, `became ${named}`);
  return policies;
}

/** Of what a policy became, what can judge what it is attached to. */
function applicable(
  at: string,
  found: readonly AnyPolicy[],
  place: Place,
  type: ContractSpecMaterial['type'] | undefined,
  reporter: Reporter,
): readonly string[] {
  const judging = found.filter(({ spec: { kinds } }) =>
    place === 'attestation' ? kinds === undefined : kinds !== undefined && (type === undefined || kinds.includes(type)),
  );
  if (found.length > 0 && judging.length === 0) {
    reporter.lost(at, `the policy judges no ${place === 'attestation' ? place : (type ?? 'material')}`);
  }
  return judging.map(({ metadata }) => metadata.name);
}

/** The name of a policy in the cluster; references to files, addresses and providers have none there. */
function policyNames(members: Members, ref: string | undefined, reporter: Reporter): readonly string[] {
  if (ref === undefined) {
    reporter.lost(members.at, "it attaches nothing: 'ref' or 'embedded' was expected");
    return [];
  }
  const at = `${members.at}.ref`;
  const digest = DIGEST.exec(ref)?.[0];
  const name = nameInRef(ref);
  if (!NAME.test(name)) {
    const message = `'${ref}' names a file, an address or a provider; import the policy too, in the same call, or attach one by its name`;
    reporter.lost(at, message);
    return [];
  }
  if (digest !== undefined)
    reporter.lost(
      at,
      `the pin ${digest.slice(1)}: a Policy is an object of the cluster, whose revision the run records`,
    );
  else if (name !== ref) reporter.changed(at, `'${ref}' became the Policy '${name}' of the namespace`);
  return [name];
}

/** What a reference names, without its scheme and its pin. */
export const nameInRef = (ref: string): string => ref.replace(DIGEST, '').replace(/^chainloop:\/\//, '');

function importSelector(member: Member | undefined, reporter: Reporter): string | undefined {
  if (member === undefined) return undefined;
  const members = membersOf(member, reporter);
  const name = members.text('name');
  const mode = members.text('matchMode');
  const isExact =
    mode === undefined || ['UNSPECIFIED', 'EXACT', 'MATCH_MODE_EXACT', 'MATCH_MODE_UNSPECIFIED'].includes(mode);
  if (!isExact)
    reporter.lost(
      `${members.at}.matchMode`,
      `'${mode}': a policy judges one material by its name, or all of its kinds`,
    );
  members.end();
  return name;
}
