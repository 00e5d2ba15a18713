import type { Unavailable, VerificationMessage } from '../api/messages.ts';
import { Problem } from '../api/problem.ts';
import type { RootDocument } from '../api/trust.ts';
import type { WorkflowRun } from '../api/types.gen.ts';
import type { EffectiveContract } from '../contract/effective.ts';
import { writeKeyList } from '../verify/key-list.ts';
import type { ReceiverContext } from './context.ts';
import { wantedTrust } from './trust.ts';

type Had<T> = { readonly value: T } | { readonly missing: Unavailable };

/**
 * What a judged run can be checked against again. Its verdict is final whatever became of the trust since, so what can't be
 * had is said beside what can, and keeps nobody from reading the run; who checks must not take it for checked.
 */
export async function verificationOf(
  { signing, trustRoots, controlPlane }: Pick<ReceiverContext, 'signing' | 'trustRoots' | 'controlPlane'>,
  run: WorkflowRun,
  contract: EffectiveContract,
): Promise<VerificationMessage> {
  const sources = { trustRoots, clusterRoot: () => signing.trustedRoot() };
  const { roots: wanted, ...who } = wantedTrust(sources, run, contract);
  const [keys, ...found] = await Promise.all([
    had(() => controlPlane.keys()),
    ...[...wanted].map(async ([name, read]) => [name, await had(read)] as const),
  ]);
  const roots: Record<string, RootDocument> = {};
  const missingRoots: Record<string, Unavailable> = {};
  for (const [name, root] of found) {
    if ('value' in root) roots[name] = root.value;
    else missingRoots[name] = root.missing;
  }
  return {
    ...who,
    roots,
    ...(Object.keys(missingRoots).length === 0 ? {} : { missingRoots }),
    contractDigest: run.spec.contract.digest,
    ...('value' in keys ? { controlPlaneKeys: writeKeyList(keys.value) } : { missingKeys: keys.missing }),
  };
}

async function had<T>(read: () => Promise<T>): Promise<Had<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    // An API server that doesn't answer is no state of what was asked for: the whole call has to be tried again.
    if (!(error instanceof Problem)) throw error;
    const { code, message: detail, hint } = error;
    return { missing: { code, detail, ...(hint === undefined ? {} : { hint }) } };
  }
}
