import { Problem } from '../../src/api/problem.ts';

/** `fine`, or the code of the problem that the work ends with. */
export function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'fine';
  } catch (error) {
    return error instanceof Problem ? error.code : `threw ${error}`;
  }
}
