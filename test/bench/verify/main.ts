import { figureTable } from '../figures.ts';
import { verificationRates } from './rates.ts';

const SIZES = [2 << 10, 64 << 10, 1 << 20];
console.log(figureTable(await verificationRates(SIZES, { sliceMs: 300, rounds: 5 })));
