import { tell } from '../figures.ts';
import { evaluationRates } from './rates.ts';

/** `make bench-rego`: prints a table and judges nothing. */
const small = await evaluationRates({ components: 500, evaluations: 20, rounds: 3 });
const large = await evaluationRates({ components: 10_000, evaluations: 4, rounds: 2 });
await tell([...small, ...large]);
