import { tell } from '../figures.ts';
import { benchOperator } from './scenario.ts';

/**
 * `make bench-operator`: prints a table and judges nothing, since a busy machine would make any threshold a lie.
 * PROVISO_BENCH_SIZE takes another number than 10,000; PROVISO_BENCH_NODE hands flags to the operator's Node, as
 * `--cpu-prof --cpu-prof-dir=tmp`.
 */
const size = Number(process.env.PROVISO_BENCH_SIZE ?? 10_000);
if (!Number.isInteger(size) || size < 1) throw new Error('PROVISO_BENCH_SIZE has to be a number of workflows');
const nodeArgs = (process.env.PROVISO_BENCH_NODE ?? '').split(' ').filter((flag) => flag !== '');
const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);

const figures = await benchOperator({
  size,
  samples: 50,
  restMs: 30_000,
  nodeArgs,
  onStep: (step) => console.error(`# ${seconds()} s: ${step}`),
});
await tell(figures);
console.log(`\n${size} workflows and ${size} runs, measured in ${seconds()} s`);
