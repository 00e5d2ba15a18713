import type { RefusedObject } from './refused-objects.ts';

const workflow = (spec: object) => ({
  apiVersion: 'proviso.dev/v1alpha1',
  kind: 'Workflow',
  metadata: { name: 'build' },
  spec: { contractRef: { name: 'release' }, ...spec },
});

/** Sources of workflows that name no pipelines. */
export const REFUSED_SOURCES: readonly RefusedObject[] = [
  {
    what: 'a source with more grace than a day',
    object: workflow({ source: { kind: 'Job', grace: '25h' } }),
    at: 'spec.source.grace',
    says: /spec\.source\.grace must be at most 24h/,
  },
  {
    what: 'a source of another kind',
    object: workflow({ source: { kind: 'TaskRun' } }),
    at: 'spec.source.kind',
    says: /'TaskRun' is not allowed here; .*PipelineRun/,
    serverSays: /spec\.source\.kind: Unsupported value: "TaskRun"/,
  },
  {
    what: 'a source with a requirement without values',
    object: workflow({ source: { kind: 'Job', selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } } }),
    at: 'spec.source.selector.matchExpressions[0]',
    says: /'values' must be given for In and NotIn/,
  },
];
