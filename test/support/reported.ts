import type { Condition } from '../../src/api/conditions.ts';
import type { ArchiveTotal } from '../../src/api/messages.ts';
import type { Waiver, Workflow, WorkflowRun } from '../../src/api/types.gen.ts';
import { dayOf, daysBefore, daysBetween } from '../../src/cli/report/days.ts';
import { type Frame, makeReport, type Sight } from '../../src/cli/report/make.ts';
import type { Report } from '../../src/cli/report/model.ts';
import { workflowRun } from './workflow-run.ts';

export const TIME = '2026-11-28T10:00:00Z';
export const TODAY = dayOf(TIME);
export const FRAME: Frame = { time: TIME, from: daysBefore(TODAY, 29), to: TODAY, version: '0.1.0' };

export const conditionOf = (type: string, status: Condition['status'], reason: string, message = ''): Condition => ({
  ...{ type, status, reason, message },
  lastTransitionTime: '2026-11-27T08:00:00Z',
});

const WORKING = [conditionOf('Ready', 'True', 'Ready')];

export const workflowOf = (
  namespace: string,
  name: string,
  spec: Partial<Workflow['spec']> = {},
  conditions: readonly Condition[] = WORKING,
): Workflow => ({
  metadata: { namespace, name },
  spec: { contractRef: { name: 'release' }, ...spec },
  status: { conditions },
});

/** A finished or open run; the verdict is `True Accepted` or the like. */
export function runOf(
  workflow: Workflow,
  name: string,
  [succeeded, reason, message = '']: readonly [Condition['status'], string, string?],
  status: Partial<NonNullable<WorkflowRun['status']>> = {},
): WorkflowRun {
  const run = workflowRun(name, workflow.metadata.namespace ?? '');
  const verdict = conditionOf('Succeeded', succeeded, reason, message);
  const finished = succeeded === 'Unknown' ? {} : { finishTime: '2026-11-28T09:10:00Z' };
  return {
    ...run,
    spec: { ...run.spec, workflowRef: { ...run.spec.workflowRef, name: workflow.metadata.name } },
    status: {
      ...{ startTime: '2026-11-28T09:00:00Z', ...finished },
      ...status,
      conditions: [verdict, ...(status.conditions ?? [])],
    },
  };
}

/** Approved, unless its reason is another one; of a material, unless another thing is given. */
export const waiverOf = (
  namespace: string,
  name: string,
  { policy, ...spec }: Partial<Waiver['spec']>,
  reason: string,
): Waiver => ({
  metadata: { namespace, name },
  spec: {
    ...(policy === undefined ? { material: 'sbom' } : { policy }),
    ...{ selector: { matchLabels: { app: 'legacy' } }, owner: 'payments', requestedBy: 'alice@example.com' },
    ...{ reason: 'the scanner does not read Zig; SEC-1234', expires: '2026-12-20T00:00:00Z' },
    ...(reason === 'Approved' ? { approvedBy: 'bob@example.com' } : {}),
    ...spec,
  },
  status: { workflows: 1, conditions: [conditionOf('Active', reason === 'Approved' ? 'True' : 'False', reason)] },
});

/** Four weeks of a shop: weekends are quiet, and something goes wrong now and then. */
export function shopSight(): Sight {
  const storefront = workflowOf('shop', 'storefront', { team: 'web', project: 'shop' });
  const payments = workflowOf('shop', 'payments-api', { team: 'payments', project: 'shop' });
  const legacy = workflowOf('shop', 'legacy-batch', { team: 'payments', project: 'ledger' });
  const images = workflowOf('platform', 'base-images', { team: 'platform', project: 'base' });
  const charts = workflowOf('platform', 'charts', { team: 'platform', project: 'base' }, [
    conditionOf('Ready', 'False', 'ContractNotFound', "the contract 'charts' does not exist in this namespace"),
  ]);
  const days = daysBetween(FRAME.from, TODAY);
  const archived = (workflow: Workflow, accepted: readonly number[], refused: readonly number[]): ArchiveTotal[] =>
    days.slice(0, -1).flatMap((period, at) => {
      const isQuiet = [0, 6].includes(new Date(period).getUTCDay());
      const total = {
        accepted: isQuiet ? 0 : (accepted[at % accepted.length] ?? 0),
        failed: isQuiet ? 0 : (refused[at % refused.length] ?? 0),
      };
      if (total.accepted + total.failed === 0) return [];
      const { namespace = '', name } = workflow.metadata;
      return [{ ...{ namespace, of: name, period }, ...total, seconds: 240 }];
    });
  const objection = {
    kind: 'ClusterPolicy',
    policy: 'no-known-exploited',
    material: 'sarif',
    subject: 'log4j-core',
  } as const;
  const counts = { summary: '3/4', evaluated: 4, passed: 3, violated: 1, skipped: 0, failed: 0 };
  return {
    workflows: [storefront, payments, legacy, images, charts],
    runs: [
      runOf(storefront, 'storefront-1f9a01c2de', ['True', 'Accepted']),
      runOf(storefront, 'storefront-7be2a90c11', ['Unknown', 'Crafting']),
      runOf(payments, 'payments-api-66c1d0ab54', ['False', 'PolicyViolation'], {
        policies: {
          ...counts,
          violations: [{ ...objection, message: 'CVE-2021-44228 in log4j-core 2.14.1 is exploited' }],
        },
      }),
      runOf(legacy, 'legacy-batch-90aa12ffe3', ['True', 'Waived']),
      runOf(images, 'base-images-42d7c01b9e', ['True', 'Accepted']),
    ],
    waivers: [
      waiverOf('shop', 'legacy-sbom', {}, 'Approved'),
      waiverOf(
        'shop',
        'payments-hotfix',
        {
          ...{ policy: { kind: 'ClusterPolicy', name: 'no-known-exploited' }, expires: '2026-12-05T00:00:00Z' },
          reason: 'the fix is being rolled out; INC-88',
        },
        'AwaitingApproval',
      ),
    ],
    archived: [
      ...archived(storefront, [6, 8, 7, 9, 5], [0, 1, 0, 0, 0, 0, 2]),
      ...archived(payments, [3, 4, 2], [0, 0, 1, 0, 2]),
      ...archived(legacy, [1], [0, 0, 0, 0, 0, 1, 0, 0]),
      ...archived(images, [2, 0, 1, 3], [0]),
    ],
    unseen: [],
  };
}

export const shopReport = (): Report => makeReport(FRAME, shopSight());
