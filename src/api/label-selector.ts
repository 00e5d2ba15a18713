import type { ClusterContractSpec } from './types.gen.ts';

/** A label selector as Kubernetes defines it, but for this: absent, it selects everything. */
export type LabelSelector = ClusterContractSpec['namespaceSelector'];

type Labels = Readonly<Record<string, string>>;
type Requirement = NonNullable<NonNullable<LabelSelector>['matchExpressions']>[number];

/** Whether an object with these labels is selected. */
export function isSelected(selector: LabelSelector, labels: Labels = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labelOf(labels, key) === value) &&
    matchExpressions.every((requirement) => holds(requirement, labelOf(labels, requirement.key)))
  );
}

/** Not `labels[key]` alone: every object inherits a `constructor`. */
const labelOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

function holds({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}
