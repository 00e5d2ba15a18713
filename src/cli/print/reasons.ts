import type { Signer, Verdict } from '../../verify/verdict.ts';
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
      ({ step, at, expected, found }) =>
        `${[step, at].filter(Boolean).join(', ')}: expected ${expected}, found ${found}`,
    );
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
