import type { RecordedMaterial, WorkflowRun } from '../../api/types.gen.ts';
import type { AttachedPolicies, ContractPolicy } from '../../contract/effective.ts';
import type { Stage } from '../../evidence/store.ts';
import { type Evaluation, evaluate, notJudged, ofMaterial } from '../../policy/attached.ts';
import type { PolicyMaterial } from '../../policy/evaluation.ts';
import type { WrittenProjection } from '../../policy/project/written.ts';
import { WrittenJson } from '../../policy/written-json.ts';
import type { Reserve } from '../body.ts';
import type { ReceiverContext } from '../context.ts';
import type { OpenStore } from '../stores.ts';
import { policyRun } from './policy-run.ts';
import { assertJudged, judgementOf, recordedEvaluations, stageEvaluations } from './recorded.ts';

export interface MaterialToJudge {
  readonly material: PolicyMaterial;
  /** What policies get to see of its content; undefined where nobody has looked. */
  readonly projection: WrittenProjection | undefined;
}

/** What is to be recorded of a material that was judged as it was added. */
export interface JudgedMaterial {
  readonly record: Pick<RecordedMaterial, 'policies' | 'evaluations'>;
  /** With all that was said, to be committed before it is recorded; empty if nobody was asked. */
  readonly stages: readonly Stage[];
}

/** Asks the policies that judge a material when it is added. Throws `policy-unavailable` where one can't be asked. */
export async function judgeAdded(
  context: Pick<ReceiverContext, 'engines'>,
  run: WorkflowRun,
  contract: AttachedPolicies,
  judged: MaterialToJudge,
  { store, reserve }: { readonly store: OpenStore; readonly reserve: Reserve },
): Promise<JudgedMaterial> {
  const due = ofMaterial(contract, 'Add', judged.material);
  if (due.length === 0) return { record: {}, stages: [] };
  if (judged.projection?.ok === true) reserve(judged.projection.json.length);
  const now = new Date();
  const evaluations = await judgeMaterial(context, run, contract, judged, due, now);
  const { name, type, digest } = judged.material;
  const said = [{ material: { name, type, digest }, evaluations }];
  const stage = await stageEvaluations(store, run, 'Add', said, now);
  const record = { policies: evaluations.map(judgementOf), evaluations: recordedEvaluations(stage, store) };
  return { record, stages: [stage] };
}

/** What these policies say of a material. Throws `policy-unavailable` where one can't be asked. */
export async function judgeMaterial(
  { engines }: Pick<ReceiverContext, 'engines'>,
  run: WorkflowRun,
  contract: AttachedPolicies,
  { material, projection }: MaterialToJudge,
  due: readonly ContractPolicy[],
  now: Date,
): Promise<readonly Evaluation[]> {
  if (projection === undefined) return notJudged(due, 'its content was not read');
  if (!projection.ok) return notJudged(due, projection.message);
  const input = new WrittenJson(projection.json);
  const question = { input, material, run: policyRun(run), now: now.toISOString() };
  const evaluations = await evaluate(engines, contract, due, question);
  assertJudged(evaluations);
  return evaluations;
}
