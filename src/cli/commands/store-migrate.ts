import { setTimeout as sleep } from 'node:timers/promises';
import { CONDITION, type Condition, findCondition } from '../../api/conditions.ts';
import { KIND } from '../../api/kinds.ts';
import { Problem } from '../../api/problem.ts';
import { REASON } from '../../api/reasons.ts';
import type { EvidenceStore } from '../../api/types.gen.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isStatus } from '../../kube/error.ts';
import { type ClusterFlags, withCluster } from '../cluster.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../print/plain.ts';
import { printResult, type Session } from '../session.ts';
import { secondsOf } from '../values.ts';

export interface MigrateFlags extends ClusterFlags {
  readonly leaveDamaged?: boolean;
  readonly timeout: string;
  readonly wait: boolean;
}

const ASK_EVERY_MS = 1_000;
/** In a log, where each progress is a line. */
const TELL_EVERY_MS = 10_000;
/** Then the operator is likely not to run. */
const UNSEEN_MS = 20_000;
const ATTEMPTS = 5;

/** What nothing but a change of the stores ends. */
const REFUSED: ReadonlySet<string> = new Set([
  ...[REASON.MoveRefused, REASON.ObjectsMissing],
  ...[REASON.ObjectsDamaged, REASON.ObjectsTooLarge],
]);

/** `proviso store migrate`: has an evidence store moved to another one, and waits for the end. */
export async function storeMigrate(session: Session, from: string, to: string, flags: MigrateFlags): Promise<number> {
  const timeoutMs = secondsOf(flags.timeout) * 1000;
  return withCluster(flags, async (client) => {
    await storeOf(client, to);
    const asked = await ask(client, from, to, flags);
    if (!flags.wait) {
      printResult(
        session,
        resultOf(asked, to),
        () => `asked for; see how far it is: kubectl get evidencestore ${from} -o wide`,
      );
      return EXIT.ok;
    }
    const { store, moved } = await untilMoved(session, client, asked, timeoutMs);
    if (moved?.status === 'True') {
      printResult(session, resultOf(store, to), () => `${from}: ${plain(moved.message)}`);
      return EXIT.ok;
    }
    if (moved !== undefined && REFUSED.has(moved.reason)) {
      throw new Problem('move-refused', `'${from}' is not moved (${moved.reason}): ${moved.message}`, {
        hint: 'it serves itself as before; once that is seen to, the operator goes on by itself',
      });
    }
    session.io.err(`'${from}' is not moved after ${flags.timeout} s; it goes on, and typing this again waits on`);
    return EXIT.error;
  });
}

async function storeOf(client: KubeClient, name: string): Promise<EvidenceStore> {
  const store = await client.find<EvidenceStore>(KIND.EvidenceStore, { name });
  if (store !== undefined) return store;
  throw new Problem('store-not-found', `there is no EvidenceStore '${name}'`, {
    hint: 'see: kubectl get evidencestores',
  });
}

/** Writes what is wanted into the store, unless it stands there and is being done. */
async function ask(
  client: KubeClient,
  from: string,
  to: string,
  { leaveDamaged }: MigrateFlags,
): Promise<EvidenceStore> {
  const store = await storeOf(client, from);
  const { movedTo } = store.spec;
  if (movedTo !== undefined && movedTo.name !== to) {
    throw new Problem('move-refused', `'${from}' is moved to '${movedTo.name}' already`, {
      hint: `while it is not there yet: kubectl patch evidencestore ${from} --type=merge -p '{"spec":{"movedTo":null}}'`,
    });
  }
  const wanted = { name: to, ...(leaveDamaged === true ? { leaveDamaged } : {}) };
  if (movedTo === undefined) return write(client, store, wanted);
  const isGivenUp = leaveDamaged !== true || movedTo.leaveDamaged === true;
  const moved = findCondition(store.status?.conditions, CONDITION.Moved);
  if (isGivenUp && !REFUSED.has(moved?.reason ?? '')) return store;
  // Asked for anew, it is looked at at once, and what is said then isn't of before.
  return write(client, await write(client, store, null), { ...movedTo, ...wanted });
}

/** As long as nobody else has changed what is wanted of the store; the operator writes its status all the time. */
async function write(client: KubeClient, seen: EvidenceStore, movedTo: object | null): Promise<EvidenceStore> {
  const { name, uid, generation } = seen.metadata;
  let store = seen;
  for (let attempt = 1; ; attempt += 1) {
    const patch = { metadata: { resourceVersion: store.metadata.resourceVersion }, spec: { movedTo } };
    try {
      return await client.mergePatch(KIND.EvidenceStore, { name }, patch, { fieldManager: 'proviso-cli' });
    } catch (error) {
      if (!isStatus(error, 409) || attempt === ATTEMPTS) throw error;
      store = await storeOf(client, name);
      if (store.metadata.uid !== uid || store.metadata.generation !== generation) throw error;
    }
  }
}

interface Seen {
  readonly store: EvidenceStore;
  /** As it is for what was asked for; absent while the operator hasn't looked. */
  readonly moved: Condition | undefined;
}

async function untilMoved(
  session: Session,
  client: KubeClient,
  asked: EvidenceStore,
  timeoutMs: number,
): Promise<Seen> {
  const started = performance.now();
  const tell = createTeller(session);
  for (let store = asked; ; ) {
    const moved = findCondition(store.status?.conditions, CONDITION.Moved);
    const known = moved?.observedGeneration === store.metadata.generation ? moved : undefined;
    const passed = performance.now() - started;
    if (known?.status === 'True' || REFUSED.has(known?.reason ?? '') || passed > timeoutMs)
      return { store, moved: known };
    if (known !== undefined) tell(known.message);
    else if (passed > UNSEEN_MS) tell('the operator has not looked at it yet; does it run?');
    await sleep(ASK_EVERY_MS);
    store = await storeOf(client, asked.metadata.name);
    if (store.metadata.uid !== asked.metadata.uid) {
      throw new Problem('store-not-found', `the EvidenceStore '${store.metadata.name}' was made anew meanwhile`);
    }
  }
}

/** Tells what is new, for somebody who watches or for a log. */
function createTeller({ io }: Session): (message: string) => void {
  let last = '';
  let toldAt = Number.NEGATIVE_INFINITY;
  return (message) => {
    const now = performance.now();
    if (message === last || (!io.interactive && now - toldAt < TELL_EVERY_MS)) return;
    io.err(plain(message));
    last = message;
    toldAt = now;
  };
}

function resultOf({ metadata, status }: EvidenceStore, to: string): object {
  const moved = findCondition(status?.conditions, CONDITION.Moved);
  return {
    from: metadata.name,
    to,
    moved: moved?.status === 'True',
    ...(moved === undefined ? {} : { reason: moved.reason, message: moved.message }),
    ...(status?.move === undefined ? {} : { move: status.move }),
  };
}
