import type { Request, Response } from 'express';
import type { Reference, ReferrersMessage } from '../../api/messages.ts';
import { saidByPolicies } from '../../api/run-evidence.ts';
import type { WorkflowRun } from '../../api/types.gen.ts';
import type { ReceiverContext } from '../context.ts';
import { maySee } from '../run-access.ts';
import { runSummary } from '../state.ts';
import { digestParam } from './params.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** `GET /v1/referrers/{digest}?limit=`: the runs that a digest belongs to, the newest first; others aren't told of. */
export const referrersRoute = (context: ReceiverContext) => async (request: Request, response: Response) => {
  const { caller } = await context.authenticate(request, response);
  const digest = digestParam(request);
  const limit = Math.min(MAX_LIMIT, Math.max(1, Number(request.query.limit) || DEFAULT_LIMIT));
  const runs = context.runs.byIndex('mentioned', digest).toSorted((a, b) => startOf(b).localeCompare(startOf(a)));
  const items: ReferrersMessage['items'][number][] = [];
  for (const run of runs) {
    if (items.length === limit) break;
    if (!(await maySee(context, caller, run))) continue;
    items.push({ ...runSummary(run), references: referencesOf(run, digest) });
  }
  const answer: ReferrersMessage = { digest, items };
  response.json(answer);
};

const startOf = ({ metadata, status }: WorkflowRun): string => status?.startTime ?? metadata.creationTimestamp ?? '';

function referencesOf(run: WorkflowRun, digest: string): readonly Reference[] {
  const { status } = run;
  const materials = (status?.materials ?? [])
    .filter((material) => material.digest === digest)
    .map(({ name, type }) => ({ role: 'material', name, type }) as const);
  const statements = (status?.statements ?? [])
    .filter((statement) => statement.digest === digest)
    .map(({ predicateType }) => ({ role: 'statement', predicateType }) as const);
  const evaluations = saidByPolicies(run)
    .filter((said) => said.digest === digest)
    .map(({ of }) => ({ role: 'evaluations', of }) as const);
  const isAttestation = status?.attestation?.digest === digest;
  return [...materials, ...(isAttestation ? [{ role: 'attestation' } as const] : []), ...statements, ...evaluations];
}

/** Every digest that a run names, also of what is kept elsewhere, for the index of the watch. */
export const digestsMentionedBy = (run: WorkflowRun): readonly string[] => [
  ...new Set([
    ...(run.status?.materials ?? []).map(({ digest }) => digest),
    ...(run.status?.attestation === undefined ? [] : [run.status.attestation.digest]),
    ...(run.status?.statements ?? []).map(({ digest }) => digest),
    ...saidByPolicies(run).map(({ digest }) => digest),
  ]),
];
