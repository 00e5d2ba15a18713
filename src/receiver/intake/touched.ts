import type { WorkflowRun } from '../../api/types.gen.ts';
import type { Change } from '../../kube/store.ts';
import { claimsOfRun, isOpen } from './candidates.ts';

/** What runs are found by that have changed since it was last asked. */
export interface Touched {
  /** Told of every change of a run. */
  seen(change: Change<WorkflowRun>): void;
  /** Everything since the last time; `all` where that was too much to remember. */
  take(): readonly string[] | 'all';
}

const MAX_REMEMBERED = 50_000;

export function createTouched(): Touched {
  let claims = new Set<string>();
  return {
    seen({ type, object }) {
      if (type === 'deleted' || claims.size > MAX_REMEMBERED || !isOpen(object, new Date())) return;
      for (const claim of claimsOfRun(object)) claims.add(claim);
    },
    take() {
      const taken = claims;
      claims = new Set();
      return taken.size > MAX_REMEMBERED ? 'all' : [...taken];
    },
  };
}
