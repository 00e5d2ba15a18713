import type { KubeObject } from '../api/object.ts';

/**
 * Whether a resource version is from before another one of the same kind. Versions are numbers that grow, which the API
 * guarantees since Kubernetes 1.35; any that isn't a number is taken for new.
 */
export function isEarlier(version: string | undefined, than: string | undefined): boolean {
  if (version === undefined || than === undefined || !NUMBER.test(version) || !NUMBER.test(than)) return false;
  return BigInt(version) < BigInt(than);
}

const NUMBER = /^\d+$/;

/** Whether an object is an earlier state than another one of the same name, be it the same object or its predecessor. */
export const isOlder = (object: KubeObject, than: KubeObject): boolean =>
  isEarlier(object.metadata.resourceVersion, than.metadata.resourceVersion);
