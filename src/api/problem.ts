import { PROBLEMS, type ProblemCode } from './problems.ts';

/** One thing that is wrong inside a body, a document or a command line. */
export interface Finding {
  /** Where: a JSON pointer (`/spec/materials/0`), a field path, a header name or `line 12`. */
  readonly at?: string;
  /** What is wrong and what was expected, in one sentence. */
  readonly message: string;
}

/** An RFC 9457 problem document as the receiver sends it. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  /** What the caller can do about it. */
  readonly hint?: string;
  readonly errors?: readonly Finding[];
}

export interface ProblemOptions {
  readonly hint?: string;
  readonly errors?: readonly Finding[];
  /** Seconds to wait before another try; sent as Retry-After. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** A refusal with a stable code. The layers throw it, the receiver and the CLI print it. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly hint: string | undefined;
  readonly errors: readonly Finding[];
  readonly retryAfter: number | undefined;

  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.hint = options.hint;
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter;
  }

  get status(): number {
    return PROBLEMS[this.code].status;
  }

  toDocument(): ProblemDocument {
    const { title, status } = PROBLEMS[this.code];
    return {
      type: `https://proviso.dev/errors#${this.code}`,
      title,
      status,
      code: this.code,
      detail: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.errors.length === 0 ? {} : { errors: this.errors }),
    };
  }
}
