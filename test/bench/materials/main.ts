import { tell } from '../figures.ts';
import { GROWING_DOCUMENTS } from './documents.ts';
import { measureDocuments } from './measure.ts';

/** `make bench-materials`: prints a table and judges nothing. PROVISO_BENCH_ONLY=SPDX takes those with that in their name. */
const { PROVISO_BENCH_MB = '50', PROVISO_BENCH_ONLY = '' } = process.env;
const documents = GROWING_DOCUMENTS.filter(({ name }) => name.includes(PROVISO_BENCH_ONLY));
await tell(await measureDocuments(documents, Number(PROVISO_BENCH_MB)));
