import type { ServerResponse } from 'node:http';
import type { Caller } from './auth/caller.ts';
import type { Reserve } from './body.ts';
import type { ReceiverContext } from './context.ts';

/** Room in memory for the body of one request, on the account of its caller. */
export const reserveFor =
  ({ memory }: ReceiverContext, { username }: Caller, response: ServerResponse): Reserve =>
  (bytes) =>
    memory(username, response, bytes);
