import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../api/problem.ts';
import { asRecord, type UnknownRecord } from '../api/record.ts';
import { COMMIT_SUBJECT, type ResourceDescriptor } from './statement.ts';

/**
 * Members of the predicate that readers of the format rely on, besides those compared one by one. What the cluster did not
 * record, nobody may claim in its place: a runner's name, a policy that passed, who was authenticated.
 */
const PREDICATE_CLAIMS = [
  'buildType',
  'env',
  'runnerType',
  'runnerURL',
  'runnerEnvironment',
  'runnerAuthenticated',
  'runnerWorkflowFilePath',
  'auth',
  'casBackend',
  'annotations',
  'signingCA',
  'signingTSA',
];
const POLICY = /^policy/i;
const METADATA_CLAIMS = [
  'name',
  'workflowID',
  'project',
  'projectVersion',
  'projectVersionPrerelease',
  'team',
  'initializedAt',
];
/** Each of them names the content in another way than the digest does, which alone was checked. */
const DESCRIPTOR_CLAIMS = ['name', 'mediaType', 'content', 'uri', 'downloadLocation'];
/** Annotations that only the one who recorded the material may set. */
const RESERVED = /^chainloop\./;

/** Where a predicate says otherwise than the recorded one. It may leave such members out. */
export function comparePredicateClaims(found: UnknownRecord, recorded: UnknownRecord): readonly Finding[] {
  const policies = Object.keys(found).filter((name) => POLICY.test(name));
  const metadata = asRecord(found.metadata) ?? {};
  return [
    ...compareMembers('/predicate', found, recorded, [...PREDICATE_CLAIMS, ...policies]),
    ...compareMembers('/predicate/metadata', metadata, asRecord(recorded.metadata) ?? {}, METADATA_CLAIMS),
  ];
}

/**
 * Where a descriptor says otherwise than the recorded one: what it is and where, and annotations recorded or reserved. Of the
 * commit nothing may be said besides: who made it, whose signature it has, and that somebody verified that.
 */
export function compareDescriptor(at: string, found: UnknownRecord, recorded: ResourceDescriptor): readonly Finding[] {
  const annotations = asRecord(found.annotations) ?? {};
  const expected = recorded.annotations ?? {};
  const isReserved = (name: string): boolean => recorded.name === COMMIT_SUBJECT || RESERVED.test(name);
  const claims = Object.keys(annotations).filter((name) => Object.hasOwn(expected, name) || isReserved(name));
  return [
    ...compareMembers(at, found, { ...recorded }, DESCRIPTOR_CLAIMS),
    ...compareMembers(`${at}/annotations`, annotations, expected, claims),
  ];
}

function compareMembers(
  at: string,
  found: UnknownRecord,
  recorded: UnknownRecord,
  names: readonly string[],
): readonly Finding[] {
  return names
    .filter((name) => Object.hasOwn(found, name) && !isDeepStrictEqual(found[name], recorded[name]))
    .map((name) => ({
      at: `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`.slice(0, 200),
      message: Object.hasOwn(recorded, name)
        ? 'is not what the cluster recorded'
        : 'the cluster recorded nothing of this',
    }));
}
