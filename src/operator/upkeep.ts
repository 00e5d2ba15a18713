import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlPlaneKeyOptions, ensureControlPlaneKey } from './control-plane-key.ts';
import type { CertificateOptions } from './key-pair.ts';
import { ensureServing } from './serving-certificates.ts';
import { ensureSigning } from './signing-authority.ts';

const CHECK_MS = 600_000;
const RETRY_MS = 2_000;
/** Whoever changes what is published again and again keeps nobody busier than that. */
const PAUSE_MS = 1_000;

export interface CertificateKeeper {
  /** Resolves when the signal has come and nothing runs any more. */
  readonly stopped: Promise<void>;
  /** Doesn't wait for the time of the next check. */
  checkNow(): void;
}

/** Makes and renews the certificates and the control plane's key until the signal; tells of each new PEM that clients check the receiver against. */
export function keepCertificates(
  options: CertificateOptions & ControlPlaneKeyOptions,
  signal: AbortSignal,
  onServingCa: (pem: string) => void,
): CertificateKeeper {
  let known: string | undefined;
  let wake = new AbortController();
  const check = async (): Promise<number> => {
    try {
      const ca = await ensureServing(options);
      if (ca !== known) onServingCa(ca);
      known = ca;
      await ensureSigning(options, ca);
      await ensureControlPlaneKey(options);
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
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
      const until = AbortSignal.any([signal, wake.signal]);
      await sleep(wait - PAUSE_MS, undefined, { signal: until }).catch(() => {});
    }
  };
  return { stopped: run(), checkNow: () => wake.abort() };
}
