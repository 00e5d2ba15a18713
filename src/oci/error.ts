export interface RegistryErrorOptions {
  readonly status?: number;
  readonly retryAfter?: number | undefined;
  readonly cause?: unknown;
}

/** What a registry refused, or why it couldn't be asked. */
export class RegistryError extends Error {
  /** The HTTP status; absent where there was no answer, or one that can't be believed. */
  readonly status: number | undefined;
  /** Seconds that the registry wants to be left alone for; absent where it didn't say. */
  readonly retryAfter: number | undefined;

  constructor(message: string, { cause, status, retryAfter }: RegistryErrorOptions = {}) {
    super(message, { cause });
    this.name = 'RegistryError';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Whether a registry said that there is no such thing. */
export const isNotFound = (error: unknown): boolean => error instanceof RegistryError && error.status === 404;
