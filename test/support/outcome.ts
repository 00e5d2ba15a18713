import * as assert from 'uvu/assert';
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

/** The same of work that takes a while. */
export const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'fine',
    (error: unknown) => (error instanceof Problem ? error.code : `threw ${error}`),
  );

/** The problem that the work ends with. */
export const problemOf = (work: Promise<unknown>): Promise<Problem> =>
  work.then(
    () => assert.unreachable('it went well'),
    (error: unknown) => {
      assert.instance(error, Problem);
      return error as Problem;
    },
  ) as Promise<Problem>;
