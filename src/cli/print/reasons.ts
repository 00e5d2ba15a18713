import type { Verdict } from '../../verify/verdict.ts';
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
    const refusals = verdict.refusals.map(
      ({ step, expected, found }) => `${step}: expected ${expected}, found ${found}`,
    );
    return { ok: false, text: refusals.join('; ') };
  }
  const { signer } = verdict;
  return {
    ok: true,
    text: `it is signed by ${signer.kind === 'key' ? `the key ${signer.fingerprint}` : signer.identity}`,
  };
}
