import { API_VERSION } from '../../api/labels.ts';
import type { Finding } from '../../api/problem.ts';
import { asRecord, asText } from '../../api/record.ts';
import type { Contract } from '../../api/types.gen.ts';
import { type AuthoredKind, type Validation, validateObject } from '../../api/validate.ts';
import { groupProblems } from '../policy-groups.ts';
import { importContract } from './contract.ts';
import { groupOfPolicies, importGroup } from './group.ts';
import type { AnyGroup, AnyPolicy, ImportOptions } from './options.ts';
import { importPolicy } from './policy.ts';
import { createReporter, type ImportReport, type Reporter } from './report.ts';

export type ImportedObject = Contract | AnyPolicy | AnyGroup;

export type Imported =
  | ({ readonly ok: true; readonly objects: readonly ImportedObject[] } & ImportReport)
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** What a document of Chainloop's is. A contract of the first generation has no kind. */
export type DocumentKind = 'FirstContract' | 'Contract' | 'Policy' | 'PolicyGroup';

const VERSIONS: readonly unknown[] = ['chainloop.dev/v1', 'workflowcontract.chainloop.dev/v1'];

/**
 * A document of Chainloop's, a contract of either generation, a policy or a group, as objects for kubectl apply. Expects what a YAML
 * reader makes of it when it leaves every scalar a text. Every field is carried over, or stands in the report.
 */
export function importDocument(document: unknown, options: ImportOptions = {}): Imported {
  const kind = documentKind(document);
  if (typeof kind !== 'string') return { ok: false, findings: [kind] };
  const reporter = createReporter();
  const objects = objectsOf(document, kind, options, reporter);
  const findings = findingsIn(objects, kind, reporter.report);
  return findings.length > 0 ? { ok: false, findings } : { ok: true, objects, ...reporter.report };
}

/** What a document is, or why it can't be imported. */
export function documentKind(document: unknown): DocumentKind | Finding {
  const { schemaVersion, schema_version, apiVersion, kind } = asRecord(document) ?? {};
  if ((schemaVersion ?? schema_version) === 'v1') return 'FirstContract';
  if (VERSIONS.includes(apiVersion)) {
    if (kind === 'Contract' || kind === 'Policy' || kind === 'PolicyGroup') return kind;
    return { at: 'kind', message: `'${kind}' can't be imported; a Contract, a Policy or a PolicyGroup can` };
  }
  if (apiVersion === API_VERSION) {
    return { at: 'apiVersion', message: `it is Proviso's own already; type: kubectl apply -f FILE` };
  }
  return {
    message: `it is nothing of Chainloop's: 'schemaVersion: v1', or 'apiVersion: ${VERSIONS[0]}' with 'kind: Contract', Policy or PolicyGroup was expected`,
  };
}

function objectsOf(
  document: unknown,
  kind: DocumentKind,
  options: ImportOptions,
  reporter: Reporter,
): readonly ImportedObject[] {
  if (kind === 'Policy') {
    const policies = importPolicy({ at: '', value: document }, options, reporter);
    const name = nameIn(document) ?? options.name ?? '';
    return policies.length > 1 ? [...policies, groupOfPolicies(name, policies, options)] : policies;
  }
  if (kind === 'PolicyGroup') {
    const imported = importGroup(document, options, reporter);
    return imported === undefined ? [] : [...imported.policies, imported.group];
  }
  const { contract, policies } = importContract(document, kind === 'Contract' ? 2 : 1, options, reporter);
  return [...policies, contract];
}

/** The name that a document gives itself. */
export const nameIn = (document: unknown): string | undefined => asText(asRecord(asRecord(document)?.metadata)?.name);

/** What the cluster would refuse of it. */
function findingsIn(
  objects: readonly ImportedObject[],
  kind: DocumentKind,
  { lost }: ImportReport,
): readonly Finding[] {
  // There is nothing that could be used without what is lost.
  if (objects.length === 0) return lost;
  return objects.flatMap((object) => {
    if (kind === 'FirstContract' && object.metadata.name === '') {
      return [
        { at: 'metadata.name', message: 'a contract of the first generation has no name; give one: --name NAME' },
      ];
    }
    const validation = validated(object);
    if (!validation.ok) return validation.findings;
    return isGroup(object) ? groupProblems(object.spec) : [];
  });
}

function validated(object: ImportedObject): Validation<unknown> {
  const { kind } = object;
  return validateObject(kind as AuthoredKind, object);
}

export const isPolicy = (object: ImportedObject): object is AnyPolicy =>
  object.kind === 'Policy' || object.kind === 'ClusterPolicy';

export const isGroup = (object: ImportedObject): object is AnyGroup =>
  object.kind === 'PolicyGroup' || object.kind === 'ClusterPolicyGroup';
