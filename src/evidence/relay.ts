import type { Readable, Transform } from 'node:stream';
import type { Problem } from '../api/problem.ts';

/** What comes from a server, through a transform, with its errors in our words. Whoever stops reading ends the request. */
export function relay(source: Readable, transform: Transform, problemOf: (error: unknown) => Problem): Readable {
  source.on('error', (error) => transform.destroy(problemOf(error)));
  transform.on('close', () => source.destroy());
  return source.pipe(transform);
}
