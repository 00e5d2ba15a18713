import { S3ServiceException } from '@aws-sdk/client-s3';
import { Problem } from '../../api/problem.ts';

/** Turns whatever the client throws into a refusal with the server's own words. */
export const saying = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw s3Problem(error);
  });

/** The same where the object may be missing. */
export const unlessMissing = <T>(work: Promise<T>): Promise<T | undefined> =>
  saying(work.catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error))));

export function s3Problem(cause: unknown, what = 'the S3 store failed'): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem('store-unavailable', `${what}: ${wordsOf(cause)}`, { cause, retryAfter: 5 });
}

/** A bucket that is missing is another matter, though servers answer a HEAD of it the same way. */
const isMissing = (error: unknown): boolean =>
  error instanceof S3ServiceException && (error.name === 'NotFound' || error.name === 'NoSuchKey');

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A connection that failed over every address of a host says nothing itself.
  if (error instanceof AggregateError && error.message === '') return error.errors.map(wordsOf).join(', ');
  const { $metadata, $response, name, message } = error as Partial<S3ServiceException> & Error;
  const status = $metadata?.httpStatusCode;
  if (status === undefined) return message;
  const answer = answerOf(status, name, message);
  if (status < 300 || status >= 400) return answer;
  const region = $response?.headers['x-amz-bucket-region'];
  return `${answer}: it points elsewhere, which is not followed${region === undefined ? '' : `; the bucket is in ${region}`}`;
}

function answerOf(status: number, name: string, message: string): string {
  // What the library says of an answer without words.
  if (message === 'UnknownError') return String(status);
  return message === '' || message === name ? `${status} ${name}` : `${status} ${name}: ${message}`;
}
