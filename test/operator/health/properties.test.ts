import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Workflow, WorkflowRun } from '../../../src/api/types.gen.ts';
import { type Health, healthOf } from '../../../src/operator/health/health.ts';
import { chanceOfAtMost, isTooLow } from '../../../src/operator/health/rates.ts';
import { type RunLine, runOf, workflowOf } from './runs.ts';

const OPTIONS = { seed: 20261128, numRuns: 200 };
const NOW = Date.parse('2026-03-10T00:00:00Z');
const CREATED = '2026-03-01T00:00:00Z';
const HOUR_MS = 3_600_000;
const test = suite('properties of health');

const at = (ms: number): string => new Date(ms).toISOString();

/** A run that ended up to nine days ago; of each set no two have a name. */
const line: fc.Arbitrary<Omit<RunLine, 0>> = fc
  .record({
    ago: fc.integer({ min: 1, max: 216 * 60 }),
    seconds: fc.integer({ min: 0, max: 7200 }),
    result: fc.constantFrom('Accepted', 'Accepted', 'Waived', 'Expired', 'PolicyViolation', 'Cancelled'),
    signer: fc.constantFrom('key SHA256:a', 'key SHA256:a', 'key SHA256:b', 'cert https://i.example me'),
    runner: fc.constantFrom('TEKTON_PIPELINE', 'TEKTON_PIPELINE', 'TEKTON_PIPELINE (claimed)', 'JENKINS_JOB'),
    materials: fc.constantFrom('image sbom', 'image sbom', 'image', 'image sbom sarif'),
  })
  .map(({ ago, seconds, result, signer, runner, materials }) => {
    const end = NOW - ago * 60_000;
    return ['', at(end - seconds * 1000), at(end), result, signer, runner, materials];
  });
const runs: fc.Arbitrary<readonly WorkflowRun[]> = fc
  .array(line, { maxLength: 60 })
  .map((lines) => lines.map((each, index) => runOf([`run-${index}`, ...each.slice(1)] as unknown as RunLine)));
const expectations = fc.record(
  {
    maxInterval: fc.constantFrom('1h', '26h', '200h'),
    minSuccessRate: fc.double({ min: 0, max: 1, noNaN: true }),
    maxDuration: fc.constantFrom('10m', '90m'),
  },
  { requiredKeys: [] },
);

const judged = (workflow: Workflow, known: readonly WorkflowRun[], now = NOW): Health =>
  healthOf(workflow, known, new Date(now));

/** The workflow once what was found of it stands in its status. */
const written = (workflow: Workflow, { facts, claim }: Health): Workflow => ({
  ...workflow,
  status: { ...facts, conditions: [{ ...claim, lastTransitionTime: CREATED }] },
});
const said = ({ facts }: Health): readonly string[] =>
  (facts.findings ?? []).map(({ reason, run = '' }) => `${reason} ${run}`);

test('the order of the runs says nothing, and what was written is found again', () => {
  fc.assert(
    fc.property(runs, expectations, (known, expected) => {
      const workflow = workflowOf(expected, CREATED);
      const first = judged(workflow, known);
      assert.equal(judged(workflow, known.toReversed()), first);
      assert.equal(judged(written(workflow, first), known), first);
    }),
    OPTIONS,
  );
});

test('figures add up, and what is said is bounded', () => {
  fc.assert(
    fc.property(runs, expectations, (known, expected) => {
      const { facts, claim } = judged(workflowOf(expected, CREATED), known);
      for (const { runs: count, accepted, since } of facts.statistics?.successRates ?? []) {
        assert.ok(accepted <= count && count <= known.length && Date.parse(since) <= NOW);
      }
      assert.is(facts.statistics?.recentRuns.length ?? 0, Math.min(20, known.length));
      assert.ok((facts.findings ?? []).length <= 16 && claim.message.length <= 4096);
      assert.is(claim.status === 'False', facts.findings !== undefined);
      assert.is(claim.status === 'Unknown', facts.findings === undefined && known.length < 5);
    }),
    OPTIONS,
  );
});

test('nothing changes by time alone before it is said to', () => {
  fc.assert(
    fc.property(runs, expectations, fc.double({ min: 0, max: 1, noNaN: true }), (known, expected, share) => {
      const workflow = workflowOf(expected, CREATED);
      const first = judged(workflow, known);
      const until = first.changesAt ?? NOW + 1000 * HOUR_MS;
      assert.ok(until > NOW);
      const between = Math.floor(NOW + share * (until - 1 - NOW));
      assert.equal(said(judged(workflow, known, between)), said(first));
    }),
    OPTIONS,
  );
});

test('attack: whichever runs are deleted, no rate gets better, and no silence longer or shorter', () => {
  fc.assert(
    fc.property(
      runs,
      expectations,
      fc.array(fc.boolean(), { minLength: 60, maxLength: 60 }),
      (known, expected, keep) => {
        const workflow = workflowOf(expected, CREATED);
        const before = judged(workflow, known);
        const left = known.filter((_, index) => keep[index]);
        const after = judged(written(workflow, before), left);
        const rate = ({ facts }: Health) => facts.statistics?.successRates[0];
        assert.equal(rate(after), rate(before));
        assert.equal(after.facts.statistics?.lastAccepted, before.facts.statistics?.lastAccepted);
        const kept = (health: Health) => said(health).filter((each) => /^(Silent|FailureRateHigh)/.test(each));
        assert.equal(kept(after), kept(before));
      },
    ),
    OPTIONS,
  );
});

test('the chance is that of counting every outcome, and a rate is low only where it is below', () => {
  const counted = (atMost: number, total: number, rate: number): number => {
    let chance = 0;
    for (let outcome = 0; outcome < 2 ** total; outcome++) {
      const accepted = outcome.toString(2).replaceAll('0', '').length;
      if (accepted <= atMost) chance += rate ** accepted * (1 - rate) ** (total - accepted);
    }
    return chance;
  };
  for (const total of [1, 5, 10]) {
    for (const rate of [0, 0.3, 0.5, 0.9, 1]) {
      for (let atMost = 0; atMost <= total; atMost++) {
        assert.ok(
          Math.abs(chanceOfAtMost(atMost, total, rate) - counted(atMost, total, rate)) < 1e-9,
          `${atMost} of ${total}`,
        );
      }
    }
  }
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 0, max: 20 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (total, some, rate) => {
        const accepted = Math.min(some, total);
        if (isTooLow(accepted, total, rate)) assert.ok(total >= 5 && accepted / total < rate);
        else assert.not(isTooLow(Math.min(total, accepted + 1), total, rate), 'one more accepted run is never worse');
      },
    ),
    OPTIONS,
  );
});

test('how many failures it takes is as documented', async () => {
  const takes = (rate: number, total: number): number =>
    Array.from({ length: total + 1 }, (_, failed) => failed).find((failed) => isTooLow(total - failed, total, rate)) ??
    total + 1;
  const page = await readFile(new URL('../../../docs/workflow.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| ([0-9.]+) \| (\d+) \| (\d+) \| (\d+) \|$/gm)].map((row) =>
    row.slice(1).map(Number),
  );
  assert.is(rows.length, 6);
  for (const [rate = 0, ...failures] of rows)
    assert.equal(
      [5, 10, 20].map((total) => takes(rate, total)),
      failures,
    );
});

test.run();
