import { sha256Hex } from '../../src/api/canonical.ts';
import type { RecordedJudgement, RunPolicies, WorkflowRun } from '../../src/api/types.gen.ts';

export const digestOf = (text: string): string => `sha256:${sha256Hex(text)}`;

export interface SampleRun {
  readonly name: string;
  readonly namespace?: string;
  readonly workflow?: string;
  readonly team?: string;
  readonly started?: string;
  readonly seconds?: number;
  readonly succeeded?: 'True' | 'False';
  readonly commit?: string;
  readonly signer?: string;
  /** Names of materials with what their bytes are. */
  readonly materials?: Readonly<Record<string, string>>;
  /** What policies said of materials, by their names. */
  readonly judged?: Readonly<Record<string, readonly RecordedJudgement[]>>;
  /** What they said at init and at push. */
  readonly evaluations?: RunPolicies['evaluations'];
  readonly waivers?: NonNullable<WorkflowRun['status']>['waivers'];
}

/** A finished run as the API server would have it. */
export function sampleRun(sample: SampleRun): WorkflowRun {
  const { name, namespace = 'shop', workflow = 'build', started = '2026-11-01T10:00:00.000Z', seconds = 60 } = sample;
  const { succeeded = 'True', signer = 'build', team, commit, materials = {} } = sample;
  const { judged = {}, evaluations, waivers } = sample;
  const said = (of: string) => ({ digest: digestOf(`said of ${of} of ${name}`), size: 5, storeName: 'default' });
  const counts = { summary: '0/0', evaluated: 0, passed: 0, violated: 0, skipped: 0, failed: 0 };
  const finished = new Date(Date.parse(started) + seconds * 1000).toISOString();
  return {
    apiVersion: 'proviso.dev/v1alpha1',
    kind: 'WorkflowRun',
    metadata: { name, namespace, uid: `uid-${namespace}-${name}`, creationTimestamp: started },
    spec: {
      workflowRef: { name: workflow, uid: `uid-${workflow}` },
      contract: { name: 'release', revision: 1, revisionName: 'release-1', digest: digestOf('contract') },
      identity: { username: 'somebody' },
      runKey: name,
      runner: { type: 'GENERIC', authenticated: false },
      ...(team === undefined ? {} : { team }),
      ...(commit === undefined ? {} : { commit: { sha: commit } }),
      evidenceStoreName: 'default',
      deadlineTime: finished,
    },
    status: {
      startTime: started,
      finishTime: finished,
      materials: Object.entries(materials).map(([material, bytes]) => ({
        name: material,
        type: 'ARTIFACT',
        digest: digestOf(bytes),
        size: bytes.length,
        stored: true,
        addTime: started,
        addedBy: 'somebody',
        ...(judged[material] === undefined ? {} : { policies: judged[material], evaluations: said(material) }),
      })),
      ...(evaluations === undefined ? {} : { policies: { ...counts, evaluations, atPush: said('Push') } }),
      ...(waivers === undefined ? {} : { waivers }),
      attestation: {
        digest: digestOf(`attestation of ${name}`),
        payloadDigest: digestOf(`payload of ${name}`),
        predicateType: 'chainloop.dev/attestation/v0.2',
        mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        size: 10,
        storeName: 'default',
        signer: { kind: 'Key', display: signer },
        acceptTime: finished,
      } as never,
      conditions: [
        { type: 'Succeeded', status: succeeded, reason: 'Accepted', message: 'x', lastTransitionTime: finished },
      ],
    },
  };
}
