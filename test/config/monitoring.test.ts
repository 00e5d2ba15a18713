import { readdir, readFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CONTROLLERS } from '../../src/operator/observers.ts';
import { createOperatorMetrics } from '../../src/telemetry/metrics.ts';
import { createReceiverMetrics } from '../../src/telemetry/receiver-metrics.ts';
import { dashboardQueries, MONITORING, metricNames, readRules } from '../support/monitoring.ts';
import { hasPrometheus, promtool } from '../tools/prometheus.ts';

const test = suite('alerts and dashboards');
const { alerts, recorded, expressions } = await readRules();
const tests = load(await readFile(new URL('tests/rules.yaml', MONITORING), 'utf8')) as {
  tests: readonly {
    alert_rule_test?: readonly { alertname: string; exp_alerts: readonly unknown[] }[];
    promql_expr_test?: readonly { expr: string }[];
  }[];
};

test('each alert has a section of the runbook, and a test in which it fires and ends', async () => {
  const runbook = await readFile(new URL('../../docs/runbook.md', MONITORING), 'utf8');
  const headings = new Set([...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading));
  const tried = tests.tests.flatMap(({ alert_rule_test = [] }) => alert_rule_test);
  assert.ok(alerts.length >= 16);
  for (const { alert, annotations, labels } of alerts) {
    assert.ok(headings.has(alert), `docs/runbook.md has no section ${alert}`);
    assert.match(annotations.runbook_url ?? '', new RegExp(`/docs/runbook\\.md#${alert.toLowerCase()}$`));
    assert.ok(annotations.summary && annotations.description, alert);
    assert.ok(['critical', 'warning'].includes(labels.severity ?? ''), alert);
    const own = tried.filter(({ alertname }) => alertname === alert);
    assert.ok(
      own.some(({ exp_alerts }) => exp_alerts.length > 0),
      `${alert} fires in no test`,
    );
    assert.ok(
      own.some(({ exp_alerts }) => exp_alerts.length === 0),
      `${alert} ends in no test`,
    );
  }
});

test('each recording rule has a test', () => {
  const tried = tests.tests.flatMap(({ promql_expr_test = [] }) => promql_expr_test.map(({ expr }) => expr));
  assert.equal(
    recorded.filter((name) => !tried.includes(name)),
    [],
  );
});

test('rules and dashboards ask for what a process exports or a rule records, and for nothing else', async () => {
  const texts = [await createOperatorMetrics(CONTROLLERS).render(), await createReceiverMetrics().render()];
  const exported = texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
  // What Prometheus itself says of a target.
  const known = new Set([...exported, ...recorded, 'up']);
  const asked = [...expressions, ...(await dashboardQueries()).map(({ expr }) => expr)].flatMap(metricNames);
  assert.ok(new Set(asked).size >= 40);
  assert.equal(
    [...new Set(asked)].filter((name) => !known.has(name)),
    [],
  );
});

test('dashboards have places for their panels that do not overlap, and names of their own', async () => {
  const names = await readdir(new URL('dashboards/', MONITORING));
  assert.equal(names.sort(), ['fleet.json', 'operator.json', 'receiver.json', 'workflow.json']);
  const places = new Set<string>();
  for (const { dashboard, panel } of await dashboardQueries()) {
    const { x, y, w, h } = panel.gridPos;
    assert.ok(x + w <= 24, panel.title);
    for (let column = x; column < x + w; column++) {
      const place = `${dashboard} ${column} ${y / h} `;
      const taken = [...places].find((each) => each.startsWith(place));
      assert.ok(taken === undefined || taken === place + panel.title, `${dashboard}: ${panel.title} lies on ${taken}`);
      places.add(place + panel.title);
    }
  }
});

if (hasPrometheus()) {
  test('promtool takes the rules, and their tests pass', async () => {
    const path = (name: string): string => new URL(name, MONITORING).pathname;
    assert.match(await promtool(['check', 'rules', path('rules.yaml')]), /SUCCESS: \d+ rules/);
    assert.match(await promtool(['test', 'rules', path('tests/rules.yaml')]), /SUCCESS/);
  });
}

test.run();
