import type { UnknownRecord } from '../api/record.ts';
import { verifyAttestation } from './attestation.ts';
import type { ControlPlaneKeys } from './key-list.ts';
import type { Step } from './steps.ts';
import { differenceIn } from './verdict.ts';

export type ControlPlaneSignature =
  | { readonly ok: true; readonly step: Step; readonly statement: UnknownRecord; readonly fingerprint: string }
  | { readonly ok: false; readonly step: Step };

/** Whether a bundle or envelope is signed by one of the control plane's keys, and what it holds then. */
export function checkControlPlaneSignature(bytes: Uint8Array, { keys }: ControlPlaneKeys): ControlPlaneSignature {
  // A key has no certificate that could be out of its time; in which time it counts is a step of its own.
  const signers = keys.map(({ kind, publicKey, fingerprint }) => ({ kind, publicKey, fingerprint }));
  const verdict = verifyAttestation(bytes, { signers, roots: {} }, new Date(0));
  if (verdict.verified && verdict.signers[0].kind === 'key') {
    const { fingerprint } = verdict.signers[0];
    const text = `it is signed by the control-plane key ${fingerprint}`;
    return { ok: true, step: { step: 'signature', ok: true, text }, statement: verdict.statement, fingerprint };
  }
  const refusals = verdict.verified ? [] : verdict.refusals;
  const text = refusals.map((refusal) => `${refusal.step}: ${differenceIn(refusal)}`).join('; ');
  return { ok: false, step: { step: 'signature', ok: false, text } };
}
