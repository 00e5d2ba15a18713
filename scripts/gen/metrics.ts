import type { Registry } from 'prom-client';
import { CONTROLLERS } from '../../src/operator/observers.ts';
import { createOperatorMetrics } from '../../src/telemetry/metrics.ts';
import { createReceiverMetrics } from '../../src/telemetry/receiver-metrics.ts';
import { withGenerated } from './marked.ts';

const PAGE = 'docs/metrics.md';
const TABLE = { of: 'metrics', from: 'src/telemetry/' };
/** Those of the library, of the process and of Node; every program in Node has them. */
const OF_NODE = /^(process|nodejs)_/;

interface Row {
  readonly name: string;
  readonly type: string;
  readonly labels: readonly string[];
  readonly help: string;
  readonly processes: readonly string[];
}

/** The page of all metrics, with a table as the processes register them. */
export async function generateMetrics(): Promise<Readonly<Record<string, string>>> {
  const of = { operator: createOperatorMetrics(CONTROLLERS).registry, receiver: createReceiverMetrics().registry };
  return { [PAGE]: await withGenerated(PAGE, TABLE, tableOf(await rowsOf(of))) };
}

async function rowsOf(registries: Readonly<Record<string, Registry>>): Promise<readonly Row[]> {
  const rows = new Map<string, Row>();
  for (const [process, registry] of Object.entries(registries)) {
    const types = new Map((await registry.getMetricsAsJSON()).map(({ name, type }) => [name, type] as const));
    for (const metric of registry.getMetricsAsArray()) {
      const { name, help, labelNames = [] } = metric as typeof metric & { readonly labelNames?: readonly string[] };
      if (OF_NODE.test(name)) continue;
      const processes = [...(rows.get(name)?.processes ?? []), process];
      rows.set(name, { name, help, processes, labels: labelNames, type: String(types.get(name)) });
    }
  }
  return [...rows.values()].toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ name, type, labels, help, processes }) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${shown} | ${processes.join(', ')} | ${help} |\n`;
  });
  return `| metric | type | labels | of | meaning |\n|---|---|---|---|---|\n${lines.join('')}`;
}
