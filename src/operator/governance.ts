import { isSelected } from '../api/label-selector.ts';
import type { KubeObject } from '../api/object.ts';
import type { ClusterContract, Workflow } from '../api/types.gen.ts';
import type { OperatorStores } from './context.ts';

/** Whether a ClusterContract governs a workflow of this namespace. */
export const governs = ({ spec }: ClusterContract, workflow: Workflow, namespace: KubeObject): boolean =>
  isSelected(spec.workflowSelector, workflow.metadata.labels) &&
  isSelected(spec.namespaceSelector, namespace.metadata.labels);

/** The workflows that a ClusterContract governs, as far as their namespaces are known. */
export function governedBy(
  { workflows, namespaces }: Pick<OperatorStores, 'workflows' | 'namespaces'>,
  contract: ClusterContract,
): readonly Workflow[] {
  return workflows.list().filter((workflow) => {
    const namespace = namespaces.get({ name: workflow.metadata.namespace ?? '' });
    return namespace !== undefined && governs(contract, workflow, namespace);
  });
}
