import { API_VERSION } from '../../api/labels.ts';
import type { MaterialType } from '../../api/material-types.ts';
import type { PolicyGroupSpec } from '../../api/types.gen.ts';
import { importType } from './materials.ts';
import { type Member, type Members, membersOf } from './members.ts';
import { fitted, importMetadata } from './metadata.ts';
import { type AnyGroup, type AnyPolicy, groupKind, type ImportOptions, policyKind } from './options.ts';
import { type Attachment, importAttachments } from './policies.ts';
import { importInput, MAX_DESCRIPTION } from './policy.ts';
import { askedFor, clusterName, matchesExactly } from './refs.ts';
import type { Reporter } from './report.ts';

type GroupMaterial = NonNullable<PolicyGroupSpec['materials']>[number];
type GroupPolicy = NonNullable<PolicyGroupSpec['attestation']>[number];

/** A group, and the policies that stood in it. */
export interface ImportedGroup {
  readonly group: AnyGroup;
  readonly policies: readonly AnyPolicy[];
}

/** A Chainloop group of policies. Undefined where it has no name. */
export function importGroup(document: unknown, options: ImportOptions, reporter: Reporter): ImportedGroup | undefined {
  const root = membersOf({ at: '', value: document }, reporter);
  root.text('apiVersion');
  root.text('kind');
  const { name = options.name, annotations, description: told } = importMetadata(root.object('metadata'), reporter);
  const spec = membersOf(root.object('spec') ?? { at: 'spec', value: undefined }, reporter);
  const lists = membersOf(spec.object('policies') ?? { at: 'spec.policies', value: undefined }, reporter);
  const inputs = spec.list('inputs').flatMap((each) => importInput(each, reporter));
  const policies: AnyPolicy[] = [];
  const within = { options, reporter, onEmbedded: (embedded: readonly AnyPolicy[]) => void policies.push(...embedded) };
  const materials = lists.list('materials').flatMap((each) => importEntry(each, within));
  const attestation = importMembers(lists.list('attestation'), undefined, within);
  lists.end();
  spec.end();
  root.end();
  if (name === undefined || name === '') {
    reporter.lost('metadata.name', 'the group has no name');
    return undefined;
  }
  const description = fitted('metadata.description', told, MAX_DESCRIPTION, reporter);
  const { namespace, cluster } = options;
  const group: AnyGroup = {
    apiVersion: API_VERSION,
    kind: groupKind(options),
    metadata: {
      name,
      ...(namespace === undefined || cluster === true ? {} : { namespace }),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      ...(description === undefined ? {} : { description }),
      ...(inputs.length === 0 ? {} : { inputs }),
      ...(materials.length === 0 ? {} : { materials }),
      ...(attestation.length === 0 ? {} : { attestation }),
    } as AnyGroup['spec'],
  };
  return { group, policies };
}

/** What a policy with several scripts is as one: a group of what it became, by the name that it had, with the same inputs. */
export function groupOfPolicies(name: string, policies: readonly AnyPolicy[], options: ImportOptions): AnyGroup {
  const [first] = policies;
  const inputs = first?.spec.inputs ?? [];
  const attached = ({ metadata }: AnyPolicy): GroupPolicy => ({
    ref: { kind: policyKind(options), name: metadata.name },
    ...(inputs.length === 0
      ? {}
      : { with: Object.fromEntries(inputs.map((input) => [input.name, `{{ inputs.${input.name} }}`])) }),
  });
  const types = [...new Set(policies.flatMap(({ spec }) => spec.kinds ?? []))];
  const materials = types.map((type) => ({
    type,
    policies: policies.filter(({ spec }) => spec.kinds?.includes(type) === true).map(attached),
  }));
  const attestation = policies.filter(({ spec }) => spec.kinds === undefined).map(attached);
  const { description } = first?.spec ?? {};
  return {
    apiVersion: API_VERSION,
    kind: groupKind(options),
    metadata: { ...first?.metadata, name },
    spec: {
      ...(description === undefined ? {} : { description }),
      ...(inputs.length === 0 ? {} : { inputs }),
      ...(materials.length === 0 ? {} : { materials }),
      ...(attestation.length === 0 ? {} : { attestation }),
    } as AnyGroup['spec'],
  };
}

interface Within {
  readonly options: ImportOptions;
  readonly reporter: Reporter;
  readonly onEmbedded: (policies: readonly AnyPolicy[]) => void;
}

function importEntry(member: Member, within: Within): readonly GroupMaterial[] {
  const { reporter } = within;
  const members = membersOf(member, reporter);
  const name = members.text('name');
  const type = importType(members.text('type'), `${members.at}.type`, reporter);
  const optional = members.flag('optional') ?? false;
  if (!matchesExactly(members.text('matchMode'))) {
    reporter.lost(`${members.at}.matchMode`, 'a material has one name; what begins like it is not judged');
  }
  const list = members.list('policies');
  members.end();
  if (type === undefined) return [];
  if (optional && name === undefined)
    reporter.changed(`${members.at}.optional`, 'has no effect without a name, and is left out');
  const policies = importMembers(list, { type, ...(name === undefined ? {} : { name }) }, within);
  return [
    {
      ...(name === undefined ? {} : { name }),
      type,
      ...(optional && name !== undefined ? { optional } : {}),
      ...(policies.length === 0 ? {} : { policies }),
    },
  ];
}

/** Of what is attached; absent: the attestation. */
interface Judged {
  readonly name?: string;
  readonly type: MaterialType;
}

function importMembers(list: readonly Member[], judged: Judged | undefined, within: Within): readonly GroupPolicy[] {
  const { options, reporter, onEmbedded } = within;
  return list.flatMap((member) => {
    const judges = judged === undefined ? ('attestation' as const) : ('materials' as const);
    const place = { judges, typeOf: () => judged?.type };
    const { attachments, embedded } = importAttachments([member], place, options, reporter);
    onEmbedded(embedded);
    return attachments.map((each) => withoutSelector(each, member.at, judged, reporter));
  });
}

/** What a policy of a group judges is said by the entry that it stands in. */
function withoutSelector(
  { selector, ...attachment }: Attachment,
  at: string,
  judged: Judged | undefined,
  reporter: Reporter,
): GroupPolicy {
  if (selector?.name !== undefined && selector.name !== judged?.name) {
    reporter.lost(`${at}.selector`, 'a policy of a group judges the material that it stands under');
  }
  return attachment;
}

/** The groups that a contract takes in. */
export function importTaken(list: readonly Member[], options: ImportOptions, reporter: Reporter) {
  return list.flatMap((each) => {
    const members = membersOf(each, reporter);
    const ref = takenName(members, options, reporter);
    const given = askedFor(
      members.at,
      members.texts('with'),
      ref?.group === undefined ? undefined : (ref.group.spec.inputs ?? []),
      reporter,
    );
    const skip = members.list('skip').flatMap((name) => skipped(name, ref?.group, options, reporter));
    const gate = members.flag('gate');
    members.end();
    if (ref === undefined) return [];
    return [
      {
        ref: { ...(options.cluster === true ? { kind: groupKind(options) } : {}), name: ref.name },
        ...(given === undefined ? {} : { with: given }),
        ...(skip.length === 0 ? {} : { skip: [...new Set(skip)] }),
        ...(gate === undefined ? {} : { gate }),
      },
    ];
  });
}

interface TakenGroup {
  readonly name: string;
  /** Absent: it isn't imported beside the contract. */
  readonly group?: AnyGroup;
}

function takenName(members: Members, options: ImportOptions, reporter: Reporter): TakenGroup | undefined {
  const ref = members.text('ref');
  const group = ref === undefined ? undefined : options.groupOf?.(ref);
  if (group !== undefined) return { name: group.metadata.name, group };
  const name = clusterName(members.at, ref, groupKind(options), reporter);
  return name === undefined ? undefined : { name };
}

/** A policy is skipped by its name; of one that became several, all that the group attaches are. */
function skipped(
  { at, value }: Member,
  group: AnyGroup | undefined,
  { policiesOf }: ImportOptions,
  reporter: Reporter,
): readonly string[] {
  if (typeof value !== 'string') {
    reporter.lost(at, 'the name of a policy was expected');
    return [];
  }
  const { materials = [], attestation = [] } = group?.spec ?? {};
  const attached = [...materials.flatMap(({ policies = [] }) => policies), ...attestation].map(({ ref }) => ref.name);
  const became = (policiesOf?.(value) ?? []).map(({ metadata }) => metadata.name);
  const names = became.filter((name) => attached.includes(name));
  if (names.length === 0) return [value];
  if (names.join() !== value) reporter.changed(at, `'${value}' became ${names.join(', ')}`);
  return names;
}
