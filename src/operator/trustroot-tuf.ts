import { CONDITION, findCondition } from '../api/conditions.ts';
import { parseDuration } from '../api/duration.ts';
import { KIND } from '../api/kinds.ts';
import { REASON, type Reason } from '../api/reasons.ts';
import type { TrustRoot, TrustRootStatus, TrustRootTuf } from '../api/types.gen.ts';
import { readTrustedRoot } from '../verify/trusted-root.ts';
import type { Finding } from './conditions.ts';
import { jittered, type OperatorContext } from './context.ts';
import { readGiven } from './given-text.ts';
import { keptDocument } from './trustroot-document.ts';
import { type Obtained, type TufFacts, targetOf, tufSourceDigest } from './trustroot-source.ts';
import { fetchTufTarget } from './tuf.ts';

const DEFAULT_HOURS = 24;
/** While there is nothing, somebody waits for it; a root in force can do without the next one for a while. */
const RETRY_FIRST_MINUTES = 0.5;
const RETRY_MINUTES = 5;

/** Fetches a trust root that is due, and falls back on the one in force if that fails. */
export async function obtainFromTuf(
  context: OperatorContext,
  root: TrustRoot,
  tuf: TrustRootTuf,
  now: Date,
): Promise<Obtained> {
  const pinned = await readGiven(context.client, context.namespace, tuf.root, 'spec.sigstore.tuf.root');
  if (!pinned.ok) return { state: 'missing', finding: pinned.finding, facts: {} };
  const sourceDigest = tufSourceDigest(tuf, pinned.text);
  const previous = root.status?.sourceDigest === sourceDigest ? root.status : undefined;
  const kept = previous === undefined ? undefined : await keptDocument(context, root);
  const wait = previous === undefined ? 0 : dueIn(previous, tuf, now);
  const isKnown = previous?.observedGeneration === root.metadata.generation;
  const isIntact = (previous?.digest === undefined) === (kept === undefined);
  if (isKnown && wait > 0 && isIntact && !hasJustExpired(root, now)) return { state: 'unchanged', dueMs: wait };

  const memory: TufFacts = { sourceDigest, lastAttemptTime: now.toISOString(), ...versionOf(previous) };
  const target = {
    mirror: tuf.mirror,
    root: pinned.text,
    path: targetOf(tuf),
    ...(tuf.ca === undefined ? {} : { ca: tuf.ca }),
  };
  const fetched = await fetchTufTarget(target, {
    signal: context.signal,
    ...(previous?.tufVersion === undefined ? {} : { atLeast: previous.tufVersion }),
  });
  // What was cut short says nothing about the mirror.
  context.signal.throwIfAborted();
  const what = `${targetOf(tuf)} of ${tuf.mirror}`;
  if (!fetched.ok) {
    if (fetched.by === 'root') {
      const message = `${pinned.at} is no TUF root: ${fetched.message}`;
      return { state: 'missing', finding: stalled(REASON.TrustRootInvalid, message), facts: {} };
    }
    return failed(context, root, { reason: REASON.FetchFailed, message: `${what}: ${fetched.message}`, memory, kept });
  }
  const reading = readTrustedRoot(fetched.text);
  const versioned = { ...memory, tufVersion: fetched.version };
  if (!reading.ok) {
    const message = `${what} is no trusted root: ${reading.message}`;
    return failed(context, root, { reason: REASON.TrustRootInvalid, message, memory: versioned, kept });
  }
  const facts = { ...versioned, lastRefreshTime: now.toISOString() };
  return { state: 'document', json: fetched.text, what, facts, dueMs: jittered(intervalMinutes(tuf)) };
}

/** A root that expires is looked at at once: there may be a newer one. */
function hasJustExpired({ status }: TrustRoot, now: Date): boolean {
  const isExpired = Date.parse(status?.expirationTime ?? '') <= now.getTime();
  return isExpired !== (findCondition(status?.conditions, CONDITION.Ready)?.reason === REASON.Expired);
}

interface Failure {
  readonly reason: Reason;
  readonly message: string;
  readonly memory: TufFacts;
  /** The document in force. */
  readonly kept: string | undefined;
}

function failed(context: OperatorContext, root: TrustRoot, { reason, message, memory, kept }: Failure): Obtained {
  if (kept === undefined) {
    const finding: Finding =
      reason === REASON.FetchFailed ? { state: 'waiting', reason, message } : stalled(reason, message);
    return { state: 'missing', finding, facts: memory, dueMs: jittered(RETRY_FIRST_MINUTES) };
  }
  const { lastRefreshTime = '' } = root.status ?? {};
  const event = { type: 'Warning', reason: REASON.FetchFailed, action: 'Refresh', note: message } as const;
  context.events.record({ ...root, kind: KIND.TrustRoot.kind }, event);
  const what = `what was fetched at ${lastRefreshTime}`;
  const note = `but the last refresh failed: ${message}`;
  return {
    state: 'document',
    json: kept,
    what,
    note,
    facts: { ...memory, lastRefreshTime },
    dueMs: jittered(RETRY_MINUTES),
  };
}

const stalled = (reason: Reason, message: string): Finding => ({ state: 'stalled', reason, message });

const versionOf = (previous: TrustRootStatus | undefined): Pick<TufFacts, 'tufVersion'> =>
  previous?.tufVersion === undefined ? {} : { tufVersion: previous.tufVersion };

const intervalMinutes = ({ refreshInterval }: TrustRootTuf): number =>
  (parseDuration(refreshInterval ?? '') ?? DEFAULT_HOURS * 3600) / 60;

/** Milliseconds until the repository is to be asked again. */
function dueIn({ digest, lastAttemptTime, lastRefreshTime }: TrustRootStatus, tuf: TrustRootTuf, now: Date): number {
  if (lastAttemptTime === undefined) return 0;
  const retry = digest === undefined ? RETRY_FIRST_MINUTES : RETRY_MINUTES;
  const minutes = lastAttemptTime === lastRefreshTime ? intervalMinutes(tuf) : retry;
  const since = now.getTime() - Date.parse(lastAttemptTime);
  // One in the future was made by a clock that was wrong. A tenth earlier than the jitter can make it, so that what is
  // due isn't put off once more.
  return since < 0 ? 0 : minutes * 0.85 * 60_000 - since;
}
