import { readdir, readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Condition } from '../../../src/api/conditions.ts';
import type { Workflow, WorkflowStatus } from '../../../src/api/types.gen.ts';
import { healthOf } from '../../../src/operator/health/health.ts';
import { type RunLine, runOf, workflowOf } from './runs.ts';

type Statistics = NonNullable<WorkflowStatus['statistics']>;

/** What happened, and what is to be said of it; the answers were worked out apart from this code. */
interface RecordedHistory {
  readonly what: string;
  readonly created: string;
  readonly now: string;
  readonly expectations: NonNullable<Workflow['spec']['expectations']>;
  readonly runs: readonly RunLine[];
  readonly answer: Pick<Condition, 'status' | 'reason'> &
    Partial<Pick<Statistics, 'usual' | 'lastAccepted'>> & {
      readonly findings: readonly { readonly reason: string; readonly run?: string }[];
      readonly successRates: Statistics['successRates'];
      readonly changesAt?: string;
    };
}

const HISTORIES = new URL('fixtures/', import.meta.url);
const test = suite('recorded histories');

for (const file of await readdir(HISTORIES)) {
  const text = await readFile(new URL(file, HISTORIES), 'utf8');
  const { what, created, now, expectations, runs, answer } = JSON.parse(text) as RecordedHistory;
  test(`${file}: ${what}`, () => {
    const { facts, claim, changesAt } = healthOf(workflowOf(expectations, created), runs.map(runOf), new Date(now));
    const { successRates = [], usual, lastAccepted } = facts.statistics ?? {};
    assert.equal(
      {
        status: claim.status,
        reason: claim.reason,
        findings: (facts.findings ?? []).map(({ message: _, ...finding }) => finding),
        successRates,
        ...(usual === undefined ? {} : { usual }),
        ...(lastAccepted === undefined ? {} : { lastAccepted }),
        ...(changesAt === undefined ? {} : { changesAt: new Date(changesAt).toISOString().replace('.000Z', 'Z') }),
      },
      answer,
    );
    for (const { reason, message } of facts.findings ?? []) {
      assert.ok(claim.message.includes(message), `the condition says nothing of ${reason}`);
    }
  });
}

test.run();
