import { Ajv, type ValidateFunction } from 'ajv';
import { isDayOfCalendar } from './date-time.ts';
import { excerpt } from './excerpt.ts';
import { API_VERSION } from './labels.ts';
import { nearest } from './nearest.ts';
import type { Finding } from './problem.ts';
import { asArray, asRecord, asText, type UnknownRecord } from './record.ts';
import {
  CLUSTER_CONTRACT_RULES,
  CONTRACT_RULES,
  EVIDENCE_STORE_RULES,
  POLICY_GROUP_RULES,
  POLICY_RULES,
  type Rule,
  TRUST_ROOT_RULES,
  WAIVER_RULES,
  WORKFLOW_RULES,
} from './rules.ts';
import { schemaFinding } from './schema-findings.ts';
import { SCHEMAS } from './schemas.gen.ts';
import { SUBSCRIPTION_RULES } from './subscription-rules.ts';
import type {
  ClusterContract,
  ClusterPolicy,
  ClusterPolicyGroup,
  Contract,
  EvidenceStore,
  Policy,
  PolicyGroup,
  Subscription,
  TrustRoot,
  Waiver,
  Workflow,
} from './types.gen.ts';

/** The kinds that people write, by name. */
export interface Authored {
  readonly Contract: Contract;
  readonly ClusterContract: ClusterContract;
  readonly Workflow: Workflow;
  readonly EvidenceStore: EvidenceStore;
  readonly TrustRoot: TrustRoot;
  readonly Policy: Policy;
  readonly ClusterPolicy: ClusterPolicy;
  readonly Waiver: Waiver;
  readonly Subscription: Subscription;
  readonly PolicyGroup: PolicyGroup;
  readonly ClusterPolicyGroup: ClusterPolicyGroup;
}
export type AuthoredKind = keyof Authored;

export type Validation<T> =
  | { readonly ok: true; readonly object: T }
  | { readonly ok: false; readonly findings: readonly Finding[] };

const RULES: { readonly [K in AuthoredKind]: readonly Rule<Authored[K]>[] } = {
  Contract: CONTRACT_RULES,
  ClusterContract: CLUSTER_CONTRACT_RULES,
  Workflow: WORKFLOW_RULES,
  EvidenceStore: EVIDENCE_STORE_RULES,
  TrustRoot: TRUST_ROOT_RULES,
  Policy: POLICY_RULES,
  ClusterPolicy: POLICY_RULES,
  Waiver: WAIVER_RULES,
  Subscription: SUBSCRIPTION_RULES,
  PolicyGroup: POLICY_GROUP_RULES,
  ClusterPolicyGroup: POLICY_GROUP_RULES,
};
const KINDS = Object.keys(SCHEMAS);
const compiled = new Map<AuthoredKind, ValidateFunction>();

/** The kind that a parsed file says it is, or why it is none that can be checked. */
export function authoredKind(value: unknown): Validation<AuthoredKind> {
  const record = asRecord(value);
  if (record === undefined) return refuse('', 'must be an object with apiVersion, kind, metadata and spec');
  const kind = asText(record.kind);
  if (kind === undefined) return refuse('kind', `is required; allowed are ${KINDS.join(', ')}`);
  if (isAuthoredKind(kind)) return { ok: true, object: kind };
  const meant = nearest(kind, KINDS);
  const hint = meant === undefined ? '' : `did you mean '${meant}'? `;
  return refuse(
    'kind',
    `'${excerpt(kind)}' is no kind that ${API_VERSION} lets people write; ${hint}allowed are ${KINDS.join(', ')}`,
  );
}

/**
 * Judges a parsed file as the API server would under strict validation: form, unknown fields, keyed lists, and the rules
 * across fields, which are only looked at when the form is right. Reads nothing but its argument.
 */
export function validateObject<K extends AuthoredKind>(kind: K, value: unknown): Validation<Authored[K]> {
  const findings = [...formFindings(kind, value), ...duplicates(SCHEMAS[kind], value, '')];
  if (findings.length > 0) return { ok: false, findings };
  const object = value as Authored[K];
  const broken = RULES[kind].flatMap((rule) => rule.broken(object).map((at) => ({ at, message: rule.message })));
  return broken.length > 0 ? { ok: false, findings: broken } : { ok: true, object };
}

const isAuthoredKind = (kind: string): kind is AuthoredKind => Object.hasOwn(SCHEMAS, kind);

const refuse = (at: string, message: string): { readonly ok: false; readonly findings: readonly Finding[] } => ({
  ok: false,
  findings: [at === '' ? { message } : { at, message }],
});

function formFindings(kind: AuthoredKind, value: unknown): readonly Finding[] {
  const validate = compiled.get(kind) ?? compile(kind);
  compiled.set(kind, validate);
  return validate(value) ? [] : (validate.errors ?? []).map(schemaFinding);
}

function compile(kind: AuthoredKind): ValidateFunction {
  const ajv = new Ajv({ strict: true, allErrors: true, verbose: true, strictTypes: false });
  ajv.addVocabulary(['x-list-keys']);
  ajv.addFormat('date-time', isDayOfCalendar);
  return ajv.compile(SCHEMAS[kind]);
}

/** Entries of keyed lists whose key stands there before; JSON Schema has no word for that. */
function duplicates(schema: unknown, value: unknown, path: string): readonly Finding[] {
  const { properties, items, 'x-list-keys': keys } = asRecord(schema) ?? {};
  if (Array.isArray(value)) {
    return [
      ...repeatedKeys(asArray(keys).map(String), value, path),
      ...value.flatMap((item, index) => duplicates(items, item, `${path}[${index}]`)),
    ];
  }
  const members = asRecord(value) ?? {};
  return Object.entries(asRecord(properties) ?? {}).flatMap(([name, child]) =>
    duplicates(child, members[name], path === '' ? name : `${path}.${name}`),
  );
}

function repeatedKeys(keys: readonly string[], list: readonly unknown[], path: string): readonly Finding[] {
  const seen = new Map<string, number>();
  return list.flatMap((item, index) => {
    const record: UnknownRecord = asRecord(item) ?? {};
    return keys.flatMap((key) => {
      const text = asText(record[key]);
      if (text === undefined) return [];
      const first = seen.get(text);
      if (first === undefined) {
        seen.set(text, index);
        return [];
      }
      const message = `'${excerpt(text)}' is taken by ${path}[${first}]; names are unique`;
      return [{ at: `${path}[${index}].${key}`, message }];
    });
  });
}
