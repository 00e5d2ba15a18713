/** A call to the API server that failed: the Status it answered, or a connection error. */
export class KubeError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly code: number;
  /** `reason` of the Status (`NotFound`, `Conflict`, `Invalid`, …) or `Connection`. */
  readonly reason: string;
  /** Seconds from Retry-After. */
  readonly retryAfter: number | undefined;
  /** Reasons of `details.causes` (`NamespaceTerminating`, `FieldValueInvalid`, …). */
  readonly causes: readonly string[];

  constructor(
    code: number,
    reason: string,
    message: string,
    options: { readonly retryAfter?: number; readonly causes?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'KubeError';
    this.code = code;
    this.reason = reason;
    this.retryAfter = options.retryAfter;
    this.causes = options.causes ?? [];
  }
}

export const isStatus = (error: unknown, code: number): error is KubeError =>
  error instanceof KubeError && error.code === code;
