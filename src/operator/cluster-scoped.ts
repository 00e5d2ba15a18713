import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { OperatorContext } from './context.ts';

/** An object of the cluster that namespaces share: one is what they use by default, and it may be for some of them only. */
export interface Shared extends KubeObject {
  readonly spec: {
    readonly default?: boolean;
    readonly namespaces?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
}

/** The default one: of several that claim it, the oldest. */
export function defaultOf<T extends Shared>(all: readonly T[]): T | undefined {
  const age = ({ metadata }: T): string => `${metadata.creationTimestamp} ${metadata.name}`;
  return all.filter(({ spec }) => spec.default === true).toSorted((a, b) => (age(a) < age(b) ? -1 : 1))[0];
}

/** Whether the namespace may use it. */
export async function mayUse({ client }: OperatorContext, { spec }: Shared, namespace: string): Promise<boolean> {
  const wanted = spec.namespaces?.matchLabels;
  if (wanted === undefined) return true;
  const found = await client.find<KubeObject>(KIND.Namespace, { name: namespace });
  return Object.entries(wanted).every(([label, value]) => found?.metadata.labels?.[label] === value);
}
