import { asArray, asRecord, type UnknownRecord } from '../../api/record.ts';

/** Percent, from 0 to 100; null where a report doesn't say. */
export interface Coverage {
  readonly lines: number | null;
  readonly branches: number | null;
}

/** What a report of JaCoCo or in the form of Cobertura, as it is projected, has covered. Throws for anything else. */
export function coverageOf(input: unknown): Coverage {
  const report = asRecord(input) ?? {};
  if (Array.isArray(report.counters))
    return { lines: countedOf(report, 'LINE'), branches: countedOf(report, 'BRANCH') };
  if ('lineRate' in report) return { lines: percent(report.lineRate), branches: percent(report.branchRate) };
  throw new Error('this is no report of JaCoCo or Cobertura');
}

function countedOf({ counters }: UnknownRecord, type: string): number | null {
  const counter = asArray(counters)
    .map(asRecord)
    .find((each) => each?.type === type);
  const [missed, covered] = [Number(counter?.missed), Number(counter?.covered)];
  return missed + covered > 0 ? (100 * covered) / (missed + covered) : null;
}

const percent = (rate: unknown): number | null => (typeof rate === 'number' ? 100 * rate : null);
