import { createHash, randomBytes } from 'node:crypto';
import { KIND } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import type { KubeClient } from './client.ts';
import { createEventAllowance } from './event-allowance.ts';
import { microTime } from './microtime.ts';

export interface EventFacts {
  readonly type: 'Normal' | 'Warning';
  /** The condition reason that changed, CamelCase. */
  readonly reason: string;
  /** What was done, CamelCase verb. */
  readonly action: string;
  readonly note: string;
  /** One of many, which who submits can cause: of one object only some are told, and none while much is going on. */
  readonly isDetail?: true;
}

/** Tells people of changes. Never throws and never holds a caller up. */
export interface EventRecorder {
  record(regarding: KubeObject, facts: EventFacts): void;
  /** Resolves when everything recorded so far was sent or given up. */
  drain(): Promise<void>;
}

/** The API's own limit for a note. */
const MAX_NOTE_BYTES = 1024;
/** The same event about the same object isn't repeated within this time. */
const DEDUP_MS = 300_000;
const MAX_REMEMBERED = 10_000;
const MAX_IN_FLIGHT = 64;
/** So many of them leave room for what has to be told. */
const MAX_DETAILS_IN_FLIGHT = 8;

export function createEventRecorder(
  client: KubeClient,
  component: string,
  onError: (error: unknown) => void = () => {},
): EventRecorder {
  const remembered = new Map<string, number>();
  const inFlight = new Set<Promise<void>>();
  const allows = createEventAllowance();

  function isRepeated(key: string, now: number): boolean {
    const before = remembered.get(key);
    if (before !== undefined && now - before < DEDUP_MS) return true;
    remembered.delete(key);
    remembered.set(key, now);
    const oldest = remembered.keys().next().value;
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return false;
  }

  return {
    record(regarding, facts) {
      const key = createHash('sha256')
        .update(JSON.stringify([regarding.metadata.uid, facts.type, facts.reason, facts.note]))
        .digest('base64');
      const now = performance.now();
      if (isRepeated(key, now) || inFlight.size >= (facts.isDetail ? MAX_DETAILS_IN_FLIGHT : MAX_IN_FLIGHT)) return;
      if (facts.isDetail && !allows(regarding.metadata.uid ?? '', now)) return;
      const sending = client
        .create(KIND.Event, eventObject(regarding, facts, component, new Date()))
        .then(() => {}, onError)
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    },
    async drain() {
      await Promise.all(inFlight);
    },
  };
}

function eventObject(regarding: KubeObject, facts: EventFacts, component: string, now: Date): KubeObject & object {
  const { name, namespace, uid, resourceVersion } = regarding.metadata;
  // Events about cluster-scoped objects live in the namespace `default`, as the API demands.
  const home = namespace ?? 'default';
  const reference = {
    apiVersion: regarding.apiVersion,
    kind: regarding.kind,
    name,
    namespace,
    uid,
    resourceVersion,
  };
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${name.slice(0, 200)}.${randomBytes(8).toString('hex')}`, namespace: home },
    eventTime: microTime(now),
    reportingController: `proviso.dev/${component}`,
    reportingInstance: component,
    action: facts.action,
    reason: facts.reason,
    type: facts.type,
    note: truncate(facts.note),
    regarding: reference,
  } as KubeObject & object;
}

/** Cuts to the limit at a character, with a sign that something is missing. */
export function truncate(note: string): string {
  if (Buffer.byteLength(note) <= MAX_NOTE_BYTES) return note;
  let cut = note.slice(0, MAX_NOTE_BYTES);
  while (Buffer.byteLength(cut) > MAX_NOTE_BYTES - 3) cut = cut.slice(0, -1);
  return `${cut.replace(/[\uD800-\uDBFF]$/, '')}…`;
}
