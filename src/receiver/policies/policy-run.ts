import type { WorkflowRun } from '../../api/types.gen.ts';
import type { PolicyRun } from '../../policy/evaluation.ts';

/** A run as policies see it. */
export const policyRun = ({ metadata, spec }: WorkflowRun): PolicyRun => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  workflow: spec.workflowRef.name,
  ...(spec.project === undefined ? {} : { project: spec.project }),
  ...(spec.team === undefined ? {} : { team: spec.team }),
});
