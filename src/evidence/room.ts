import { Problem } from '../api/problem.ts';

/** Accounts for memory that uploads hold. */
export interface Room {
  /** Throws `overloaded` when there isn't as much. */
  take(bytes: number): void;
  give(bytes: number): void;
}

/** Who finds no room is turned away at once: who waits holds some already, and all could wait for each other. */
export function createRoom(capacity: number): Room {
  let taken = 0;
  return {
    take(bytes) {
      if (taken + bytes > capacity) {
        throw new Problem('overloaded', 'there is no memory for another upload right now', { retryAfter: 2 });
      }
      taken += bytes;
    },
    give(bytes) {
      taken -= bytes;
    },
  };
}

/** What all uploads of this process may hold: sixteen of large objects at full speed. */
export const UPLOAD_ROOM: Room = createRoom(256 << 20);
