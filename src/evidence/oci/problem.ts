import { Problem } from '../../api/problem.ts';
import { RegistryError } from '../../oci/error.ts';

/** Seconds. A registry that says more isn't believed: who waits that long has given up. */
const MAX_RETRY_AFTER = 300;

/** Turns what a registry refused into a refusal with its own words. */
export function ociProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  const words = cause instanceof Error ? cause.message : String(cause);
  const asked = cause instanceof RegistryError ? cause.retryAfter : undefined;
  const retryAfter = Math.max(5, Math.min(MAX_RETRY_AFTER, asked ?? 0));
  return new Problem('store-unavailable', `the registry failed: ${words}`, { cause, retryAfter });
}

export const saying = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw ociProblem(error);
  });
