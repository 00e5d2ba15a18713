import type { KubeObject } from './object.ts';

/** A cluster-scoped object that serves namespaces: by default, and to whom, is in its spec. */
export interface Offered extends KubeObject {
  readonly spec: {
    readonly default?: boolean;
    readonly fallback?: boolean;
    readonly namespaces?: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
}

/** What only one object of a kind can be. */
export type Role = 'default' | 'fallback';

/** The one with the role: of several that claim it, the oldest. */
export function holderOf<T extends Offered>(role: Role, objects: readonly T[]): T | undefined {
  const age = ({ metadata }: T): string => `${metadata.creationTimestamp} ${metadata.name}`;
  return objects.filter(({ spec }) => spec[role] === true).toSorted((a, b) => (age(a) < age(b) ? -1 : 1))[0];
}

export const defaultOf = <T extends Offered>(objects: readonly T[]): T | undefined => holderOf('default', objects);

/** Whether a namespace may use it; one that doesn't exist may use only what all may. */
export const isOffered = ({ namespaces }: Offered['spec'], namespace: KubeObject | undefined): boolean =>
  Object.entries(namespaces?.matchLabels ?? {}).every(
    ([label, value]) => namespace?.metadata.labels?.[label] === value,
  );
