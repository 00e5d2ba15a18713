import { tell } from '../figures.ts';
import { measureGrowth } from './measure.ts';

/** `make bench-growth`: PROVISO_BENCH_SIZES are the numbers of runs, `1000,5000,10000,50000` without it. */
const sizes = (process.env.PROVISO_BENCH_SIZES ?? '1000,5000,10000,50000').split(',').map(Number);
if (!sizes.every((size) => Number.isInteger(size) && size > 0))
  throw new Error('PROVISO_BENCH_SIZES has to be numbers');
const started = performance.now();
const figures = await measureGrowth(sizes, (step) => {
  console.error(`# ${((performance.now() - started) / 1000).toFixed(0)} s: ${step}`);
});
await tell(figures);
