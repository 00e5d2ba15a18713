import { readdir, readFile } from 'node:fs/promises';
import { load } from 'js-yaml';

export const MONITORING = new URL('../../config/monitoring/', import.meta.url);

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What `config/monitoring/rules.yaml` has. */
export async function readRules() {
  const text = await readFile(new URL('rules.yaml', MONITORING), 'utf8');
  const { groups } = load(text) as { groups: readonly { rules: readonly (Alert | Recording)[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  return {
    alerts: rules.filter((rule): rule is Alert => 'alert' in rule),
    recorded: rules.flatMap((rule) => ('record' in rule ? [rule.record] : [])),
    expressions: rules.map(({ expr }) => expr),
  };
}

interface Recording {
  readonly record: string;
  readonly expr: string;
}

interface Panel {
  readonly title: string;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets: readonly { readonly expr: string }[];
}

export interface DashboardQuery {
  readonly dashboard: string;
  readonly panel: Panel;
  readonly expr: string;
}

/** Every query of every panel, with its variables as they are. */
export async function dashboardQueries(): Promise<readonly DashboardQuery[]> {
  const folder = new URL('dashboards/', MONITORING);
  const queries = (await readdir(folder)).map(async (dashboard) => {
    const { panels } = JSON.parse(await readFile(new URL(dashboard, folder), 'utf8')) as { panels: readonly Panel[] };
    return panels.flatMap((panel) => panel.targets.map(({ expr }) => ({ dashboard, panel, expr })));
  });
  return (await Promise.all(queries)).flat();
}

/** Functions whose names look like those of metrics. */
const FUNCTIONS: ReadonlySet<string> = new Set(['histogram_quantile', 'min_over_time']);

/** The metrics that an expression asks for, of histograms without their suffixes. Names of ours have several words. */
export function metricNames(expr: string): readonly string[] {
  const bare = expr.replace(/\{[^}]*\}/g, '').replace(/\b(by|on|group_left) \([^)]*\)/g, '');
  const names = [...bare.matchAll(/[a-z]+[_:][\w:]+|\bup\b/g)].map(([name]) => name);
  return names.filter((name) => !FUNCTIONS.has(name)).map((name) => name.replace(/_(bucket|count|sum)$/, ''));
}
