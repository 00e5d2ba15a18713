import type { RecordedSigner, WorkflowRun } from '../../api/types.gen.ts';
import type { ContractMaterial, EffectiveContract } from '../../contract/effective.ts';
import { differenceIn } from '../../verify/verdict.ts';
import type { ReceiverContext } from '../context.ts';
import { materialTrustOf, trustOf } from '../trust.ts';
import { recordedSigner } from '../verdict.ts';

/** On whose account envelopes are checked that nobody waits for. */
export const INTAKE = 'proviso-intake';

/** What an envelope may be handed in as. */
export interface MeantMaterial {
  readonly run: WorkflowRun;
  readonly contract: EffectiveContract;
  readonly asked: ContractMaterial;
}

export type TrustReading =
  | { readonly ok: true; readonly signers: readonly RecordedSigner[] }
  | { readonly ok: false; readonly message: string };

/**
 * Who has signed an envelope, of those whom the contract names for the material, or else for the run; one is enough, also where the
 * attestation of the run needs several. `received`: when it came in.
 */
export async function signersOf(
  context: Pick<ReceiverContext, 'checks' | 'signing' | 'trustRoots'>,
  { run, contract, asked }: MeantMaterial,
  bytes: Uint8Array,
  received: Date,
): Promise<TrustReading> {
  const { threshold: _, ...trust } =
    asked.signers === undefined
      ? await trustOf(context, run, contract)
      : await materialTrustOf(context, run, asked.signers);
  const verdict = await context.checks.envelope({ bytes, trust, now: received }, { identity: INTAKE });
  if (verdict.verified) return { ok: true, signers: verdict.signers.map(recordedSigner) };
  return { ok: false, message: differenceIn(verdict.refusals[0]) };
}
