import { tell } from '../figures.ts';
import { measureLoad } from './measure.ts';

/** `make bench-load`: prints a table and judges nothing. PROVISO_BENCH_SECONDS of each part, 20 without it. */
const { PROVISO_BENCH_SECONDS = '20' } = process.env;
await tell(await measureLoad({ seconds: Number(PROVISO_BENCH_SECONDS), ceilingRuns: 600 }));
