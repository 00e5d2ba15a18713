import type { ServerResponse } from 'node:http';
import type { Caller } from './auth/caller.ts';
import type { Reserve } from './body.ts';
import type { ReceiverContext } from './context.ts';

/** Room in memory for the body of one request, on the account of its caller; all from outside share a part of it. */
export const reserveFor =
  ({ memory, memoryOutside }: ReceiverContext, { kind, username }: Caller, response: ServerResponse): Reserve =>
  (bytes) => {
    if (kind === 'oidc') memoryOutside(username, response, bytes);
    memory(username, response, bytes);
  };
