import { X509Certificate } from 'node:crypto';
import { sha256Hex } from '../api/canonical.ts';
import type { RootDocument, TrustThresholds } from '../api/trust.ts';

/** Of the trusted roots that Proviso writes. */
export const TRUSTED_ROOT_MEDIA_TYPE = 'application/vnd.dev.sigstore.trustedroot+json;version=0.1';

/** Nothing is asked of logs and timestamp authorities, so the time of receipt counts. */
export const BY_RECEIPT: TrustThresholds = { logEntries: 0, timestamps: 0, ctEntries: 0 };

export const rootDocument = (json: string, thresholds?: TrustThresholds): RootDocument => ({
  digest: `sha256:${sha256Hex(json)}`,
  json,
  ...(thresholds === undefined ? {} : { thresholds }),
});

/** A trusted root of authorities alone, each given as its certificate in PEM. Throws on what is no certificate. */
export function rootOfAuthorities(pems: readonly string[]): RootDocument {
  const certificateAuthorities = pems.map((pem) => {
    const { raw, subject, validFromDate, validToDate } = new X509Certificate(pem);
    return {
      subject: { commonName: subject },
      certChain: { certificates: [{ rawBytes: raw.toString('base64') }] },
      validFor: { start: validFromDate.toISOString(), end: validToDate.toISOString() },
    };
  });
  const json = JSON.stringify({ mediaType: TRUSTED_ROOT_MEDIA_TYPE, certificateAuthorities });
  return rootDocument(json, BY_RECEIPT);
}
