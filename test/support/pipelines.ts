import type { ControlPlane } from '../controlplane/index.ts';
import { eventually } from './eventually.ts';

/** A pipeline of the cluster whose controller is the test. */
export interface Pipeline {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

const API = {
  Job: { apiVersion: 'batch/v1', resource: 'jobs.batch' },
  PipelineRun: { apiVersion: 'tekton.dev/v1', resource: 'pipelineruns.tekton.dev' },
  Workflow: { apiVersion: 'argoproj.io/v1alpha1', resource: 'workflows.argoproj.io' },
} as const;
type Kind = keyof typeof API;

const SPECS: Readonly<Record<Kind, object>> = {
  Job: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'none' }] } } },
  PipelineRun: { pipelineRef: { name: 'build' } },
  Workflow: { entrypoint: 'main' },
};

export async function startPipeline(
  plane: ControlPlane,
  kind: Kind,
  name: string,
  labels: object = {},
): Promise<Pipeline> {
  const { apiVersion } = API[kind];
  const object = { apiVersion, kind, metadata: { name, namespace: 'shop', labels }, spec: SPECS[kind] };
  // An API server takes a moment to serve what a CRD brings.
  const uid = await eventually(`the ${kind} ${name}`, async () => {
    const input = JSON.stringify(object);
    const { code, stdout, stderr } = await plane.kubectl(['create', '-f', '-', '-o', 'jsonpath={.metadata.uid}'], {
      input,
    });
    if (code !== 0) throw new Error(stderr);
    return stdout;
  });
  return { apiVersion, kind, name, uid };
}

/** Ends one as its controller does. */
export async function endPipeline(
  plane: ControlPlane,
  { kind, name }: Pipeline,
  outcome: 'succeeded' | 'failed',
): Promise<void> {
  const { resource } = API[kind as Kind];
  // Argo's CRD has no subresource for the status.
  const how = kind === 'Workflow' ? [] : ['--subresource=status'];
  const status = STATUS[kind as Kind](outcome === 'succeeded', `${new Date().toISOString().slice(0, 19)}Z`);
  const args = ['patch', resource, '-n', 'shop', name, ...how, '--type=merge', '-p', JSON.stringify({ status })];
  const { code, stderr } = await plane.kubectl(args);
  if (code !== 0) throw new Error(stderr);
}

const STATUS: Readonly<Record<Kind, (isGood: boolean, time: string) => object>> = {
  Job: (isGood, time) => {
    const [first, last] = isGood ? ['SuccessCriteriaMet', 'Complete'] : ['FailureTarget', 'Failed'];
    const reason = isGood ? 'CompletionsReached' : 'BackoffLimitExceeded';
    const conditions = [first, last].map((type) => ({ type, status: 'True', reason, lastTransitionTime: time }));
    return { startTime: time, conditions, ...(isGood ? { completionTime: time, succeeded: 1 } : {}) };
  },
  PipelineRun: (isGood, time) => {
    const said = isGood
      ? { status: 'True', reason: 'Succeeded', message: 'Tasks Completed: 1 (Failed: 0, Cancelled 0), Skipped: 0' }
      : { status: 'False', reason: 'Cancelled', message: 'PipelineRun was cancelled' };
    return { completionTime: time, conditions: [{ type: 'Succeeded', ...said, lastTransitionTime: time }] };
  },
  Workflow: (isGood, time) => ({ phase: isGood ? 'Succeeded' : 'Failed', finishedAt: time, message: 'as it says' }),
};
