import { asArray, asRecord } from '../../api/record.ts';

export interface TestCounts {
  readonly total: bigint;
  readonly failed: bigint;
  readonly errors: bigint;
  readonly skipped: bigint;
}

/** How the cases of a JUnit report, as it is projected, have ended. Throws for anything else. */
export function testCounts(input: unknown): TestCounts {
  const suites = Array.isArray(input) ? input.map((suite) => asRecord(suite)?.tests) : [undefined];
  if (!suites.every(Array.isArray)) throw new Error('this is no JUnit report');
  const counts = { total: 0n, failed: 0n, errors: 0n, skipped: 0n };
  for (const each of suites.flatMap(asArray)) {
    const status = asRecord(each)?.status;
    counts.total += 1n;
    if (status === 'failed') counts.failed += 1n;
    else if (status === 'error') counts.errors += 1n;
    else if (status === 'skipped') counts.skipped += 1n;
  }
  return counts;
}
