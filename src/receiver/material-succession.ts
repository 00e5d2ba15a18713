import { Problem } from '../api/problem.ts';
import type { RecordedMaterial, WorkflowRun } from '../api/types.gen.ts';

type Content = Pick<RecordedMaterial, 'name' | 'type' | 'digest'>;

/**
 * How often other content stood under the name before, for the entry that is to be written; the API server refuses one of other
 * content without a higher number. Throws `material-exists` for other content where nothing is to be replaced.
 */
export function successionOf(
  run: WorkflowRun,
  next: Content,
  isReplacement: boolean,
): Pick<RecordedMaterial, 'replaced'> {
  const before = run.status?.materials?.find(({ name }) => name === next.name);
  if (before === undefined) return {};
  const { replaced = 0 } = before;
  const isSame = before.digest === next.digest && before.type === next.type;
  if (isSame) return replaced === 0 ? {} : { replaced };
  if (isReplacement) return { replaced: replaced + 1 };
  throw new Problem(
    'material-exists',
    `the run has a material '${next.name}' already, with other content: ${before.type}, ${before.digest}`,
    { hint: 'to put this one in its place: proviso add --replace (?replace=true); else give it another name' },
  );
}
