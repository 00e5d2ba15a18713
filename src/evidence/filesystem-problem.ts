import { Problem } from '../api/problem.ts';

/** Turns an error of the filesystem into a refusal with its own words, but for a file that isn't there. */
export const saying = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? error : storeProblem(error);
  });

/** The same where a file has to be there. */
export const sayingAll = <T>(work: () => Promise<T>): Promise<T> =>
  work().catch((error: unknown) => {
    throw storeProblem(error);
  });

function storeProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  return new Problem('store-unavailable', `the filesystem store failed: ${words}`, { cause, retryAfter: 5 });
}

export function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}
