import { tell } from '../figures.ts';
import { measureSubmissions } from './measure.ts';

/** `make bench-submissions`: prints a table and judges nothing. PROVISO_BENCH_SECONDS of each kind of archive, 20 without it. */
const { PROVISO_BENCH_SECONDS = '20' } = process.env;
await tell(await measureSubmissions(Number(PROVISO_BENCH_SECONDS)));
