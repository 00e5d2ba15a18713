import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateOptions } from './key-pair.ts';
import { ensureServing } from './serving-certificates.ts';
import { ensureSigning } from './signing-authority.ts';

/** What somebody else has changed of what is published stands for no longer than this. */
const CHECK_MS = 600_000;
const RETRY_MS = 2_000;

export interface CertificateKeeper {
  /** Resolves when the signal has come and nothing runs any more. */
  readonly stopped: Promise<void>;
  /** Doesn't wait for the time of the next check. */
  checkNow(): void;
}

/** Keeps the certificates in place until the signal; tells the PEM that clients check the receiver against. */
export function keepCertificates(
  options: CertificateOptions,
  signal: AbortSignal,
  onServingCa: (ca: string) => void,
): CertificateKeeper {
  let wake = new AbortController();
  const check = async (): Promise<number> => {
    try {
      const ca = await ensureServing(options);
      onServingCa(ca);
      await ensureSigning(options, ca);
      return CHECK_MS;
    } catch (error) {
      options.log.warn({ err: error }, 'Certificates not in place');
      return RETRY_MS;
    }
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      wake = new AbortController();
      const wait = await check();
      await sleep(wait, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => {});
    }
  };
  return { stopped: run(), checkNow: () => wake.abort() };
}
