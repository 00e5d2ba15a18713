import { readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { INTAKE_REASONS, INTAKE_STATES } from '../../../src/api/intake-messages.ts';
import { KEEP_ASIDE_MS, KEEP_MATCHED_MS, MAX_ENVELOPE_BYTES, ROOM, SHARE } from '../../../src/receiver/intake/room.ts';

const test = suite('docs of the intake');
const text = (await readFile(new URL('../../../docs/intake.md', import.meta.url), 'utf8')).replaceAll(/\s+/g, ' ');

test('every state and reason is explained', () => {
  const explained = [...text.matchAll(/\| `(\w+)` \|/g)].map(([, name]) => name);
  assert.equal(explained.toSorted(), [...INTAKE_STATES, ...INTAKE_REASONS].toSorted());
});

test('the bounds are those that hold', () => {
  assert.equal([ROOM.count, ROOM.bytes >> 20, MAX_ENVELOPE_BYTES >> 20], [5_000, 256, 4]);
  assert.match(text, /5,000 envelopes and 256 MiB until they expire, half of that from one address/);
  assert.equal([SHARE.count, SHARE.bytes], [ROOM.count / 2, ROOM.bytes / 2]);
  assert.match(text, /too large \(4 MiB\)/);
  assert.equal(
    [KEEP_ASIDE_MS, KEEP_MATCHED_MS],
    [7, 90].map((days) => days * 24 * 3600_000),
  );
  assert.match(text, /kept for seven days/);
  assert.match(text, /for 90 days it can be had/);
});

test.run();
