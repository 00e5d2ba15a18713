import type { RecordedEvaluation, RecordedMaterial, WorkflowRun } from '../../api/types.gen.ts';
import { recordOfRun } from '../../attestation/record.ts';
import { renderStatement } from '../../attestation/statement.ts';
import type { ContractPolicy, EffectiveContract } from '../../contract/effective.ts';
import type { Stage } from '../../evidence/store.ts';
import { type Evaluation, evaluate, ofAttestation, ofMaterial } from '../../policy/attached.ts';
import type { ReceiverContext } from '../context.ts';
import type { OpenStore } from '../stores.ts';
import { judgeMaterial } from './judge-material.ts';
import { policyRun } from './policy-run.ts';
import { assertJudged, type Judged, judgementOf, stageEvaluations } from './recorded.ts';
import { type ReadingOptions, storedContent } from './stored-content.ts';

/** What policies said of a run. */
export interface JudgedRun {
  readonly evaluations: readonly RecordedEvaluation[];
  /** With all that was said, to be committed before it is recorded; absent if nobody was asked. */
  readonly stage?: Stage;
}

export interface PushOptions extends ReadingOptions {
  /** For what is said. */
  readonly store: OpenStore;
  readonly now: Date;
}

/** Asks the policies that judge a run before there is anything of it. Throws `policy-unavailable` where one can't be asked. */
export async function judgeInit(
  context: Pick<ReceiverContext, 'engines'>,
  run: WorkflowRun,
  contract: EffectiveContract,
  store: () => Promise<OpenStore>,
  now: Date,
): Promise<JudgedRun> {
  const due = ofAttestation(contract, 'Init');
  if (due.length === 0) return { evaluations: [] };
  const said = { evaluations: await judgeStatement(context, run, contract, due, now) };
  return {
    evaluations: recorded('Init', said),
    stage: await stageEvaluations(await store(), run, 'Init', [said], now),
  };
}

/** Asks the policies that judge a run at its end, and keeps all that they say. Throws `policy-unavailable`. */
export async function judgePush(
  context: JudgingContext,
  run: WorkflowRun,
  contract: EffectiveContract,
  { store, ...options }: PushOptions,
): Promise<JudgedRun> {
  const judged = await judgeOpen(context, run, contract, options);
  if (judged.length === 0) return { evaluations: [] };
  const stage = await stageEvaluations(store, run, 'Push', judged, options.now);
  return { evaluations: judged.flatMap(recordedAtPush), stage };
}

export const recordedAtPush = (judged: Judged): readonly RecordedEvaluation[] => recorded('Push', judged);

type JudgingContext = Pick<ReceiverContext, 'engines' | 'stores' | 'checks'>;

/**
 * What policies say of a run at its end, of its materials and of what will be attested: those that judge then, and those that should
 * have been asked before and that the record says nothing of.
 */
export async function judgeOpen(
  context: JudgingContext,
  run: WorkflowRun,
  contract: EffectiveContract,
  { now, ...reading }: ReadingOptions & { readonly now: Date },
): Promise<readonly Judged[]> {
  const judged: Judged[] = [];
  const due = [...new Set([...unasked(run, contract), ...ofAttestation(contract, 'Push')])];
  if (due.length > 0) judged.push({ evaluations: await judgeStatement(context, run, contract, due, now) });
  // One after the other: each is in memory whole.
  for (const recorded of run.status?.materials ?? []) {
    const due = dueAtPush(recorded, contract);
    if (due.length === 0) continue;
    const { name, type, digest, annotations = {} } = recorded;
    const projection = await storedContent(context, run, recorded, reading);
    const seen = { material: { name, type, digest, annotations }, projection };
    const evaluations = await judgeMaterial(context, run, contract, seen, due, now);
    judged.push({ material: { name, type, digest }, evaluations });
  }
  return judged;
}

/** A run that was opened by a receiver that was killed right then has nothing of what policies say at init. */
const unasked = (run: WorkflowRun, contract: EffectiveContract): readonly ContractPolicy[] => {
  const said = run.status?.policies?.evaluations ?? [];
  return ofAttestation(contract, 'Init').filter(({ kind, name }) => !said.some((each) => isOf(each, kind, name)));
};

function dueAtPush(material: RecordedMaterial, contract: EffectiveContract): readonly ContractPolicy[] {
  const { policies: said = [] } = material;
  const missing = ofMaterial(contract, 'Add', material).filter(
    ({ kind, name }) => !said.some((each) => isOf(each, kind, name)),
  );
  return [...new Set([...missing, ...ofMaterial(contract, 'Push', material)])];
}

const isOf = (said: { readonly kind: string; readonly policy: string }, kind: string, name: string): boolean =>
  said.kind === kind && said.policy === name;

async function judgeStatement(
  { engines }: Pick<ReceiverContext, 'engines'>,
  run: WorkflowRun,
  contract: EffectiveContract,
  due: readonly ContractPolicy[],
  now: Date,
): Promise<readonly Evaluation[]> {
  const time = now.toISOString();
  // What the cluster recorded, and not what a client says of it.
  const input = renderStatement(recordOfRun(run, contract), time);
  const evaluations = await evaluate(engines, contract, due, { input, run: policyRun(run), now: time });
  assertJudged(evaluations);
  return evaluations;
}

const recorded = (
  phase: RecordedEvaluation['phase'],
  { material, evaluations }: Judged,
): readonly RecordedEvaluation[] =>
  evaluations.map((each) => ({
    phase,
    ...(material === undefined ? {} : { material: material.name }),
    ...judgementOf(each),
  }));
