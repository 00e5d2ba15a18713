import { tell } from '../figures.ts';
import { addedByPolicies } from './added.ts';
import { engineRates, evaluationRates } from './measure.ts';

/** `make bench-policy`: prints a table and judges nothing. */
const SLICE_MS = 1_000;
const ADDS = 200;
const rates = [...evaluationRates(500, SLICE_MS), ...(await engineRates(500, SLICE_MS))];
await tell([...rates, ...(await addedByPolicies(500, ADDS))]);
