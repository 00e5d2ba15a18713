import { tell } from '../figures.ts';
import { measureStores } from './measure.ts';

/** `make bench-evidence`: prints a table and judges nothing. PROVISO_BENCH_MB is the size of the object, 1024 without it. The peers are built
 * of their Go modules the first time. */
const { PROVISO_BENCH_MB = '1024' } = process.env;
await tell(await measureStores(Number(PROVISO_BENCH_MB), true));
