import type { ProblemCode } from '../api/problems.ts';
import type { UnknownRecord } from '../api/record.ts';

/** Who signed, once it is proven. */
export type Signer =
  | { readonly kind: 'key'; readonly fingerprint: string }
  | {
      readonly kind: 'certificate';
      /** The SAN URI, for example `https://kubernetes.io/namespaces/shop/serviceaccounts/build`. */
      readonly identity: string;
      /** SHA-256 of the leaf's DER, hex. */
      readonly fingerprint: string;
    };

/** Why a signature did not count. */
export interface Refusal {
  readonly code: ProblemCode;
  /** `container`, `certificate`, `signature`, `signer` or `statement`. */
  readonly step: string;
  readonly expected: string;
  readonly found: string;
}

/** What verification says of some bytes. A library that throws is a refusal, never a crash and never a pass. */
export type Verdict =
  | {
      readonly verified: true;
      readonly signer: Signer;
      /** The bytes that were signed; nobody has to decode the container again. */
      readonly payload: Uint8Array;
      /** The payload, read. */
      readonly statement: UnknownRecord;
      /** Of the container. */
      readonly mediaType: string;
    }
  | { readonly verified: false; readonly refusals: readonly [Refusal, ...Refusal[]] };

/** Who may have signed; every member that is given counts, any one suffices. */
export interface Trust {
  readonly keys: readonly { readonly publicKey: string; readonly fingerprint: string }[];
  /** Certificates of the cluster CA and the one identity they must carry. */
  readonly clusterCa?: { readonly roots: readonly string[]; readonly identity: string };
}
