import { setTimeout as pause } from 'node:timers/promises';
import { type Figure, percentile } from '../figures.ts';
import { ceiling } from './ceiling.ts';
import { type Arrivals, closedLoop, openLoop } from './loops.ts';
import { openLoadedShop } from './shop.ts';
import { type Verdicts, watchVerdicts } from './verdicts.ts';

/** The budgets of the design, section 10. */
const BUDGET = { shareOfCeiling: 0.5, visibleMs: 1000 } as const;
const WARM_MS = 3000;
/** For a watch to show what was answered last. */
const SETTLE_MS = 1000;
const SHARES = [0.5, 0.25] as const;
const SHARE = { of: 'the ceiling' } as const;

export interface LoadOptions {
  /** Of each part. */
  readonly seconds: number;
  /** Runs that the ceiling is measured with. */
  readonly ceilingRuns: number;
}

/**
 * Whole submissions a second beside what the API server takes of the same writes, and how long each takes when they arrive at shares
 * of that whatever became of those before: as pipelines do, which don't wait for each other.
 */
export async function measureLoad({ seconds, ceilingRuns }: LoadOptions): Promise<readonly Figure[]> {
  const loaded = await openLoadedShop();
  const { shop, admin } = loaded;
  try {
    await Promise.all([shop.stack.terminate('operator'), shop.stack.terminate('receiver')]);
    const most = await ceiling(loaded, ceilingRuns);
    await Promise.all([shop.stack.killAndRestart('operator'), shop.stack.killAndRestart('receiver')]);
    const verdicts = await watchVerdicts(admin.transport);
    await closedLoop(loaded, 'warm', WARM_MS);
    const closed = await closedLoop(loaded, 'closed', seconds * 1000);
    const figures: Figure[] = [
      { phase: 'closed loop', name: 'the same writes, raw: the ceiling', value: most, unit: '/s' },
      {
        ...{
          phase: 'closed loop',
          name: `submissions, ${loaded.identities.length} at once`,
          value: closed,
          unit: '/s',
        },
        ...{ budget: most * BUDGET.shareOfCeiling, ratio: { ...SHARE, value: closed / most } },
      },
    ];
    for (const share of SHARES) {
      const arrivals = await openLoop(loaded, `open-${share}`, most * share, seconds);
      await pause(SETTLE_MS);
      figures.push(...figuresOf(arrivals, verdicts, share));
    }
    await verdicts.close();
    return figures;
  } finally {
    await shop.stop();
  }
}

function figuresOf({ perSecond, done, failed }: Arrivals, { seenAt }: Verdicts, share: number): readonly Figure[] {
  const phase = `${share} of the ceiling, open loop`;
  const whole = done.map(({ dueAt, answeredAt }) => answeredAt - dueAt);
  const visible = done.map(({ run, pushedAt }) => (seenAt.get(run) ?? Number.POSITIVE_INFINITY) - pushedAt);
  const times = (name: string, values: readonly number[], budget?: number): readonly Figure[] =>
    [0.5, 0.9, 0.99].map((at) => ({
      ...{ phase, name: `${name}, p${at * 100}`, value: percentile(values, at), unit: 'ms' as const },
      ...(budget === undefined || at < 0.99 ? {} : { budget }),
    }));
  return [
    { phase, name: 'arrivals', value: perSecond, unit: '/s', ratio: { ...SHARE, value: share } },
    { phase, name: 'turned away or failed', value: failed.length, unit: '' },
    ...times('init to answer of push', whole),
    ...times('push to verdict seen by a watch', visible, BUDGET.visibleMs),
  ];
}
