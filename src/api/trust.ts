/** A public key that may have signed. */
export interface TrustedKey {
  readonly kind: 'key';
  /** SPKI PEM. */
  readonly publicKey: string;
  /** `SHA256:` and the base64 SHA-256 of the SPKI DER. */
  readonly fingerprint: string;
  /** RFC 3339; the key counts from then on. Absent: always. */
  readonly validFrom?: string;
  /** RFC 3339; the key counts until then. Absent: for ever. */
  readonly validUntil?: string;
}

/** The subject of a certificate that may have signed: the whole name, or a pattern in which only `*` is special. */
export type SubjectMatch = { readonly exact: string } | { readonly glob: string };

/** The name or the pattern, as messages have it. */
export const nameOfSubject = (subject: SubjectMatch): string => ('exact' in subject ? subject.exact : subject.glob);

/** Whoever holds a certificate of a trusted root that carries exactly this identity. */
export interface TrustedIdentity {
  readonly kind: 'identity';
  /** A member of `Trust.roots`. */
  readonly root: string;
  /** The OIDC issuer in the certificate, compared exactly. Absent only where the root vouches for a single issuer. */
  readonly issuer?: string;
  readonly subject: SubjectMatch;
  /** Facts that the certificate must state, compared exactly, under the names of `CERTIFICATE_CLAIMS`. */
  readonly claims: readonly { readonly name: string; readonly value: string }[];
}

export type TrustedSigner = TrustedKey | TrustedIdentity;

/** How many independent proofs a root asks for. What isn't given is one, if the root has an authority for it, and else none. */
export interface TrustThresholds {
  readonly logEntries?: number;
  /** Times that a log or a timestamp authority vouches for. With 0 the time of receipt counts. */
  readonly timestamps?: number;
  /** Signed certificate timestamps. */
  readonly ctEntries?: number;
}

/** A Sigstore trusted root as text, so that it can be handed to another thread and remembered by its digest. */
export interface RootDocument {
  /** `sha256:` and the SHA-256 of `json`, hex. */
  readonly digest: string;
  /** `trusted_root.json`. */
  readonly json: string;
  readonly thresholds?: TrustThresholds;
}

/** Who may have signed. Data only: verification prepares and remembers what it needs of it. */
export interface Trust {
  readonly signers: readonly TrustedSigner[];
  /**
   * How many different signers must have signed, each by an entry of its own; absent: one. Different are two keys, not two key
   * ids or two signatures.
   */
  readonly threshold?: number;
  /** By the names that the identities use. */
  readonly roots: Readonly<Record<string, RootDocument>>;
}
