import type { ClusterPolicy, ClusterPolicyGroup, Policy, PolicyGroup } from '../../api/types.gen.ts';

/** Of a namespace or of the cluster; the fields are the same. */
export type AnyPolicy = Policy | ClusterPolicy;
export type AnyGroup = PolicyGroup | ClusterPolicyGroup;

export type ScriptReading =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** What a file doesn't say itself. */
export interface ImportOptions {
  /** The name of a document that has none of its own, as contracts of the first generation. */
  readonly name?: string;
  readonly namespace?: string;
  /** Whether policies and groups become the cluster's, which every namespace can attach. */
  readonly cluster?: boolean;
  /** Whether a policy without a type is attached where it judges the statement of a run. */
  readonly forStatement?: boolean;
  /** Reads the script that a policy names by its path. */
  readonly readScript?: (path: string) => ScriptReading;
  /** What became of a policy that is referred to, if it is imported beside what refers to it. */
  readonly policiesOf?: (ref: string) => readonly AnyPolicy[] | undefined;
  /** The same of a group. */
  readonly groupOf?: (ref: string) => AnyGroup | undefined;
}

export const policyKind = ({ cluster = false }: ImportOptions): 'Policy' | 'ClusterPolicy' =>
  cluster ? 'ClusterPolicy' : 'Policy';

export const groupKind = ({ cluster = false }: ImportOptions): 'PolicyGroup' | 'ClusterPolicyGroup' =>
  cluster ? 'ClusterPolicyGroup' : 'PolicyGroup';
