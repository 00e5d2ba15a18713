import { Problem } from '../../api/problem.ts';

/** Turns what a registry refused into a refusal with its own words. */
export function ociProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  return new Problem('store-unavailable', `the registry failed: ${words}`, { cause, retryAfter: 5 });
}

export const saying = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw ociProblem(error);
  });
