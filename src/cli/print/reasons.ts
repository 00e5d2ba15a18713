import type { Step } from '../../verify/steps.ts';
import type { Summary } from '../../verify/summary-form.ts';
import { differenceIn, placeOf, type Signer, type Verdict } from '../../verify/verdict.ts';
import type { Io } from '../io.ts';
import { plain } from './plain.ts';

/** One link of a chain of reasons. */
export interface Reason {
  readonly ok: boolean;
  readonly text: string;
}

/** The reasons one a line, then `verdict` if all of them hold. What they quote was written by others. */
export function formatReasons(io: Io, reasons: readonly Reason[], verdict: string): string {
  const { green, red, bold } = io.colours;
  const lines = reasons.map(({ ok, text }) => `${ok ? green('ok  ') : red('FAIL')} ${plain(text)}`);
  const isVerified = reasons.every(({ ok }) => ok);
  return [...lines, isVerified ? bold(green(verdict)) : bold(red('NOT verified'))].join('\n');
}

/** Who signed, or every reason why that doesn't count. */
export function signatureReason(verdict: Verdict): Reason {
  if (!verdict.verified) {
    const refusals = verdict.refusals.map((refusal) => `${placeOf(refusal)}: ${differenceIn(refusal)}`);
    return { ok: false, text: refusals.join('; ') };
  }
  return { ok: true, text: `it is signed by ${verdict.signers.map(describe).join(', and by ')}` };
}

const SOURCES = {
  log: 'as a transparency log says',
  timestamp: 'as a timestamp authority says',
  receipt: 'when it was received',
} as const;

function describe(signer: Signer): string {
  if (signer.kind === 'key') return `the key ${signer.fingerprint}`;
  const issuer = signer.issuer === undefined ? '' : ` of ${signer.issuer}`;
  return `${signer.identity}${issuer}, with a certificate valid at ${signer.time}, ${SOURCES[signer.timeSource]}`;
}

export const judge = (ok: boolean, holds: string, fails: string): Reason => ({ ok, text: ok ? holds : fails });

/** The steps of a verification summary, then what it says besides that a consumer has no expectation of. */
export function summaryReasons(steps: readonly Step[], summary: Summary | undefined): readonly Reason[] {
  const checked = steps.map(({ ok, text }) => ({ ok, text }));
  if (summary === undefined) return checked;
  const { policy, inputAttestations } = summary;
  return [
    ...checked,
    { ok: true, text: `its policy is ${policy.uri}${policy.digest === undefined ? '' : `, ${policy.digest}`}` },
    ...inputAttestations.map((digest) => ({ ok: true, text: `it was made of the attestation ${digest}` })),
  ];
}
