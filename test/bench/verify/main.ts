import { tell } from '../figures.ts';
import { loopDelays } from './loop.ts';
import { verificationRates } from './rates.ts';

/** `make bench-verify`: prints a table and judges nothing. PROVISO_BENCH_ONLY=loop or =rates takes a part of it. */
const only = process.env.PROVISO_BENCH_ONLY;
const SIZES = [2 << 10, 64 << 10, 1 << 20];
const rates = only === 'loop' ? [] : await verificationRates(SIZES, { sliceMs: 100, rounds: 5 });
const delays = only === 'rates' ? [] : await loopDelays(3);
await tell([...rates, ...delays]);
