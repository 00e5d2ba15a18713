import { API_VERSION } from '../../api/labels.ts';
import type { PolicySpec } from '../../api/types.gen.ts';
import { type Member, membersOf } from './members.ts';
import { fitted, importMetadata } from './metadata.ts';
import { type AnyPolicy, type ImportOptions, policyKind } from './options.ts';
import type { Reporter } from './report.ts';
import { importScripts, type Script } from './scripts.ts';

type Input = NonNullable<PolicySpec['inputs']>[number];

export const MAX_DESCRIPTION = 1024;
const MAX_INPUT_DESCRIPTION = 256;
const AUTO_MATCH =
  'nothing attaches policies by themselves; attach it to the contracts it is for, or to a ClusterContract';

/**
 * A Chainloop policy as policies of ours: one for each script, since a policy has one source. They judge what it judged
 * however they are attached, each the types of its script. Empty where no script could be carried over.
 */
export function importPolicy(member: Member, options: ImportOptions, reporter: Reporter): readonly AnyPolicy[] {
  const root = membersOf(member, reporter);
  root.text('apiVersion');
  root.text('kind');
  const metadata = importMetadata(root.object('metadata'), reporter, true);
  const within = (field: string): string => (root.at === '' ? field : `${root.at}.${field}`);
  const spec = membersOf(root.object('spec') ?? { at: within('spec'), value: undefined }, reporter);
  const scripts = importScripts(spec, options, reporter);
  const given = spec.list('inputs').flatMap((each) => importInput(each, reporter));
  const inputs = given.length > 0 ? given : askedInputs(spec.at, scripts, reporter);
  spec.end({ autoMatch: AUTO_MATCH });
  root.end();
  const name = metadata.name ?? options.name;
  if (name === undefined || name === '') reporter.lost(within('metadata.name'), 'the policy has no name');
  if (name === undefined || name === '' || scripts.length === 0) return [];
  const names = namesOf(name, scripts);
  if (scripts.length > 1) tellSplit(spec.at, names, scripts, reporter);
  const description = fitted(within('metadata.description'), metadata.description, MAX_DESCRIPTION, reporter);
  return scripts.map(({ source, judges }, index) => ({
    apiVersion: API_VERSION,
    kind: policyKind(options),
    metadata: {
      name: names[index] ?? name,
      ...(options.namespace === undefined || options.cluster === true ? {} : { namespace: options.namespace }),
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
    },
    spec: {
      ...(description === undefined ? {} : { description }),
      engine: 'Rego',
      ...judges,
      ...(inputs.length === 0 ? {} : { inputs }),
      source: { inline: source },
    },
  }));
}

/** Inputs, of a policy or of a group. */
export function importInput(member: Member, reporter: Reporter): readonly Input[] {
  const members = membersOf(member, reporter);
  const name = members.text('name');
  const description = members.text('description');
  const required = members.flag('required') ?? false;
  const byDefault = members.text('default');
  members.end();
  if (name === undefined) {
    reporter.lost(members.at, 'the input has no name');
    return [];
  }
  const told = fitted(`${members.at}.description`, description, MAX_INPUT_DESCRIPTION, reporter);
  return [
    {
      name,
      ...(told === undefined ? {} : { description: told }),
      ...(byDefault === undefined ? {} : { default: byDefault }),
      ...(required ? { required } : {}),
    },
  ];
}

/** How scripts ask for an argument. */
const ARGUMENT =
  /\binput\.args\.([A-Za-z_]\w*)|\binput\.args\[\s*"([A-Za-z_]\w*)"|\binput\.args\s*,\s*\[?\s*"([A-Za-z_]\w*)"/g;

/** A policy that names no inputs is given whatever its attachment has; here it is given only what it names. */
function askedInputs(at: string, scripts: readonly Script[], reporter: Reporter): readonly Input[] {
  const asked = scripts.flatMap(({ source }) =>
    [...source.matchAll(ARGUMENT)].map(([, member, index, argument]) => member ?? index ?? argument ?? ''),
  );
  const names = [...new Set(asked)];
  if (names.length > 0) reporter.changed(`${at}.inputs`, `names what the scripts ask for: ${names.join(', ')}`);
  return names.map((name) => ({ name }));
}

/** The policy's own name if there is one script, else one with what the script judges. */
function namesOf(name: string, scripts: readonly Script[]): readonly string[] {
  if (scripts.length === 1) return [name];
  const named = scripts.map(({ judges: { kinds } }) => `${name}-${dashed(kinds?.[0] ?? 'attestation')}`);
  return named.map((each, index) => {
    const before = named.slice(0, index).filter((other) => other === each).length;
    return before === 0 ? each : `${each}-${before + 1}`;
  });
}

const dashed = (type: string): string => type.toLowerCase().replaceAll('_', '-');

function tellSplit(at: string, names: readonly string[], scripts: readonly Script[], reporter: Reporter): void {
  const became = `became ${names.length} policies, one for each script: ${names.join(', ')}`;
  reporter.changed(`${at}.policies`, became);
  const kinds = scripts.flatMap(({ judges }): readonly string[] => judges.kinds ?? ['the attestation']);
  const shared = new Set(kinds.filter((kind, index) => kinds.indexOf(kind) !== index));
  for (const kind of shared) {
    const message = `several scripts judge ${kind}; each is skipped by itself now, where one alone had the policy count`;
    reporter.changed(`${at}.policies`, message);
  }
}
