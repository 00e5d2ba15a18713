import { formatDuration } from '../api/duration.ts';
import type { ContractAnnotation, ContractMaterial, ContractPolicy, EffectiveContract } from './effective.ts';
import { nameOfSigner } from './signers.ts';

/** One thing that two contracts say differently; without `before` it is new, without `after` it is gone. */
export interface Difference {
  /** A field path in which list entries go by their names, as `materials[sbom].optional`. */
  readonly at: string;
  readonly before?: string;
  readonly after?: string;
}

/** What one thing says, by field; the field '' is what is said of it as a whole. */
type Facts = ReadonlyMap<string, string>;

/** What differs between what two contracts mean, in the order of their fields. Form and the order of lists are nothing. */
export function differences(before: EffectiveContract, after: EffectiveContract): readonly Difference[] {
  const [old, now] = [thingsOf(before), thingsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((at) => compare(at, old.get(at), now.get(at)));
}

function compare(at: string, before: Facts | undefined, after: Facts | undefined): readonly Difference[] {
  if (before === undefined || after === undefined) {
    return [
      {
        at,
        ...(before === undefined ? {} : { before: inWords(before) }),
        ...(after === undefined ? {} : { after: inWords(after) }),
      },
    ];
  }
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((field) => {
    const [was, is] = [before.get(field), after.get(field)];
    if (was === is) return [];
    const where = field === '' ? at : `${at}.${field}`;
    return [{ at: where, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}

const inWords = (facts: Facts): string =>
  [...facts]
    .map(([field, value]) =>
      field === '' || field === 'type' ? value : value === 'true' ? field : `${field} ${value}`,
    )
    .join(', ');

/** A contract as a map of things: what has a name goes by it, so that an entry that moved is the same. */
function thingsOf(contract: EffectiveContract): ReadonlyMap<string, Facts> {
  const {
    description,
    materials,
    envAllowList,
    runner,
    runnerProven,
    annotations,
    enforcement,
    signers,
    signerThreshold,
  } = contract;
  const one = (value: string): Facts => new Map([['', value]]);
  return new Map([
    ...(description === undefined ? [] : [['description', one(description)] as const]),
    ...materials.map((material) => [`materials[${material.name}]`, materialFacts(material)] as const),
    ...envAllowList.map((name) => [`envAllowList[${name}]`, one('must be set')] as const),
    ...(runner === undefined ? [] : [['runner', one(runnerProven ? `${runner}, proven` : runner)] as const]),
    ...annotations.map((each) => [`annotations[${each.name}]`, one(annotationText(each))] as const),
    ['enforcement', one(enforcement)],
    ...signers.map((signer) => [`signers[${nameOfSigner(signer)}]`, one(JSON.stringify(signer))] as const),
    ...(signerThreshold === undefined ? [] : [['signerThreshold', one(String(signerThreshold))] as const]),
    ...policyThings(contract.policies ?? []),
    ...(contract.baselines ?? []).map(
      ({ name, revision }) => [`baselines[${name}]`, one(`revision ${revision}`)] as const,
    ),
    ['deadline', one(formatDuration(contract.deadlineSeconds))],
  ]);
}

/** Two attachments of one policy, with other inputs or for other materials or types, are two things. */
function policyThings(policies: readonly ContractPolicy[]): readonly (readonly [string, Facts])[] {
  const names = policies.map(nameOfPolicy);
  return policies.map(({ source, engine, types = ['attestation'], phases, gate, onSkip, requirements = [] }, index) => {
    const [name = '', judges] = [names[index], types.join(' ')];
    const isShared = names.indexOf(name) !== names.lastIndexOf(name);
    const facts = {
      ...{ source, engine, judges, phases: phases.join(' '), gate: String(gate), onSkip },
      ...(requirements.length === 0 ? {} : { requirements: requirements.join(' ') }),
    };
    return [`policies[${isShared ? `${name} ${judges}` : name}]`, new Map(Object.entries(facts))];
  });
}

function nameOfPolicy({ kind, name, inputs, material }: ContractPolicy): string {
  const given = Object.entries(inputs).map(([input, value]) => `${input}=${value}`);
  return [...(kind === 'Policy' ? [] : [kind]), name, ...(material === undefined ? [] : [material]), ...given].join(
    ' ',
  );
}

function materialFacts({
  type,
  description,
  optional,
  output,
  group,
  skipUpload,
  strict,
  annotations,
  signers = [],
}: ContractMaterial): Facts {
  const flags = Object.entries({ optional, output, skipUpload }).flatMap(([name, value]) =>
    value ? [[name, 'true'] as const] : [],
  );
  return new Map([
    ['type', type],
    ...flags,
    ...(group === undefined ? [] : [['group', group] as const]),
    ...(strict === false ? [['strict', 'false'] as const] : []),
    ...(description === undefined ? [] : [['description', description] as const]),
    ...annotations.map((each) => [`annotations[${each.name}]`, annotationText(each)] as const),
    ...signers.map((signer) => [`signers[${nameOfSigner(signer)}]`, JSON.stringify(signer)] as const),
  ]);
}

const annotationText = ({ value }: ContractAnnotation): string =>
  value === undefined ? 'must be given' : `'${value}'`;
