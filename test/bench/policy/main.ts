import { figureTable } from '../figures.ts';
import { engineRates, evaluationRates } from './measure.ts';

/** `make bench-policy`: prints a table and judges nothing. */
const SLICE_MS = 1_000;
console.log(figureTable([...evaluationRates(500, SLICE_MS), ...(await engineRates(500, SLICE_MS))]));
