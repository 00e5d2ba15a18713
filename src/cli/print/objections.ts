import type { ContractMessage } from '../../api/contract-messages.ts';
import type { RecordedMaterial, RunPolicies } from '../../api/types.gen.ts';
import { failsRun, isObjection, judgedIn } from '../../contract/policy-verdict.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';

const objections = (materials: readonly RecordedMaterial[], policies: RunPolicies | undefined) =>
  judgedIn(materials, policies?.evaluations ?? []).filter(isObjection);

/** Whether a run with these materials would fail. */
export const wouldFail = ({ enforcement }: ContractMessage, materials: readonly RecordedMaterial[]): boolean =>
  objections(materials, undefined).some((each) => failsRun(each, enforcement));

/** What policies object to, a line each; those that fail the run in red. */
export function formatObjections(
  { colours: { red, yellow, bold } }: Io,
  { enforcement }: ContractMessage,
  materials: readonly RecordedMaterial[],
  policies?: RunPolicies,
): readonly string[] {
  return objections(materials, policies).map((told) => {
    const { policy, material, subject = policy, message = '', violations = 1, outcome } = told;
    const fails = failsRun(told, enforcement);
    const word = outcome === 'Violated' ? 'violates' : outcome === 'Failed' ? 'not judged by' : 'skipped by';
    const more = violations > 1 ? `, and ${violations - 1} more` : '';
    const of = material === undefined ? '' : `${bold(plain(material))} `;
    return `${of}${(fails ? red : yellow)(word)} ${plain(policy)}: ${plain(subject)}: ${plain(message)}${more}`;
  });
}
