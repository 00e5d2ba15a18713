import { setTimeout as pause } from 'node:timers/promises';
import type { LoadedShop } from './shop.ts';
import { type Submission, submit } from './submit.ts';

/** What was sent at a rate, and what came of it. */
export interface Arrivals {
  readonly perSecond: number;
  readonly done: readonly Arrived[];
  /** What those were answered that failed. */
  readonly failed: readonly string[];
}

export interface Arrived extends Submission {
  /** When it should have begun. */
  readonly dueAt: number;
}

/** Pipelines that each begin when their last submission is done, one for each identity; resolves with how many they did a second. */
export async function closedLoop({ shop, identities }: LoadedShop, name: string, ms: number): Promise<number> {
  const started = performance.now();
  let done = 0;
  await Promise.all(
    identities.map(async (identity) => {
      for (let count = 0; performance.now() - started < ms; count += 1) {
        await submit(shop.http, identity, `${name}-${identity.workflow}-${count}`);
        done += 1;
      }
    }),
  );
  return (done * 1000) / (performance.now() - started);
}

/**
 * Submissions that begin at a constant rate whatever became of those before, each counted from when it should have begun: one that
 * waits for its turn waits in the figures too.
 */
export async function openLoop(
  loaded: LoadedShop,
  name: string,
  perSecond: number,
  seconds: number,
): Promise<Arrivals> {
  const { shop, identities } = loaded;
  const started = performance.now();
  const done: Arrived[] = [];
  const failed: string[] = [];
  const arrivals: Promise<unknown>[] = [];
  for (let number = 0; number < perSecond * seconds; number += 1) {
    const dueAt = started + (number * 1000) / perSecond;
    await pause(Math.max(0, dueAt - performance.now()));
    const identity = identities[number % identities.length];
    if (identity === undefined) throw new Error('nobody submits');
    arrivals.push(
      submit(shop.http, identity, `${name}-${number}`).then(
        (submission) => done.push({ ...submission, dueAt }),
        (error: Error) => failed.push(error.message),
      ),
    );
  }
  await Promise.all(arrivals);
  return { perSecond, done, failed };
}
