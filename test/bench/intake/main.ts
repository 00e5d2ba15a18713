import { tell } from '../figures.ts';
import { measureIntake } from './measure.ts';

/** `make bench-intake`: PROVISO_BENCH_ENVELOPES of them, 400 without it. Prints a table and judges nothing. */
await tell(await measureIntake(Number(process.env.PROVISO_BENCH_ENVELOPES ?? '400')));
