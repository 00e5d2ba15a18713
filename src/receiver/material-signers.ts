import { Problem } from '../api/problem.ts';
import type { Trust, TrustedSigner } from '../api/trust.ts';
import type { RecordedSigner, WorkflowRun } from '../api/types.gen.ts';
import type { ContractMaterial } from '../contract/effective.ts';
import { nameOfSigner } from '../contract/signers.ts';
import { differenceIn, placeOf, type Refusal } from '../verify/verdict.ts';
import type { Asker } from './checks/checks.ts';
import type { Inspected, SentMaterial } from './checks/worker.ts';
import type { ReceiverContext } from './context.ts';
import { materialTrustOf } from './trust.ts';
import { recordedSigner } from './verdict.ts';

/** Inspects a material, and if the contract names signers of it, verifies who has signed it. */
export interface SignedInspection {
  /** Throws `image-not-signed` or `material-not-signed` for what is of its type and isn't signed by any of them. */
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

  function verdictOn({ pieces, isReference = false }: SentMaterial, trust: Trust) {
    const now = new Date();
    if (asked?.type === 'CONTAINER_IMAGE') return context.checks.image({ pieces, isReference, trust, now }, asker);
    const bytes = Buffer.concat(pieces.map((piece) => new Uint8Array(piece)));
    return context.checks.envelope({ bytes, trust, now }, asker);
  }

  async function inspectSigned(material: SentMaterial, signers: readonly TrustedSigner[]): Promise<Inspected> {
    const trust = await materialTrustOf(context, run, signers);
    // First, as inspecting gives the bytes away; what isn't of its type is told before what is not signed.
    const verdict = await verdictOn(material, trust);
    const inspected = await context.checks.material(material, asker);
    if (!inspected.inspection.ok) return inspected;
    if (!verdict.verified) {
      throw asked?.type === 'CONTAINER_IMAGE'
        ? notSigned(asked.name, signers, verdict.refusals, material.isReference === true)
        : notTrusted(asked?.name ?? '', signers, verdict.refusals);
    }
    verified = verdict.signers.map(recordedSigner);
    return inspected;
  }

  return {
    inspect: (material) =>
      asked?.signers === undefined ? context.checks.material(material, asker) : inspectSigned(material, asked.signers),
    signers: () => verified,
  };
}

function notTrusted(name: string, signers: readonly TrustedSigner[], refusals: readonly Refusal[]): Problem {
  const who = signers.map(nameOfSigner).join(' or ');
  return new Problem('material-not-signed', `the contract asks for '${name}' signed by ${who}, and it is not`, {
    errors: refusals.map((refusal) => ({ at: placeOf(refusal), message: differenceIn(refusal) })),
    hint: 'one envelope, signed with the key or the identity above; of several in one document it is not known which is meant',
  });
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
