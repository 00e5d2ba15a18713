import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMPLIANCE_REASON, CURRENT_REASON, PIPELINE_REASON, REASON, RUN_REASON } from '../../src/api/reasons.ts';
import { readFromRoot } from '../support/pages.ts';

const test = suite('the runbook');
const page = await readFromRoot('docs/runbook.md');
const [, section = ''] = /^### By reason\n(.*?)^## /ms.exec(page) ?? [];
const listed = [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
  [...cell.matchAll(/`(\w+)`/g)].map(([, reason = '']) => reason),
);

/** Reasons of what is as it should be, or on its way there. */
const WELL = [
  ...['Ready', 'Copied', 'Approved', 'TokenIssued', 'RevisionCreated', 'HistoryPruned', 'RetentionApplied'],
  ...['Crafting', 'Verifying', 'Accepted', 'AcceptedWithViolations', 'Waived', 'Compliant', 'Succeeded', 'Running'],
  ...['RunOpened', 'MaterialAdded', 'ContractChanged', 'Suspended', 'Delivered'],
];

test('every reason of what is not as it should be is in the table, and no other', () => {
  const known = [REASON, RUN_REASON, COMPLIANCE_REASON, CURRENT_REASON, PIPELINE_REASON].flatMap((each) =>
    Object.values<string>(each),
  );
  const expected = [...new Set(known)].filter((reason) => !WELL.includes(reason)).toSorted();
  assert.equal(listed.toSorted(), expected, 'docs/runbook.md, “By reason”, or the list of what is well here');
});

test.run();
