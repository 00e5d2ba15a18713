// deadline: 240
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Figure, figureTable } from '../figures.ts';
import { benchOperator } from './scenario.ts';

const SIZE = 20;

const test = suite('the benchmark of the operator');
let figures: readonly Figure[];
test.before(async () => {
  figures = await benchOperator({ size: SIZE, samples: 3, restMs: 0, nodeArgs: [], onStep: () => {} });
});

const figure = (phase: string, name: string): number => {
  const found = figures.find((each) => each.phase === phase && each.name === name);
  assert.ok(found, `no '${name}' of '${phase}' in\n${figureTable(figures)}`);
  return found.value;
};

test('every figure is there and is a number that can be', () => {
  for (const { phase, name, value } of figures) assert.ok(Number.isFinite(value) && value >= 0, `${phase}: ${name}`);
  const expected: readonly (readonly [string, readonly string[]])[] = [
    ['empty cluster', ['start to synced', 'resident memory']],
    ['raw, 32 at once', ['workflows created', 'runs created', 'status applies of runs']],
    [
      'first start',
      ['start to synced', 'new Workflow Ready, right after sync', 'start to all Ready', 'writes meanwhile'],
    ],
    ['restart', ['start to synced', 'start to quiet', 'requests until quiet', 'resident memory', 'operator CPU']],
    [
      'restart and new',
      ['new Workflow Ready, right after sync', 'new Workflow Ready, steady, p50', 'requests per new Workflow'],
    ],
    ['restart and new', ['contract change to all statuses', 'resident memory, at rest']],
  ];
  for (const [phase, names] of expected) for (const name of names) assert.ok(figure(phase, name) > 0, name);
});

test('requests are counted: the first start writes what it provisions, a restart writes nothing', () => {
  // Account, role, binding, Secret and status of each workflow at least.
  assert.ok(figure('first start', '  APPLY') >= 5 * SIZE);
  assert.ok(figure('first start', 'requests per workflow') >= 6);
  assert.is(figure('restart', 'status writes'), 0);
  assert.ok(figure('restart', 'requests until quiet') > 0);
});

test('the table shows budgets and ratios beside what was measured', () => {
  const table = figureTable(figures);
  assert.match(table, /^PHASE +FIGURE +VALUE +BUDGET +RATIO\n/);
  assert.match(table, /resident memory +\d+ MB +120 MB\n/);
  assert.match(table, /status writes meanwhile +[\d.]+\/s +\d+\.\d\d of raw/);
});

test.run();
