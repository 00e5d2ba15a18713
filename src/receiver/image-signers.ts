import { Problem } from '../api/problem.ts';
import type { TrustedSigner } from '../api/trust.ts';
import type { RecordedSigner, WorkflowRun } from '../api/types.gen.ts';
import type { ContractMaterial } from '../contract/effective.ts';
import { nameOfSigner } from '../contract/signers.ts';
import { differenceIn, placeOf, type Refusal } from '../verify/verdict.ts';
import type { Asker } from './checks/checks.ts';
import type { Inspected, SentMaterial } from './checks/worker.ts';
import type { ReceiverContext } from './context.ts';
import { imageTrustOf } from './trust.ts';
import { recordedSigner } from './verdict.ts';

/** Inspects a material, and if the contract names signers of it, verifies who has signed it. */
export interface SignedInspection {
  /** Throws `image-not-signed` for what is of its type and isn't signed by any of them. */
  inspect(material: SentMaterial): Promise<Inspected>;
  /** Who has signed, once it is inspected; undefined where the contract asks for nobody. */
  signers(): readonly RecordedSigner[] | undefined;
}

export function createInspection(
  context: Pick<ReceiverContext, 'checks' | 'trustRoots'>,
  run: WorkflowRun,
  asked: ContractMaterial | undefined,
  asker: Asker,
): SignedInspection {
  let verified: readonly RecordedSigner[] | undefined;

  async function inspectSigned(material: SentMaterial, signers: readonly TrustedSigner[]): Promise<Inspected> {
    const { pieces, isReference = false } = material;
    const trust = await imageTrustOf(context, run, signers);
    // First, as inspecting gives the bytes away; what is no image is told before what is not signed.
    const verdict = await context.checks.image({ pieces, isReference, trust, now: new Date() }, asker);
    const inspected = await context.checks.material(material, asker);
    if (!inspected.inspection.ok) return inspected;
    if (!verdict.verified) throw notSigned(asked?.name ?? '', signers, verdict.refusals, isReference);
    verified = verdict.signers.map(recordedSigner);
    return inspected;
  }

  return {
    inspect: (material) =>
      asked?.signers === undefined ? context.checks.material(material, asker) : inspectSigned(material, asked.signers),
    signers: () => verified,
  };
}

function notSigned(
  name: string,
  signers: readonly TrustedSigner[],
  refusals: readonly Refusal[],
  isReference: boolean,
): Problem {
  const expected = `the contract asks for a signature of the image '${name}' by ${signers.map(nameOfSigner).join(' or ')}`;
  const found = refusals.length === 0 ? 'no signature came with it' : 'none of those that came is one';
  return new Problem('image-not-signed', `${expected}, and ${found}`, {
    errors: refusals.map((refusal) => ({ at: placeOf(refusal), message: differenceIn(refusal) })),
    hint: isReference
      ? 'sign it where it is: cosign sign, with the key or the identity above, of the image by its digest; then add it again, which finds the signature'
      : 'a layout comes without signatures: push the image, sign it with cosign, and add it by its name in the registry',
  });
}
