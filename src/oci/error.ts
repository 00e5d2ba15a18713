/** What a registry refused, or why it couldn't be asked. */
export class RegistryError extends Error {
  /** The HTTP status; absent where there was no answer, or one that can't be believed. */
  readonly status: number | undefined;

  constructor(message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'RegistryError';
    this.status = options.status;
  }
}

/** Whether a registry said that there is no such thing. */
export const isNotFound = (error: unknown): boolean => error instanceof RegistryError && error.status === 404;
