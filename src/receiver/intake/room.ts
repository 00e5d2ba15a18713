import type { IntakeRoom } from '../../archive/intake.ts';

/** The largest envelope. Provenance of Tekton Chains with every TaskRun in it has some hundred kilobytes, a collection of Witness some megabytes. */
export const MAX_ENVELOPE_BYTES = 4 << 20;
/** What is kept of envelopes that wait, of the whole installation, when one comes that nobody vouches for. */
export const ROOM: IntakeRoom = { count: 5_000, bytes: 256 << 20 };
/** The same when one comes with a token, or from an object of Tekton: whoever has none can't keep those out. */
export const ROOM_OF_KNOWN: IntakeRoom = { count: 2 * ROOM.count, bytes: 2 * ROOM.bytes };
/** No sender takes more than half of it, so that one can't keep the others out. */
export const SHARE: IntakeRoom = { count: ROOM.count / 2, bytes: ROOM.bytes / 2 };

const DAY_MS = 24 * 3600_000;
/** For so long an envelope waits for its run. */
export const KEEP_ASIDE_MS = 7 * DAY_MS;
/** For so long it is known which material one became; the material itself stays as long as its run. */
export const KEEP_MATCHED_MS = 90 * DAY_MS;
