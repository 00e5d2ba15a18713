import { setTimeout as sleep } from 'node:timers/promises';
import { type CertificateOptions, ensureCertificates } from './certificates.ts';

const CHECK_MS = 3600_000;
const RETRY_MS = 2_000;

/** Makes and renews the certificates until the signal; tells of each new PEM that clients check the receiver against. */
export async function keepCertificates(
  options: CertificateOptions,
  signal: AbortSignal,
  onServingCa: (pem: string) => void,
): Promise<void> {
  let known: string | undefined;
  while (!signal.aborted) {
    let wait = CHECK_MS;
    try {
      const ca = await ensureCertificates(options);
      if (ca !== known) onServingCa(ca);
      known = ca;
    } catch (error) {
      options.log.warn({ err: error }, 'Certificates not in place');
      wait = RETRY_MS;
    }
    await sleep(wait, undefined, { signal }).catch(() => {});
  }
}
