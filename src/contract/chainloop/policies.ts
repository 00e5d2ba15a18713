import type { ContractSpec } from '../../api/types.gen.ts';
import { type Member, type Members, membersOf } from './members.ts';
import type { Reporter } from './report.ts';

type Policies = NonNullable<ContractSpec['policies']>;
type Attachment = NonNullable<Policies['materials']>[number];

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const DIGEST = /@sha256:[0-9a-f]+$/;

const REASONS: Readonly<Record<string, string>> = {
  embedded: 'a policy written inside a contract is an object of its own here; write a Policy and attach it by name',
  requirements: 'requirements of frameworks have no counterpart',
};

/** The policies that a contract attaches, in both places where it can. */
export function importPolicies(member: Member | undefined, reporter: Reporter): Policies | undefined {
  if (member === undefined) return undefined;
  const members = membersOf(member, reporter);
  const materials = members.list('materials').flatMap((each) => importAttachment(each, reporter));
  const attestation = members.list('attestation').flatMap((each) => importAttachment(each, reporter));
  members.end();
  if (materials.length + attestation.length === 0) return undefined;
  return {
    ...(materials.length === 0 ? {} : { materials }),
    ...(attestation.length === 0 ? {} : { attestation }),
  };
}

function importAttachment(member: Member, reporter: Reporter): readonly Attachment[] {
  const members = membersOf(member, reporter);
  const name = policyName(members, reporter);
  const inputs = members.texts('with');
  const selected = importSelector(members.object('selector'), reporter);
  const gate = members.flag('gate');
  const disabled = members.flag('disabled');
  members.end(REASONS);
  if (name === undefined) return [];
  return [
    {
      ref: { name },
      ...(inputs === undefined ? {} : { with: inputs }),
      ...(selected === undefined ? {} : { selector: { name: selected } }),
      ...(gate === undefined ? {} : { gate }),
      ...(disabled === undefined ? {} : { disabled }),
    },
  ];
}

/** The name of a policy in the cluster; references to files, addresses and providers have none there. */
function policyName(members: Members, reporter: Reporter): string | undefined {
  const ref = members.text('ref');
  if (ref === undefined) return undefined;
  const at = `${members.at}.ref`;
  const digest = DIGEST.exec(ref)?.[0];
  const name = ref.replace(DIGEST, '').replace(/^chainloop:\/\//, '');
  if (!NAME.test(name)) {
    reporter.lost(at, `'${ref}' names a file, an address or a provider; write a Policy and attach it by its name`);
    return undefined;
  }
  if (digest !== undefined)
    reporter.lost(
      at,
      `the pin ${digest.slice(1)}: a Policy is an object of the cluster, whose revision the run records`,
    );
  else if (name !== ref) reporter.changed(at, `'${ref}' became the Policy '${name}' of the namespace`);
  return name;
}

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
