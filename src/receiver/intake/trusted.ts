import type { RecordedSigner, WorkflowRun } from '../../api/types.gen.ts';
import type { EffectiveContract } from '../../contract/effective.ts';
import { differenceIn } from '../../verify/verdict.ts';
import type { ReceiverContext } from '../context.ts';
import { trustOf } from '../trust.ts';
import { recordedSigner } from '../verdict.ts';

/** On whose account envelopes are checked that nobody waits for. */
export const INTAKE = 'proviso-intake';

export type TrustReading =
  | { readonly ok: true; readonly signers: readonly RecordedSigner[] }
  | { readonly ok: false; readonly message: string };

/**
 * Who has signed an envelope, of those that the contract of a run trusts; one is enough, also where the attestation of the run needs
 * several. `received`: when it came in.
 */
export async function signersOf(
  context: Pick<ReceiverContext, 'checks' | 'signing' | 'trustRoots'>,
  run: WorkflowRun,
  contract: EffectiveContract,
  bytes: Uint8Array,
  received: Date,
): Promise<TrustReading> {
  const { threshold: _, ...trust } = await trustOf(context, run, contract);
  const verdict = await context.checks.envelope({ bytes, trust, now: received }, { identity: INTAKE });
  if (verdict.verified) return { ok: true, signers: verdict.signers.map(recordedSigner) };
  return { ok: false, message: differenceIn(verdict.refusals[0]) };
}
