import { API_VERSION } from '../../api/labels.ts';
import type { Contract, ContractSpec } from '../../api/types.gen.ts';
import { importTaken } from './group.ts';
import { importAnnotations, importMaterials } from './materials.ts';
import { type Member, type Members, membersOf } from './members.ts';
import { type ImportedMetadata, importMetadata } from './metadata.ts';
import type { AnyPolicy, ImportOptions } from './options.ts';
import { importPolicies } from './policies.ts';
import type { Reporter } from './report.ts';

/** A contract, and the policies that stood in it. */
export interface ImportedContract {
  readonly contract: Contract;
  readonly policies: readonly AnyPolicy[];
}

/** A contract of either generation: `schemaVersion: v1`, or `kind: Contract`. */
export function importContract(
  document: unknown,
  generation: 1 | 2,
  options: ImportOptions,
  reporter: Reporter,
): ImportedContract {
  const root = membersOf({ at: '', value: document }, reporter);
  const { metadata, spec } = generation === 1 ? firstGeneration(root) : secondGeneration(root, reporter);
  const { contract, policies } = importSpec(spec, options, reporter);
  root.end();
  const { name = options.name ?? '', annotations, description } = metadata;
  return {
    contract: {
      apiVersion: API_VERSION,
      kind: 'Contract',
      metadata: {
        name,
        ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
        ...(annotations === undefined ? {} : { annotations }),
      },
      spec: { ...(description === undefined ? {} : { description }), ...contract },
    },
    policies,
  };
}

interface Parts {
  readonly metadata: ImportedMetadata;
  readonly spec: Members;
}

function firstGeneration(root: Members): Parts {
  root.text('schemaVersion');
  return { metadata: {}, spec: root };
}

function secondGeneration(root: Members, reporter: Reporter): Parts {
  root.text('apiVersion');
  root.text('kind');
  const metadata = importMetadata(root.object('metadata'), reporter);
  return { metadata, spec: membersOf(root.object('spec') ?? { at: 'spec', value: undefined }, reporter) };
}

interface ImportedSpec {
  readonly contract: ContractSpec;
  readonly policies: readonly AnyPolicy[];
}

function importSpec(members: Members, options: ImportOptions, reporter: Reporter): ImportedSpec {
  const materials = importMaterials(members.list('materials'), reporter);
  const envAllowList = members.list('envAllowList').flatMap(({ at, value }) => {
    if (typeof value === 'string') return [value];
    reporter.lost(at, 'the name of a variable was expected');
    return [];
  });
  const runner = importRunner(members.object('runner'), reporter);
  const annotations = importAnnotations(members.list('annotations'), reporter);
  const { policies, embedded } = importPolicies(members.object('policies'), materials, options, reporter);
  const policyGroups = importTaken(members.list('policyGroups'), options, reporter);
  members.end();
  const contract = {
    ...(materials.length === 0 ? {} : { materials }),
    ...(envAllowList.length === 0 ? {} : { envAllowList }),
    ...(runner === undefined ? {} : { runner }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(policies === undefined ? {} : { policies }),
    ...(policyGroups.length === 0 ? {} : { policyGroups }),
  };
  return { contract, policies: embedded };
}

type Runner = NonNullable<ContractSpec['runner']>;
const ANY_RUNNER = 'RUNNER_TYPE_UNSPECIFIED';
/** Those that Chainloop knows and we do too; the names are the same. */
const RUNNERS: readonly Runner['type'][] = [
  ...(['AZURE_PIPELINE', 'CIRCLECI_BUILD', 'DAGGER_PIPELINE', 'GITHUB_ACTION', 'GITLAB_PIPELINE'] as const),
  ...(['JENKINS_JOB', 'TEAMCITY_PIPELINE', 'TEKTON_PIPELINE'] as const),
];

function importRunner(member: Member | undefined, reporter: Reporter): Runner | undefined {
  if (member === undefined) return undefined;
  const members = membersOf(member, reporter);
  const type = members.text('type');
  members.end();
  const known = RUNNERS.find((each) => each === type);
  if (known !== undefined) return { type: known };
  if (type === ANY_RUNNER || type === undefined) return undefined;
  reporter.lost(`${members.at}.type`, `there is no runner '${type}' here, so runs from anywhere would be taken`);
  return undefined;
}
