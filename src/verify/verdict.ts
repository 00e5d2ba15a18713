import type { ProblemCode } from '../api/problems.ts';
import type { UnknownRecord } from '../api/record.ts';
import type { ContainerForm } from './container/content.ts';

/** What fixed the time at which a certificate had to be valid. */
export type TimeSource = 'log' | 'timestamp' | 'receipt';

/** Who signed, once it is proven. */
export type Signer =
  | { readonly kind: 'key'; readonly fingerprint: string }
  | {
      readonly kind: 'certificate';
      /** The SAN, for example `https://kubernetes.io/namespaces/shop/serviceaccounts/build`. */
      readonly identity: string;
      /** The OIDC issuer in the certificate; absent when it names none. */
      readonly issuer?: string;
      /** SHA-256 of the leaf's DER, hex. */
      readonly fingerprint: string;
      /** RFC 3339: when it was signed, as far as that is proven. */
      readonly time: string;
      readonly timeSource: TimeSource;
      /** What the certificate says of the build, under the names of `CERTIFICATE_CLAIMS`. */
      readonly claims: Readonly<Record<string, string>>;
    };

/** Where verification stopped. */
export type Step = 'container' | 'certificate' | 'log' | 'time' | 'signature' | 'signer' | 'statement';

/** Why a signature did not count. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly step: Step;
  readonly expected: string;
  readonly found: string;
  /** Which signature or part of the container, when there are several. */
  readonly at?: string;
}

/** Where verification stopped, and at what, as messages have it. */
export const placeOf = ({ step, at }: Refusal): string => (at === undefined ? step : `${step}, ${at}`);

/** What was expected and what found instead, as messages have it. */
export const differenceIn = ({ expected, found }: Pick<Refusal, 'expected' | 'found'>): string =>
  `expected ${expected}, found ${found}`;

/** What verification says of some bytes. A library that throws is a refusal, never a crash and never a pass. */
export type Verdict =
  | {
      readonly verified: true;
      /** As many as the threshold asks for, each another. */
      readonly signers: readonly [Signer, ...Signer[]];
      /** The bytes that were signed; nobody has to decode the container again. */
      readonly payload: Uint8Array;
      /** The payload, read. */
      readonly statement: UnknownRecord;
      readonly form: ContainerForm;
      /** Of the container. */
      readonly mediaType: string;
    }
  | {
      readonly verified: false;
      readonly refusals: readonly [Refusal, ...Refusal[]];
      /** Of the first; absent where the container can't be read. */
      readonly form?: ContainerForm;
    };
