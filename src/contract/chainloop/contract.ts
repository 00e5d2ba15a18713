import { API_VERSION } from '../../api/labels.ts';
import type { Finding } from '../../api/problem.ts';
import { asRecord } from '../../api/record.ts';
import type { Contract, ContractSpec } from '../../api/types.gen.ts';
import { validateObject } from '../../api/validate.ts';
import { importAnnotations, importMaterials } from './materials.ts';
import { type Member, type Members, membersOf } from './members.ts';
import { importPolicies } from './policies.ts';
import { createReporter, type ImportReport, type Reporter } from './report.ts';

export type Imported =
  | ({ readonly ok: true; readonly contract: Contract } & ImportReport)
  | { readonly ok: false; readonly findings: readonly Finding[] };

export interface ImportOptions {
  /** The name of a contract that has none of its own, as those of the first generation. */
  readonly name?: string;
  readonly namespace?: string;
}

const CHAINLOOP_VERSIONS: readonly unknown[] = ['chainloop.dev/v1', 'workflowcontract.chainloop.dev/v1'];
/** Where what Kubernetes has no field for goes. */
const ORGANIZATION = 'chainloop.dev/organization';
const POLICY_GROUPS = 'groups of policies have no counterpart; attach their policies one by one';

/**
 * A Chainloop contract of either generation (`schemaVersion: v1`, or `kind: Contract`) as a Contract of ours. Expects what a
 * YAML reader makes of it when it leaves every scalar a text. Every field is carried over, or stands in the report.
 */
export function importContract(document: unknown, options: ImportOptions = {}): Imported {
  const generation = generationOf(document);
  if (typeof generation !== 'number') return { ok: false, findings: [generation] };
  const reporter = createReporter();
  const root = membersOf({ at: '', value: document }, reporter);
  const { metadata, description, spec } = generation === 1 ? firstGeneration(root) : secondGeneration(root, reporter);
  const contract: Contract = {
    apiVersion: API_VERSION,
    kind: 'Contract',
    metadata: {
      name: metadata.name ?? options.name ?? '',
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
    },
    spec: { ...(description === undefined ? {} : { description }), ...importSpec(spec, reporter) },
  };
  root.end();
  if (contract.metadata.name === '') {
    return {
      ok: false,
      findings: [
        { at: 'metadata.name', message: 'a contract of the first generation has no name; give one: --name NAME' },
      ],
    };
  }
  const validation = validateObject('Contract', contract);
  return validation.ok ? { ok: true, contract, ...reporter.report } : validation;
}

/** Which generation of the schema a document is of, or what it is instead. */
function generationOf(document: unknown): 1 | 2 | Finding {
  const { schemaVersion, schema_version, apiVersion, kind } = asRecord(document) ?? {};
  if ((schemaVersion ?? schema_version) === 'v1') return 1;
  if (CHAINLOOP_VERSIONS.includes(apiVersion)) {
    if (kind === 'Contract') return 2;
    return { at: 'kind', message: `'${kind}' can't be imported; a Contract can` };
  }
  if (apiVersion === API_VERSION) {
    return { at: 'apiVersion', message: `it is Proviso's own already; type: kubectl apply -f FILE` };
  }
  return {
    message: `it is no Chainloop contract: 'schemaVersion: v1', or 'apiVersion: ${CHAINLOOP_VERSIONS[0]}' with 'kind: Contract' was expected`,
  };
}

interface Parts {
  readonly metadata: { readonly name?: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly description?: string;
  readonly spec: Members;
}

function firstGeneration(root: Members): Parts {
  root.text('schemaVersion');
  return { metadata: {}, spec: root };
}

function secondGeneration(root: Members, reporter: Reporter): Parts {
  root.text('apiVersion');
  root.text('kind');
  const { description, ...metadata } = importMetadata(root.object('metadata'), reporter);
  const spec = membersOf(root.object('spec') ?? { at: 'spec', value: undefined }, reporter);
  return { metadata, ...(description === undefined ? {} : { description }), spec };
}

function importMetadata(
  member: Member | undefined,
  reporter: Reporter,
): Parts['metadata'] & { readonly description?: string } {
  const members = membersOf(member ?? { at: 'metadata', value: undefined }, reporter);
  const name = members.text('name');
  const description = members.text('description');
  const organization = members.text('organization');
  const annotations = members.texts('annotations');
  members.end({ findingType: 'only policies have it' });
  if (description !== undefined) reporter.changed('metadata.description', 'became spec.description');
  if (organization !== undefined) reporter.changed('metadata.organization', `became the annotation ${ORGANIZATION}`);
  const all = { ...annotations, ...(organization === undefined ? {} : { [ORGANIZATION]: organization }) };
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(Object.keys(all).length === 0 ? {} : { annotations: all }),
  };
}

function importSpec(members: Members, reporter: Reporter): ContractSpec {
  const materials = importMaterials(members.list('materials'), reporter);
  const envAllowList = members.list('envAllowList').flatMap(({ at, value }) => {
    if (typeof value === 'string') return [value];
    reporter.lost(at, 'the name of a variable was expected');
    return [];
  });
  const runner = importRunner(members.object('runner'), reporter);
  const annotations = importAnnotations(members.list('annotations'), reporter);
  const policies = importPolicies(members.object('policies'), reporter);
  members.end({ policyGroups: POLICY_GROUPS });
  return {
    ...(materials.length === 0 ? {} : { materials }),
    ...(envAllowList.length === 0 ? {} : { envAllowList }),
    ...(runner === undefined ? {} : { runner }),
    ...(annotations.length === 0 ? {} : { annotations }),
    ...(policies === undefined ? {} : { policies }),
  };
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
