import { type Figure, tell } from '../figures.ts';
import { benchOperator } from '../operator/scenario.ts';

/**
 * `make bench-growth`: the operator among more and more workflows and as many runs; PROVISO_BENCH_SIZES are those, `1000,5000,10000`
 * without it. Each figure stands beside what it was at the size before, times what the size has grown by: 1 is linear, less is better,
 * and what is the same at each size falls.
 */
const sizes = (process.env.PROVISO_BENCH_SIZES ?? '1000,5000,10000').split(',').map(Number);
if (!sizes.every((size) => Number.isInteger(size) && size > 0))
  throw new Error('PROVISO_BENCH_SIZES has to be numbers');

/** By phase, what a size can change. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  'first start': ['start to all Ready'],
  restart: ['start to synced', 'start to quiet', 'requests until quiet', 'operator CPU', 'resident memory'],
  'restart and new': [
    ...['new Workflow Ready, steady, p50', 'new Workflow Ready, steady, p99', 'contract change to all statuses'],
    'resident memory, at rest',
  ],
};

const shown: Figure[] = [];
let before: { readonly size: number; readonly figures: readonly Figure[] } | undefined;
for (const size of sizes) {
  const figures = await benchOperator({
    ...{ size, samples: 20, restMs: 10_000, nodeArgs: [] },
    onStep: (step) => console.error(`# ${size}: ${step}`),
  });
  for (const figure of figures) {
    if (!SHOWN[figure.phase]?.includes(figure.name)) continue;
    shown.push({ ...figure, phase: `${size}`, name: `${figure.phase}: ${figure.name}`, ...growthOf(figure, size) });
  }
  before = { size, figures };
}
await tell(shown);

function growthOf({ phase, name, value }: Figure, size: number): Pick<Figure, 'ratio'> {
  const earlier = before?.figures.find((each) => each.phase === phase && each.name === name);
  if (before === undefined || earlier === undefined || earlier.value === 0) return {};
  const of = `linear growth from ${before.size}`;
  return { ratio: { of, value: value / (earlier.value * (size / before.size)) } };
}
