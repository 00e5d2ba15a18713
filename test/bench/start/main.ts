import { tell } from '../figures.ts';
import { measureStarts } from './measure.ts';

/** How long CLI and receiver take to start; prints a table and judges nothing. */
await tell(await measureStarts(15));
